import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endChild, hasEnded, startChild } from './children.ts';
import type { BenchQuery } from './queries.ts';
import { freePort, untilAnswers } from './static-backend.ts';

import { tailcallSchema } from './tailcall-schema.ts';
import { TAILCALL_DOCUMENTS, WIRE_DOCUMENTS } from './wire-documents.ts';

/** Where the peers are installed, apart from the product. */
export const PEERS = 'bench/peers';

/** What takes part. */
export interface Contestant {
  readonly id: string;
  readonly title: string;
  /** Whether its libraries are in {@link PEERS}. */
  readonly isPeer: boolean;
  /**
   * Whether it answers equal reads that are under way by one: `never`, `always`, or `asked for`, as a class of its own.
   */
  readonly joinsReads: 'never' | 'always' | 'asked for';
  /** Whether a quick run does without it. */
  readonly isExtra?: boolean;
  /** Why it cannot run on this machine; undefined where it can. */
  missing?(): string | undefined;
  /** Queries it cannot answer, and why. */
  readonly cannot?: Readonly<Record<string, string>>;
  /** Its own form of the queries, by their id, for the same data. */
  readonly documents?: Readonly<Record<string, string>>;
  /** The package whose version is told. */
  readonly package?: string;
  start(port: number, upstream: string): ChildProcess;
}

