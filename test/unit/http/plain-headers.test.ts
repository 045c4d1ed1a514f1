import { expect, it } from 'vitest';
import { PlainHeaders } from '../../../src/http/node-exchange.ts';

it('a header that came several times is one text, as of the standard', () => {
  const headers = new PlainHeaders({ 'set-cookie': ['a=1', 'b=2'], accept: 'text/html', host: undefined });
  expect([headers.get('set-cookie'), headers.get('Accept'), headers.get('host')]).toEqual([
    'a=1, b=2',
    'text/html',
    null,
  ]);
  expect([...headers]).toEqual([
    ['set-cookie', 'a=1, b=2'],
    ['accept', 'text/html'],
  ]);
});

it.each(['constructor', 'toString', '__proto__'])('what every object inherits is no header: %s', (name) => {
  const headers = new PlainHeaders({});
  expect([headers.get(name), headers.has(name), [...headers]]).toEqual([null, false, []]);
});
