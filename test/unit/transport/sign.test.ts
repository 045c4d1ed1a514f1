import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Credentials } from '../../../src/transport/credentials.ts';
import {
  authorization,
  canonicalQuery,
  canonicalRequest,
  percentEncode,
  type SignableRequest,
  sha256Hex,
  signedNames,
} from '../../../src/transport/sign.ts';

interface Vector {
  readonly id: string;
  readonly input: {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly headers: Readonly<Record<string, string>>;
    readonly bodyText: string;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
  };
  readonly expected: {
    readonly canonicalRequest: string;
    readonly hashedPayload: string;
    readonly signedHeaders: string;
    readonly authorization: string;
  };
}

// Made with the vendor's own client; one of them is the example printed on the vendor's page.
const { vectors } = JSON.parse(
  readFileSync(new URL('../../fixtures/wire/signature-vectors.json', import.meta.url), 'utf8'),
) as { readonly vectors: readonly Vector[] };

function signable({ input }: Vector): SignableRequest {
  const { method, path, query, headers, bodyText } = input;
  return {
    method,
    path,
    search: canonicalQuery(Object.entries(query)),
    headers,
    bodySha256: sha256Hex(bodyText),
  };
}

function keyOf({ input }: Vector): Credentials {
  return new Credentials(input.accessKeyId, input.accessKeySecret);
}

describe('the signature is what the vendor computes', () => {
  it('there are 28 vectors', () => {
    expect(vectors).toHaveLength(28);
  });

  it.each(vectors.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const { input, expected } = vector;
    const request = signable(vector);
    expect(sha256Hex(input.bodyText)).toBe(expected.hashedPayload);
    const names = signedNames(Object.keys(request.headers));
    expect(canonicalRequest(request, names)).toBe(expected.canonicalRequest);
    expect(names.text).toBe(expected.signedHeaders);
    expect(authorization(request, keyOf(vector))).toBe(expected.authorization);
  });

  it('does not depend on the order in which the query was written', () => {
    for (const vector of vectors) {
      const request = signable(vector);
      const search = canonicalQuery(Object.entries(vector.input.query).toReversed());
      expect(authorization({ ...request, search }, keyOf(vector))).toBe(vector.expected.authorization);
    }
  });
});

describe('percentEncode', () => {
  it('leaves the unreserved characters alone and encodes every other', () => {
    const ascii = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));
    expect(ascii.filter((char) => percentEncode(char) === char).join('')).toBe(
      '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~',
    );
    expect(percentEncode(" !'()*+/通")).toBe('%20%21%27%28%29%2A%2B%2F%E9%80%9A');
  });

  it('encodes half of a surrogate pair as UTF-8 does, and does not throw', () => {
    expect(percentEncode('a\ud800b')).toBe('a%EF%BF%BDb');
  });
});
