import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResponseReader } from '../../../bench/compare/response-reader.ts';

const WITH_LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"data":"\r\n"}';
const IN_CHUNKS = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';

describe("the load generator's reader", () => {
  it.each([
    ['with a length', WITH_LENGTH],
    ['in chunks', IN_CHUNKS],
  ])('finds the end of answers %s, however they arrive', async (_, answer) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: answer.length - 1 }), { maxLength: 5 }),
        async (cuts) => {
          const reader = createResponseReader();
          const edges = [...new Set([0, ...cuts.toSorted((a, b) => a - b), answer.length])];
          const parts = edges.slice(1).map((end, index) => Buffer.from(answer.slice(edges[index], end)));
          for (let turn = 0; turn < 2; turn++) {
            const taken = parts.map((part) => reader.take(part)?.toString());
            expect(taken.at(-1)).toBe(answer);
            expect(taken.slice(0, -1).every((one) => one === undefined)).toBe(true);
          }
        },
      ),
    );
  });
});
