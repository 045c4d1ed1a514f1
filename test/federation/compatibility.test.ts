import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGatewayRuntime } from '@graphql-hive/gateway';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { composers } from './composers.ts';

/*
 * `@apollo/federation-subgraph-compatibility-tests` as they are, without what they would start by docker and rover: the
 * products subgraph is `products/`, their users and inventory run under plain Node, and the supergraph is composed and
 * served by programs from npm. They dictate the ports.
 */

const require = createRequire(import.meta.url);
const SUITE = dirname(require.resolve('@apollo/federation-subgraph-compatibility-tests/package.json'));
const PORTS = { router: 4000, products: 4001, users: 4002, inventory: 4003 };
const TESTS = 23;

const children: ChildProcess[] = [];
let router: Server | undefined;

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://localhost:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
    return response.ok;
  } catch {
    return false;
  }
}

/** Starts one of their subgraphs, and waits until it answers. */
async function startTheirs(name: 'users' | 'inventory'): Promise<string> {
  const folder = join(SUITE, 'dist/subgraphs', name);
  const child = spawn(process.execPath, ['index.js'], { cwd: folder, stdio: 'ignore' });
  children.push(child);
  await vi.waitUntil(() => answers(PORTS[name]), { timeout: 20_000, interval: 100 });
  return readFile(join(folder, `${name}.graphql`), 'utf8');
}

async function startProducts(): Promise<string> {
  const file = (name: string) => fileURLToPath(new URL(`products/${name}`, import.meta.url));
  const child = fork(file('main.ts'), { execArgv: ['--import', file('root-libraries.ts')] });
  children.push(child);
  const ended = once(child, 'exit').then(() => {
    throw new Error('The products subgraph ended before it listened.');
  });
  const [{ sdl }] = (await Promise.race([once(child, 'message'), ended])) as [{ sdl: string }];
  ended.catch(() => undefined);
  return sdl;
}

beforeAll(async () => {
  for (const [name, port] of Object.entries(PORTS)) {
    if (await answers(port)) throw new Error(`Port ${port}, for ${name}, is taken: the tests dictate it.`);
  }
  const sdls = {
    products: await startProducts(),
    users: await startTheirs('users'),
    inventory: await startTheirs('inventory'),
  };
  const composed = composers['@apollo/composition']?.(
    Object.entries(sdls).map(([name, sdl]) => ({
      name,
      url: `http://localhost:${PORTS[name as keyof typeof sdls]}/`,
      sdl,
    })),
  );
  expect(composed?.faults).toEqual([]);
  const runtime = createGatewayRuntime({
    supergraph: composed?.supergraph ?? '',
    graphqlEndpoint: '/',
    landingPage: false,
    logging: false,
  });
  router = createServer(runtime).listen(PORTS.router, 'localhost');
  await once(router, 'listening');
});

afterAll(async () => {
  router?.close();
  router?.closeAllConnections();
  for (const child of children) child.kill();
});

interface JestResults {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Runs their tests in their own runner. */
async function runTheirTests(): Promise<JestResults> {
  const folder = await mkdtemp(join(tmpdir(), 'compatibility-'));
  const results = join(folder, 'results.json');
  const config = {
    rootDir: SUITE,
    testMatch: ['<rootDir>/dist/tests/*.test.js'],
    testPathIgnorePatterns: [],
    haste: { retainAllFiles: true },
    transform: {},
  };
  const jest = require.resolve('jest/bin/jest', { paths: [SUITE] });
  const args = [jest, '--ci', '--json', `--outputFile=${results}`, '--config', JSON.stringify(config)];
  const env = { ...process.env, PRODUCTS_URL: `http://localhost:${PORTS.products}/` };
  // Its exit code says no more than the results do.
  await new Promise((resolve) => execFile(process.execPath, args, { env }, resolve));
  const text = await readFile(results, 'utf8');
  await rm(folder, { recursive: true });
  return JSON.parse(text) as JestResults;
}

it(`passes all ${TESTS} tests`, async () => {
  const { testResults, numPassedTests, numTotalTests } = await runTheirTests();
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed')
    .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join('\n')}`);
  expect(failed).toEqual([]);
  expect({ numPassedTests, numTotalTests }).toEqual({ numPassedTests: TESTS, numTotalTests: TESTS });
});
