import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScrapeAccess } from '../../src/config.ts';
import { createMetricsServer } from '../../src/http/scrape.ts';
import { type ListeningGateway, openListening } from './support/listening.ts';

const TOKEN = 'Pl4nted-token-0123456789';
const WITH_TOKEN: ScrapeAccess = { kind: 'token', token: TOKEN };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

let gateway: ListeningGateway;
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
});

const get = (headers: Readonly<Record<string, string>> = {}, path = '/metrics') =>
  gateway.send({ path, headers });

describe('/metrics on the port of the graph', () => {
  it('is open to this machine where no other reaches it', async () => {
    gateway = await openListening();
    const { status, body } = await get();
    expect([status, body]).toEqual([200, expect.stringContaining('modelgraph_requests_total')]);
  });

  it('is not there where other machines reach it and there is no token', async () => {
    gateway = await openListening({ isLoopback: false });
    for (const headers of [{}, bearer(''), bearer('undefined')]) {
      expect(await get(headers)).toMatchObject({ status: 404, body: '' });
    }
  });

  it.each([
    ['nothing', {}],
    ['another token', bearer('another')],
    ['the beginning of the token', bearer(TOKEN.slice(0, -1))],
    ['more than the token', bearer(`${TOKEN}x`)],
    ['the token of another scheme', { authorization: `Basic ${TOKEN}` }],
    ['the token without a scheme', { authorization: TOKEN }],
    ['the token in another header', { 'x-api-key': TOKEN }],
    ['an empty token', { authorization: 'Bearer ' }],
  ])('asks who shows %s for the token', async (_case, headers) => {
    gateway = await openListening({ isLoopback: false, metrics: WITH_TOKEN });
    const answer = await get(headers as Record<string, string>);
    expect(answer).toMatchObject({ status: 401, body: '' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="metrics"');
    expect(gateway.logs.join('')).not.toContain('Pl4nted');
  });

  it.each(['Bearer', 'bearer'])('is open to who shows the token as %s', async (scheme) => {
    gateway = await openListening({ isLoopback: false, metrics: WITH_TOKEN });
    const { status, body } = await get({ authorization: `${scheme} ${TOKEN}` });
    expect([status, body]).toEqual([200, expect.stringContaining('modelgraph_')]);
    expect(body).not.toContain('Pl4nted');
  });

  it('does not take the token from the address', async () => {
    gateway = await openListening({ isLoopback: false, metrics: WITH_TOKEN });
    expect(await get({}, `/metrics?token=${TOKEN}&authorization=Bearer%20${TOKEN}`)).toMatchObject({
      status: 401,
    });
  });

  it('asks for the token on loopback, too, where there is one', async () => {
    gateway = await openListening({ metrics: WITH_TOKEN });
    expect(await get()).toMatchObject({ status: 401 });
    expect(await get(bearer(TOKEN))).toMatchObject({ status: 200 });
  });

  it('is for no page of another origin, nor under a foreign name', async () => {
    gateway = await openListening();
    expect(await get({ origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    expect(await get({ 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 });
    expect(await get({ host: 'evil.example' })).toMatchObject({ status: 403 });
  });

  it('is read only, and at its very path', async () => {
    gateway = await openListening();
    const headers = { 'content-type': 'application/json' };
    expect(await gateway.send({ method: 'POST', path: '/metrics', headers })).toMatchObject({ status: 405 });
    expect(await gateway.send({ method: 'HEAD', path: '/metrics' })).toMatchObject({ status: 200, body: '' });
    for (const path of ['/metrics/', '/x/metrics', '/Metrics', '/graphql/metrics']) {
      expect(await get({}, path)).toMatchObject({ status: 404 });
    }
  });
});

describe('a port of its own', () => {
  async function openPort(access: ScrapeAccess, isLoopbackOnly = true) {
    gateway = await openListening({ metrics: { kind: 'closed' } });
    const server = createMetricsServer(access, gateway.gateway.metricsText, isLoopbackOnly);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const ask = async (head: string) => {
      const socket = connect(port, '127.0.0.1');
      socket.end(`${head}\r\nConnection: close\r\n\r\n`);
      const answer = await text(socket);
      return { status: Number(answer.slice(9, 12)), answer };
    };
    return {
      ask,
      [Symbol.asyncDispose]: async () => {
        server.close();
      },
    };
  }

  const GET = 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1';

  it('has the metrics, which the port of the graph then has not', async () => {
    await using port = await openPort({ kind: 'open' });
    const { status, answer } = await port.ask(GET);
    expect([status, answer]).toEqual([200, expect.stringContaining('\nmodelgraph_requests_total{')]);
    expect((await port.ask(GET.replace('GET', 'HEAD'))).answer).not.toContain('modelgraph_');
    expect(await get()).toMatchObject({ status: 404 });
  });

  it.each([
    'GET / HTTP/1.1\r\nHost: 127.0.0.1',
    'GET /graphql?query={__typename} HTTP/1.1\r\nHost: 127.0.0.1',
    'GET /health HTTP/1.1\r\nHost: 127.0.0.1',
    'GET /metrics/ HTTP/1.1\r\nHost: 127.0.0.1',
    'GET http://127.0.0.1/metrics HTTP/1.1\r\nHost: 127.0.0.1',
    'GET /metrics HTTP/1.1\r\nHost: evil.example',
    'GET /metrics HTTP/1.0',
  ])('has nothing else: %j', async (head) => {
    await using port = await openPort({ kind: 'open' });
    const { status, answer } = await port.ask(head);
    expect([status, answer]).toEqual([404, expect.not.stringContaining('modelgraph')]);
  });

  it('is read only', async () => {
    await using port = await openPort({ kind: 'open' });
    expect((await port.ask(`${GET.replace('GET', 'POST')}\r\nContent-Length: 0`)).status).toBe(405);
  });

  it('asks for the token where there is one', async () => {
    await using port = await openPort(WITH_TOKEN);
    expect((await port.ask(GET)).status).toBe(401);
    expect((await port.ask(`${GET}\r\nAuthorization: Bearer ${TOKEN}`)).status).toBe(200);
  });

  it('answers to any name where other machines reach it', async () => {
    await using port = await openPort({ kind: 'open' }, false);
    expect((await port.ask('GET /metrics HTTP/1.1\r\nHost: gateway-7.example:9464')).status).toBe(200);
  });
});
