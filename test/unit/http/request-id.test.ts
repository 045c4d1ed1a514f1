import { describe, expect, it } from 'vitest';
import { requestIdOf } from '../../../src/http/request-id.ts';
import { openGateway } from '../../support/gateway.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const asked = (id: string) =>
  requestIdOf(new Request('http://127.0.0.1/', { headers: { 'x-request-id': id } }));

describe('the id of a request', () => {
  it.each(['a', 'A-1_b.2', '0', 'x'.repeat(64), '3f2a0c11-0000-5000-9000-0000000000e1'])(
    'is the one it brings: %s',
    (id) => {
      expect(asked(id)).toBe(id);
    },
  );

  it.each(['', 'x'.repeat(65), 'a b', 'a/b', 'a,b', 'a:b', '"a"', '<a>', 'é', 'a$b', 'a\tb', '../a', 'a=b'])(
    'is made here in place of %j',
    (id) => {
      expect(asked(id)).toMatch(UUID);
    },
  );

  it('is made here where none comes, another one for each request', () => {
    const made = [new Request('http://127.0.0.1/'), new Request('http://127.0.0.1/')].map(requestIdOf);
    expect(made).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
    expect(made[0]).not.toBe(made[1]);
  });

  it('stays the same for one request', () => {
    const request = new Request('http://127.0.0.1/');
    expect(requestIdOf(request)).toBe(requestIdOf(request));
  });

  it('is on every answer, refusals and probes too', async () => {
    await using gateway = await openGateway();
    const json = { 'content-type': 'application/json', 'x-request-id': 'mine.1' };
    const answers = await Promise.all([
      gateway.fetch('/graphql', { method: 'POST', headers: json, body: '{"query":"{__typename}"}' }),
      gateway.fetch('/graphql', { method: 'POST', headers: json, body: '{' }),
      gateway.fetch('/graphql', {
        method: 'POST',
        headers: { ...json, 'content-type': 'text/plain' },
        body: '{',
      }),
      gateway.fetch('/graphql', { headers: { ...json, origin: 'https://evil.example' } }),
      gateway.fetch('/health', { headers: json }),
      gateway.fetch('/ready', { headers: json }),
      gateway.fetch('/nowhere', { headers: json }),
    ]);
    expect(answers.map(({ status, headers }) => [status, headers.get('x-request-id')])).toEqual(
      [200, 400, 415, 403, 200, 200, 404].map((status) => [status, 'mine.1']),
    );
  });
});
