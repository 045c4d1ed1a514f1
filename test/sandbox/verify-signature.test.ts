import { describe, expect, it } from 'vitest';
import { NonceMemory, type SignedRequest, verifySignature } from '../../src/sandbox/verify-signature.ts';
import { readWireFacts } from './support/wire-facts.ts';

interface Vector {
  readonly id: string;
  readonly input: {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly headers: Readonly<Record<string, string>>;
    readonly bodyText: string;
    readonly date: string;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
  };
  readonly expected: { readonly authorization: string };
}

const { vectors } = readWireFacts<{ readonly vectors: readonly Vector[] }>('signature-vectors.json');

function requestOf({ input, expected }: Vector): SignedRequest {
  return {
    method: input.method,
    path: input.path,
    query: Object.entries(input.query),
    headers: { ...input.headers, authorization: expected.authorization },
    body: Buffer.from(input.bodyText),
  };
}

function contextOf({ input }: Vector, nonces = new NonceMemory()) {
  const secretOf = (id: string) => (id === input.accessKeyId ? input.accessKeySecret : undefined);
  return { secretOf, nonces, nowMs: Date.parse(input.date) };
}

function vectorNamed(id: string): Vector {
  const vector = vectors.find((candidate) => candidate.id === id);
  if (!vector) throw new Error(`no vector ${id}`);
  return vector;
}

const VECTOR = vectorNamed('roa-post-json-unicode');
const CONTEXT = contextOf(VECTOR);
const REQUEST = requestOf(VECTOR);
const AUTHORIZATION = VECTOR.expected.authorization;

