import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { logLines } from '../support/log-lines.ts';
import { openKeyRing } from './support/callers.ts';
import { openListening } from './support/listening.ts';

const HEAD = [
  'POST /graphql HTTP/1.1',
  'host: 127.0.0.1',
  'content-type: application/json',
  'content-length: 900000',
  'connection: close',
  '\r\n',
].join('\r\n');

it('who has no key is turned away before a byte of the body has come', { timeout: 5_000 }, async () => {
  const ring = openKeyRing();
  await using gateway = await openListening({ authenticate: ring.authenticate });
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write(HEAD);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 /);
});

it('a client that leaves in the middle of its body is written down as that, and no longer counted', async () => {
  await using gateway = await openListening();
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write(`${HEAD}{"query":`);
  await expect.poll(() => gateway.gateway.metricsText()).toContain('modelgraph_requests_running 1');
  socket.destroy();
  await expect.poll(() => gateway.gateway.metricsText()).toContain('modelgraph_requests_running 0');
  expect(logLines(gateway.logs).filter(({ msg }) => msg === 'request')).toMatchObject([
    { route: '/graphql', outcome: 'cancelled', upstreamCalls: 0 },
  ]);
});
