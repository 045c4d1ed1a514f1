import { describe, expect, it } from 'vitest';
import { type CpuProfile, layersOf, type ProfileNode } from '../../../bench/profile/layers.ts';

const node = (
  id: number,
  functionName: string,
  url: string,
  children: readonly number[] = [],
): ProfileNode => ({ id, callFrame: { functionName, url }, children });

const profile: CpuProfile = {
  nodes: [
    node(1, '(root)', '', [2, 5, 6]),
    node(2, 'sign', 'file:///app/src/transport/sign.ts', [3]),
    node(3, 'from', 'node:buffer', [4]),
    node(4, 'parse', 'file:///app/node_modules/zod/v4/core/parse.js'),
    node(5, '(garbage collector)', ''),
    node(6, 'processTicksAndRejections', 'node:internal/process/task_queues'),
  ],
  samples: [2, 3, 4, 5, 6],
  timeDeltas: [1_000, 2_000, 4_000, 8_000, 16_000],
};

describe('the layers of a profile', () => {
  it('count what has no layer of its own to its caller, and most first', () => {
    expect(layersOf(profile)).toEqual([
      { layer: 'promises, timers and streams of Node', ms: 16 },
      { layer: 'garbage collection', ms: 8 },
      { layer: 'zod validation', ms: 4 },
      { layer: 'signing', ms: 3 },
    ]);
  });
});