function codeOf(
  changes: Partial<SignedRequest>,
  context = { ...CONTEXT, nonces: new NonceMemory() },
): string {
  try {
    verifySignature({ ...REQUEST, ...changes }, context);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const withHeaders = (changes: Readonly<Record<string, string | undefined>>) => ({
  headers: Object.fromEntries(
    Object.entries({ ...REQUEST.headers, ...changes }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>,
});

describe('a signature that is right', () => {
  it('has 28 vectors to prove it', () => expect(vectors).toHaveLength(28));

  it.each(vectors.map((vector) => [vector.id, vector] as const))('is accepted: %s', (_id, vector) => {
    expect(() => verifySignature(requestOf(vector), contextOf(vector))).not.toThrow();
  });

  it.each(vectors.map((vector) => [vector.id, vector] as const))(
    'is refused with one digit off: %s',
    (_id, vector) => {
      const request = requestOf(vector);
      const { authorization } = vector.expected;
      const forged = authorization.slice(0, -1) + (authorization.endsWith('0') ? '1' : '0');
      const headers = { ...request.headers, authorization: forged };
      expect(() => verifySignature({ ...request, headers }, contextOf(vector))).toThrow(/does not match/);
    },
  );
});

describe('a signature that is wrong', () => {
  it.each([
    ['no authorization', withHeaders({ authorization: undefined }), 'MissingAccessKeyId'],
    [
      'an empty access key id',
      withHeaders({ authorization: AUTHORIZATION.replace(/Credential=[^,]*/, 'Credential=') }),
      'MissingAccessKeyId',
    ],
    ['another form', withHeaders({ authorization: 'Bearer token' }), 'IncompleteSignature'],
    [
      'no signature',
      withHeaders({ authorization: AUTHORIZATION.replace(/,Signature.*/, '') }),
      'IncompleteSignature',
    ],
    [
      'an empty signature',
      withHeaders({ authorization: AUTHORIZATION.replace(/=\w+$/, '=') }),
      'IncompleteSignature',
    ],
    [
      'another algorithm',
      withHeaders({ authorization: AUTHORIZATION.replace('HMAC-SHA256', 'HMAC-SM3') }),
      'InvalidSignatureMethod',
    ],
    ['no date', withHeaders({ 'x-acs-date': undefined }), 'IncompleteSignature'],
    ['no nonce', withHeaders({ 'x-acs-signature-nonce': undefined }), 'IncompleteSignature'],
    ['no payload hash', withHeaders({ 'x-acs-content-sha256': undefined }), 'IncompleteSignature'],
    [
      'a date with milliseconds',
      withHeaders({ 'x-acs-date': '2026-01-15T08:30:00.000Z' }),
      'InvalidTimeStamp.Format',
    ],
    [
      'a date that does not exist',
      withHeaders({ 'x-acs-date': '2026-13-15T08:30:00Z' }),
      'InvalidTimeStamp.Format',
    ],
    ['another body', { body: Buffer.from('{}') }, 'SignatureDoesNotMatch'],
    ['another path', { path: '/api/v1/models/other' }, 'SignatureDoesNotMatch'],
    ['another method', { method: 'PUT' }, 'SignatureDoesNotMatch'],
    ['another query', { query: [['a', 'b']] as const }, 'SignatureDoesNotMatch'],
    ['another host', withHeaders({ host: 'evil.example.com' }), 'SignatureDoesNotMatch'],
    ['a header added after signing', withHeaders({ 'x-acs-extra': '1' }), 'SignatureDoesNotMatch'],
    ['an unsigned security token', withHeaders({ 'x-acs-security-token': 'token' }), 'SignatureDoesNotMatch'],
    [
      'a content type changed later',
      withHeaders({ 'content-type': 'application/json' }),
      'SignatureDoesNotMatch',
    ],
    [
      'a signed header that was lost',
      withHeaders({ 'x-acs-credentials-provider': undefined }),
      'SignatureDoesNotMatch',
    ],
    [
      'an unsorted header list',
      withHeaders({
        authorization: AUTHORIZATION.replace(
          /SignedHeaders=([^,]*)/,
          (_match, list: string) => `SignedHeaders=${list.split(';').toReversed().join(';')}`,
        ),
      }),
      'SignatureDoesNotMatch',
    ],
  ])('%s', (_title, changes, code) => expect(codeOf(changes)).toBe(code));

  it('belongs to an unknown key', () => {
    expect(codeOf({}, { ...CONTEXT, secretOf: () => undefined })).toBe('InvalidAccessKeyId.NotFound');
  });

  it('was made with another secret', () => {
    expect(codeOf({}, { ...CONTEXT, secretOf: () => 'another' })).toBe('SignatureDoesNotMatch');
  });

  it.each([-1, 1])('is accepted 15 minutes off and refused a second later, in direction %i', (direction) => {
    const at = (seconds: number) =>
      codeOf(
        {},
        { ...CONTEXT, nonces: new NonceMemory(), nowMs: CONTEXT.nowMs + direction * seconds * 1000 },
      );
    expect(at(900)).toBe('accepted');
    expect(at(901)).toBe('InvalidTimeStamp.Expired');
  });

  it('uses a nonce again', () => {
    const nonces = new NonceMemory();
    expect(codeOf({}, { ...CONTEXT, nonces })).toBe('accepted');
    expect(codeOf({}, { ...CONTEXT, nonces })).toBe('SignatureNonceUsed');
  });

  it('does not use up the nonce of somebody else', () => {
    const nonces = new NonceMemory();
    expect(codeOf({ method: 'PUT' }, { ...CONTEXT, nonces })).toBe('SignatureDoesNotMatch');
    expect(codeOf({}, { ...CONTEXT, nonces })).toBe('accepted');
  });
});

describe('what is remembered of nonces', () => {
  it('is bounded, the oldest going first', () => {
    const nonces = new NonceMemory(2);
    for (const nonce of ['a', 'b', 'c']) expect(nonces.use(nonce, 0)).toBe(true);
    expect(nonces.use('c', 0)).toBe(false);
    expect(nonces.use('a', 0)).toBe(true);
  });

  it('ends when no date could make the nonce valid any more', () => {
    const nonces = new NonceMemory();
    expect(nonces.use('a', 0)).toBe(true);
    expect(nonces.use('a', 30 * 60 * 1000 - 1)).toBe(false);
    expect(nonces.use('a', 30 * 60 * 1000)).toBe(true);
  });
});
