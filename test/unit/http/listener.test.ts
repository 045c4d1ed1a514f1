import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { createHttpServer } from '../../../src/http/listener.ts';

const HEAD = 'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\n';

it.each([
  ['nothing', ''],
  ['half a head', HEAD.slice(0, 30)],
  ['half a body', `${HEAD}{"query":`],
])(
  'a client that sends %s is not waited for longer than a request has',
  { timeout: 10_000 },
  async (_what, sent) => {
    const server = createHttpServer((request) => request.resume(), 50).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(sent);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
    server.close();
  },
);

it('an answer may take longer than its request had to come', { timeout: 10_000 }, async () => {
  const gate = Promise.withResolvers<void>();
  const server = createHttpServer(async (_request, response) => {
    await gate.promise;
    response.end('late');
  }, 50).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = fetch(`http://127.0.0.1:${port}`);
  await once(server, 'request');
  // Who comes later and sends nothing is given up: so it was looked for what takes too long.
  expect(await text(connect(port, '127.0.0.1'))).toMatch(/^HTTP\/1\.1 408 /);
  gate.resolve();
  expect(await (await answer).text()).toBe('late');
  server.close();
});