/** A contestant that runs. */
export interface RunningContestant {
  readonly contestant: Contestant;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

const SEMI_SPACE = '--max-semi-space-size=64';
const MAIN = 'dist/main.js';
/** Keys of nobody: the static backends do not look at signatures. */
const KEY_ID = 'bench-key-id';
const KEY_SECRET = 'bench-key-secret';

function node(flags: readonly string[], args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return startChild(process.execPath, [...flags, ...args], {
    core: 'contestant',
    env: { NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function hand(...options: readonly string[]) {
  return (port: number, upstream: string) => {
    const flags = options.includes('--tuned') ? [SEMI_SPACE] : [];
    return node(flags, ['bench/hand/server.ts', '--port', String(port), '--upstream', upstream, ...options]);
  };
}

function peer(name: string) {
  return (port: number, upstream: string) => node([], [`${PEERS}/${name}.ts`, String(port), upstream]);
}

/** The flags of Node that `npm start` gives the gateway. */
function shippedFlags(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  return (scripts['start'] ?? '').split(' ').filter((word) => word.startsWith('--'));
}

/** Starts the built gateway as it is shipped: whatever is on by default is on, the log goes to /dev/null. */
export function startGateway(
  port: number,
  upstream: string,
  {
    flags = [],
    env = {},
    main = MAIN,
  }: {
    readonly flags?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly main?: string;
  } = {},
): ChildProcess {
  return startChild(process.execPath, [...shippedFlags(), ...flags, main], {
    core: 'contestant',
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      UPSTREAM: 'alibaba',
      ALIBABA_CLOUD_ACCESS_KEY_ID: KEY_ID,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: KEY_SECRET,
      MODEL_ROUTER_ENDPOINT: upstream,
      PAI_ENDPOINT: upstream,
      AI_GATEWAY_ENDPOINT: upstream,
      ...env,
    },
    // Written and thrown away, as a log is whose reader keeps up.
    stdio: ['ignore', openSync('/dev/null', 'w'), openSync('/dev/null', 'w')],
  });
}

/** Environment variable: a folder with the loader and the libraries of a newer libc. */
export const TAILCALL_LIBC = 'TAILCALL_LIBC';
const TAILCALL = `${PEERS}/node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall`;

/** Its binary asks for a libc that not every system has: through the loader of another one, where a folder has that. */
function tailcallCommand(): readonly [string, ...string[]] {
  const folder = process.env[TAILCALL_LIBC];
  if (folder === undefined || folder === '') return [TAILCALL];
  return [join(folder, 'ld-linux-x86-64.so.2'), '--library-path', folder, TAILCALL];
}

function tailcallIsMissing(): string | undefined {
  const [program, ...args] = tailcallCommand();
  const { status, stderr, error } = spawnSync(program, [...args, '--version'], { encoding: 'utf8' });
  if (status === 0) return undefined;
  const why = error?.message ?? stderr.trim().split('\n').at(-1)?.replace(/^.*: /, '') ?? 'it does not start';
  return `${why} (${TAILCALL_LIBC} names a folder with another libc)`;
}

/** Starts the binary with the schema of {@link tailcallSchema}, written beside the other results of the run. */
function tailcall(joinsRequests: boolean) {
  return (port: number, upstream: string) => {
    const file = join(tmpdir(), `modelgraph-bench-tailcall-${process.pid}-${port}.graphql`);
    writeFileSync(file, tailcallSchema(port, upstream, joinsRequests));
    const [program, ...args] = tailcallCommand();
    const child = startChild(program, [...args, 'start', file], {
      core: 'contestant',
      env: { TAILCALL_LOG_LEVEL: 'error', TC_TRACKER: 'false' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('exit', () => rmSync(file, { force: true }));
    return child;
  };
}

const NO_JOIN = 'joins over a whole list, with a rule for what matches, cannot be declared';

/** All of them, in the order of the tables. */
export const CONTESTANTS: readonly Contestant[] = [
  {
    id: 'hand',
    title: 'by hand: node:http, undici `request`, no GraphQL',
    isPeer: false,
    joinsReads: 'never',
    start: hand(),
  },
  {
    id: 'hand-tuned',
    title: 'the same, tuned: undici `dispatch`, 64 MB semi-space',
    isPeer: false,
    joinsReads: 'never',
    start: hand('--tuned'),
  },
  {
    id: 'hand-joined',
    title: 'the same, tuned, equal reads joined',
    isPeer: false,
    joinsReads: 'asked for',
    start: hand('--tuned', '--joined'),
  },
  {
    id: 'modelgraph',
    title: 'ModelGraph, as shipped',
    isPeer: false,
    joinsReads: 'always',
    start: (port, upstream) => startGateway(port, upstream),
  },
  {
    id: 'modelgraph-apart',
    title: 'ModelGraph, every read sent (`SINGLE_FLIGHT=off`)',
    isPeer: false,
    joinsReads: 'never',
    start: (port, upstream) => startGateway(port, upstream, { env: { SINGLE_FLIGHT: 'off' } }),
  },
  {
    id: 'modelgraph-joined',
    title: 'ModelGraph, equal queries joined (`SINGLE_FLIGHT=operations`)',
    isPeer: false,
    joinsReads: 'asked for',
    start: (port, upstream) => startGateway(port, upstream, { env: { SINGLE_FLIGHT: 'operations' } }),
  },
  {
    id: 'modelgraph-64mb',
    title: 'ModelGraph, 64 MB semi-space',
    isPeer: false,
    isExtra: true,
    joinsReads: 'always',
    start: (port, upstream) => startGateway(port, upstream, { flags: [SEMI_SPACE] }),
  },
  {
    id: 'yoga',
    title: 'Yoga + Pothos + DataLoader, as documented',
    isPeer: true,
    joinsReads: 'never',
    package: 'graphql-yoga',
    start: peer('yoga'),
  },
  {
    id: 'mercurius',
    title: 'Mercurius, jit on',
    isPeer: true,
    joinsReads: 'never',
    package: 'mercurius',
    start: peer('mercurius'),
  },
  {
    id: 'mercurius-guarded',
    title: 'Mercurius, jit on, with signatures, checked answers, deadlines, log, metrics',
    isPeer: true,
    joinsReads: 'never',
    package: 'mercurius',
    start: peer('mercurius-guarded'),
  },
  {
    id: 'apollo',
    title: 'Apollo Server + RESTDataSource',
    isPeer: true,
    joinsReads: 'never',
    package: '@apollo/server',
    start: peer('apollo'),
  },
  {
    id: 'hive',
    title: 'Hive Gateway',
    isPeer: true,
    joinsReads: 'never',
    cannot: { Q3: NO_JOIN },
    documents: WIRE_DOCUMENTS,
    package: '@graphql-hive/gateway-runtime',
    start: peer('hive'),
  },
  {
    id: 'tailcall',
    title: 'Tailcall',
    isPeer: true,
    joinsReads: 'never',
    cannot: { Q3: NO_JOIN },
    documents: TAILCALL_DOCUMENTS,
    missing: tailcallIsMissing,
    package: '@tailcallhq/core-linux-x64-gnu',
    start: tailcall(false),
  },
  {
    id: 'tailcall-joined',
    title: 'Tailcall, equal requests joined',
    isPeer: true,
    joinsReads: 'asked for',
    cannot: { Q3: NO_JOIN },
    documents: TAILCALL_DOCUMENTS,
    missing: tailcallIsMissing,
    package: '@tailcallhq/core-linux-x64-gnu',
    start: tailcall(true),
  },
];

/** Starts one and waits until it answers. @throws where it ends or stays silent */
export async function startContestant(contestant: Contestant, upstream: string): Promise<RunningContestant> {
  const port = await freePort();
  const child = contestant.start(port, upstream);
  await untilAnswers(`http://127.0.0.1:${port}/graphql`, () => hasEnded(child)).catch(async (error) => {
    await endChild(child);
    throw error;
  });
  return { contestant, port, pid: child.pid ?? 0, stop: () => endChild(child) };
}

/** A query as a contestant's schema has it. */
export function queryFor({ documents }: Contestant, query: BenchQuery): BenchQuery {
  return { ...query, document: documents?.[query.id] ?? query.document };
}

/** The version of the package that a contestant is made of; undefined for one that is our own. */
export function versionOf(contestant: Contestant): string | undefined {
  if (contestant.package === undefined) return undefined;
  const file = `${PEERS}/node_modules/${contestant.package}/package.json`;
  if (!existsSync(file)) return undefined;
  const { version } = createRequire(import.meta.url)(`${process.cwd()}/${file}`) as { version: string };
  return version;
}
