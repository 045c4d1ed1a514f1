import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../../src/transport/http.ts';
import type { UpstreamRequest } from '../../../src/transport/request.ts';
import { UNWATCHED_CALL } from '../../support/unwatched.ts';
import { failure, httpServer, NEVER, openUpstream, READ } from './support/upstream.ts';

const NAMES = (): void => undefined;
const SIZES = (): void => undefined;

/** Two equal reads at once, read as `kinds` say. */
async function readTwice(kinds: readonly (object | undefined)[], status = 200) {
  await using server = await httpServer((_message, response) => {
    response.writeHead(status).end('{"name":"first"}');
  });
  await using opened = openUpstream(server.url);
  const readers: number[] = [];
  const values = kinds.map((readAs, reader) => {
    const request: UpstreamRequest = readAs === undefined ? READ : { ...READ, readAs };
    const read = (answer: HttpAnswer) => {
      readers.push(reader);
      if (answer.status !== 200) throw new Error('no success');
      return { ...JSON.parse(answer.body), reader };
    };
    const patience = { signal: NEVER, until: Number.POSITIVE_INFINITY };
    return opened.upstream.call(request, read, patience, UNWATCHED_CALL);
  });
  const ends = await Promise.all(values.map((value) => value.catch(() => failure(value))));
  return { ends, readers, calls: server.arrivals.length };
}

describe('of two equal reads under way', () => {
  it('that are read as the same, the second takes over what the first has read', async () => {
    const { ends, readers, calls } = await readTwice([NAMES, NAMES]);
    expect({ readers, calls }).toEqual({ readers: [0], calls: 1 });
    expect(ends[1]).toBe(ends[0]);
  });

  it.each([
    ['not read as the same', [NAMES, SIZES]],
    ['not said to be', [undefined, undefined]],
    ['said to be by the first only', [NAMES, undefined]],
    ['said to be by the second only', [undefined, NAMES]],
  ])('that are %s, each reads the one answer for itself', async (_what, kinds) => {
    const { ends, readers, calls } = await readTwice(kinds);
    expect({ readers, calls }).toEqual({ readers: [0, 1], calls: 1 });
    expect(ends).toEqual([
      { name: 'first', reader: 0 },
      { name: 'first', reader: 1 },
    ]);
  });

  it('that are read as the same, both fail of an answer that cannot be read', async () => {
    const { ends, readers, calls } = await readTwice([NAMES, NAMES], 404);
    expect(ends.map(String)).toEqual(['Error: no success', 'Error: no success']);
    expect({ readers, calls }).toEqual({ readers: [0], calls: 1 });
  });
});
