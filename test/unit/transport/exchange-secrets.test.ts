import { describe, expect, it } from 'vitest';
import { Credentials } from '../../../src/transport/credentials.ts';
import { exchangeSecrets } from '../../../src/transport/exchange-secrets.ts';
import { redactVendorText } from '../../../src/transport/redact.ts';
import { roa } from '../../../src/transport/roa.ts';
import { rpc } from '../../../src/transport/rpc.ts';

const WRITE = { name: 'Write', version: '1', access: 'write', idempotent: false } as const;
const ANSWER = { status: 400, headers: {}, body: '' };

/** What is left of a message about a request that sent this text. */
function told(message: string, sent: string): ReadonlySet<string> {
  const requests = [
    roa(WRITE, 'POST', ['models'], { body: { baseUrl: sent } }),
    roa(WRITE, 'POST', ['models'], { body: { extraInfo: { list: [{ at: sent }] } } }),
    rpc(WRITE, { BaseUrl: sent }),
  ];
  return new Set(requests.map((request) => redactVendorText(message, exchangeSecrets(request, ANSWER))));
}

describe('a URL that a request sends', () => {
  it.each([
    [
      'its user information',
      'https://alice:PLANTEDpw1@h.example/v1',
      'user alice:PLANTEDpw1',
      'user [redacted]',
    ],
    ['its user', 'https://alice:PLANTEDpw1@h.example/v1', 'user "alice"', 'user "[redacted]"'],
    [
      'its password',
      'https://alice:PLANTEDpw1@h.example/v1',
      "password 'PLANTEDpw1'",
      "password '[redacted]'",
    ],
    ['a password with signs', 'https://a:p@ss:w0rd@h.example', 'got p@ss:w0rd', 'got [redacted]'],
    ['a password, decoded', 'https://a:p%40ss%2Fword@h.example', 'got p@ss/word', 'got [redacted]'],
    ['a password in quotes', `https://a:it's"it@h.example`, `got it's"it`, 'got [redacted]'],
    ['a token for a user', 'https://QUERYSECRET@h.example', 'who is QUERYSECRET', 'who is [redacted]'],
    [
      'a value of its query',
      'https://h.example/?v=1&sig=QUERYSECRET',
      "bad 'QUERYSECRET'",
      "bad '[redacted]'",
    ],
    ['a value, decoded', 'https://h.example/?k=open%20sesame', 'bad open sesame', 'bad [redacted]'],
    ['a value, as a form has it', 'https://h.example/?k=open+sesame', 'bad open sesame', 'bad [redacted]'],
    ['a value without a name', 'https://h.example/?QUERYSECRET', 'bad QUERYSECRET', 'bad [redacted]'],
    ['a single pair', 'https://h.example/?a=b', 'bad parameter a=b.', 'bad parameter [redacted].'],
    ['what follows its query', 'https://h.example/#t=QUERYSECRET', 'bad QUERYSECRET', 'bad [redacted]'],
    ['what it signs', 'oss://b.h.example/k?Signature=QUERYSECRET', 'bad QUERYSECRET', 'bad [redacted]'],
    ['what it hides in a text', 'see https://h.example/?k=QUERYSECRET, there', 'QUERYSECRET', '[redacted]'],
  ])('has %s taken out', (_what, url, message, left) => {
    expect(told(message, url)).toEqual(new Set([left]));
  });

  it.each([
    ['https://h.example/v1/chat', 'v1/chat of h is not there'],
    ['https://h.example/?v=1&on=yes', 'version 1 says yes'],
    ['https://a:b@h.example', 'a and b are not there'],
    ['user@h', 'user h'],
    ['?k=QUERYSECRET', 'QUERYSECRET'],
  ])('%s leaves ordinary words alone', (url, message) => {
    expect(told(message, url)).toEqual(new Set([message]));
  });
});

it('the secrets that a request names and the key that signed it are among them', () => {
  const request = { ...rpc(WRITE, { Name: 'n' }), secrets: ['its own'] };
  const signedWith = new Credentials('id', 'secret', 'token');
  expect(exchangeSecrets(request, { ...ANSWER, signedWith })).toEqual(['its own', 'id', 'secret', 'token']);
});

describe('a request of any length', () => {
  it('has no more of its URLs looked for than a message can be searched for', () => {
    const pairs = Array.from({ length: 40_000 }, (_, at) => `key${at}=value${at}`).join('&');
    const request = roa(WRITE, 'POST', ['models'], { body: { description: `http://h/?${pairs}` } });
    expect(exchangeSecrets(request, ANSWER).length).toBeLessThanOrEqual(100);
  });

  it('has its URLs found behind a long word', () => {
    const description = `${'a-'.repeat(400_000)} https://u:SECRETpw@h.example/x.`;
    const request = roa(WRITE, 'POST', ['models'], { body: { description } });
    expect(exchangeSecrets(request, ANSWER)).toContain('u:SECRETpw');
  });
});
