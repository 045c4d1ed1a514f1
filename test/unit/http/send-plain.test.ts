import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PlainResponse } from '../../../src/http/node-exchange.ts';
import { sendPlain } from '../../../src/http/send-plain.ts';

let body: string;
const server = createServer((_request, response) => sendPlain(new PlainResponse(body), response));
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => server.close());

async function sent(text: string) {
  body = text;
  const { port } = server.address() as AddressInfo;
  const { headers, body: stream } = await fetch(`http://127.0.0.1:${port}/`);
  const bytes = stream === null ? Buffer.alloc(0) : await buffer(stream as never);
  return { bytes, length: headers.get('content-length') };
}

const CHARACTERS = ['a', 'é', 'ÿ', 'Ā', '通', '🙂', '\u2028', '\ud83d'];

it.each([1, 249, 250, 999, 1_000, 1_001, 70_000])(
  'a text of any characters, %i of them, arrives as its UTF-8',
  async (length) => {
    const texts = fc.array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(texts, async (characters) => {
        const text = JSON.stringify(characters.join('').repeat(length).slice(0, length));
        const expected = Buffer.from(text);
        const { bytes, length: told } = await sent(text);
        expect(bytes.equals(expected)).toBe(true);
        expect(told).toBe(String(expected.length));
      }),
      { numRuns: 30 },
    );
  },
);

it('an answer without a text has none', async () => {
  expect(await sent('')).toEqual({ bytes: Buffer.alloc(0), length: '0' });
});
