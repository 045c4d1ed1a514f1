import { isUtf8 } from 'node:buffer';
import type { Plugin } from 'graphql-yoga';
import { refuse } from './refuse.ts';

/**
 * The text of a body. JSON between programs is in UTF-8 (RFC 8259, 8.1), and what is not would be read with U+FFFD in
 * place of what was meant, and written so.
 *
 * @throws Refusal where it is not
 */
export function utf8Text(body: Buffer): string {
  if (!isUtf8(body)) throw refuse(400, 'The body is not in UTF-8.');
  return body.toString('utf8');
}

/** Has Yoga read bodies by {@link utf8Text}. */
export function useUtf8Body(): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      // One that came by the other door reads so itself.
      if (request.method !== 'POST' || request.body === null || requestParser === undefined) return;
      setRequestParser((asked) => {
        const json = async () => JSON.parse(utf8Text(Buffer.from(await asked.arrayBuffer())));
        // All that the parser of a POST of JSON asks for, and no other POST comes here.
        return requestParser({ json } as Request);
      });
    },
  };
}
