import type { ChildProcess } from 'node:child_process';
import { endChild, startChild } from './children.ts';
import type { LoadJob, LoadResult, LoadTarget, PairsResult } from './load-job.ts';

/** The process that asks. */
export interface LoadGenerator {
  load(job: Omit<Extract<LoadJob, { kind: 'load' }>, 'kind'>): Promise<LoadResult>;
  pairs(job: Omit<Extract<LoadJob, { kind: 'pairs' }>, 'kind'>): Promise<PairsResult>;
  close(): Promise<void>;
}

/** Starts it on the core that no contestant has. */
export function startLoadGenerator(): LoadGenerator {
  const child = startChild(process.execPath, ['bench/compare/load.ts'], {
    core: 'rest',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    load: (job) => perform<LoadResult>(child, { kind: 'load', ...job }),
    pairs: (job) => perform<PairsResult>(child, { kind: 'pairs', ...job }),
    close: () => endChild(child),
  };
}

/** The GraphQL endpoint of a contestant as a target. */
export function graphqlTarget(port: number): LoadTarget {
  return {
    port,
    path: '/graphql',
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
  };
}

function perform<Result>(child: ChildProcess, job: LoadJob): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('the load generator ended'));
    child.once('exit', onExit);
    child.once('message', ({ result, error }: { result?: Result; error?: string }) => {
      child.off('exit', onExit);
      if (result === undefined) reject(new Error(error));
      else resolve(result);
    });
    child.send(job);
  });
}
