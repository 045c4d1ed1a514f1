import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a gateway is to be like, besides its defaults. */
export interface Order {
  /** In place of the sandbox, for a source, e.g. one that refuses connections. */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Texts that run by their id as well. */
  readonly trustedDocuments?: readonly string[];
}

/** What it says when it listens. */
export interface Ready {
  readonly url: string;
  /** Authorization headers of its callers. */
  readonly callers: {
    readonly everything: string;
    /** Who may read the Model Router, and nothing else. */
    readonly routerReader: string;
  };
}

/** The gateway over its sandbox, on a port, with API keys. */
export interface GatewayProcess extends Ready {
  /** Upstream operations since it was last asked, in order. */
  actions(): Promise<readonly string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts it in a process of its own. */
export async function startGateway(order: Order = {}): Promise<GatewayProcess> {
  const child = fork(fileURLToPath(new URL('gateway-process.ts', import.meta.url)), [JSON.stringify(order)], {
    cwd: ROOT,
    execArgv: [],
  });
  const [ready] = (await once(child, 'message')) as [Ready];
  return {
    ...ready,
    async actions() {
      child.send('actions');
      const [actions] = (await once(child, 'message')) as [readonly string[]];
      child.send('forget');
      await once(child, 'message');
      return actions;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** What `npm run schema -- --federation` prints. */
export function printedSubgraph(): string {
  return execFileSync(process.execPath, ['src/schema/print.ts', '--federation'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
}
