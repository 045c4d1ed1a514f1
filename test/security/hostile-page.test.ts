import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needsBrowser, openBrowser, skipsBrowser } from '../e2e/support/chromium.ts';
import {
  asJson,
  type ListeningGateway,
  openListening,
  type RawRequest,
  READ,
  WRITE,
} from './support/listening.ts';

let gateway: ListeningGateway;
beforeAll(async () => {
  gateway = await openListening();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.sandbox.forgetRequests());

async function expectRefused(request: RawRequest, status: number): Promise<void> {
  const answer = await gateway.send(request);
  expect(answer.status).toBe(status);
  expect(answer.body === '' || JSON.parse(answer.body).errors.length === 1).toBe(true);
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  expect(gateway.actions()).toEqual([]);
}

async function expectServed(request: RawRequest): Promise<void> {
  const answer = await gateway.send(request);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { data: { models: { totalCount: 151 } } }]);
  expect(gateway.actions()).toEqual(['ModelRouterQueryModelList']);
}

const json = { 'content-type': 'application/json' };
const form = `query=${encodeURIComponent(WRITE)}`;
const multipart = [
  '--x',
  'content-disposition: form-data; name="operations"',
  '',
  JSON.stringify({ query: WRITE }),
  '--x',
  'content-disposition: form-data; name="map"',
  '',
  '{}',
  '--x--',
  '',
].join('\r\n');

describe('a POST that a form can make', () => {
  it.each([
    ['application/x-www-form-urlencoded', form],
    ['application/x-www-form-urlencoded; charset=utf-8', form],
    ['multipart/form-data; boundary=x', multipart],
    ['text/plain', JSON.stringify({ query: WRITE })],
    ['text/plain;charset=UTF-8', JSON.stringify({ query: WRITE })],
    ['application/graphql', WRITE],
    ['application/graphql+json', JSON.stringify({ query: WRITE })],
    ['text/plain; application/json', JSON.stringify({ query: WRITE })],
    ['text/plain, application/json', JSON.stringify({ query: WRITE })],
    ['application/json, text/plain', JSON.stringify({ query: WRITE })],
    ['application/jsonx', JSON.stringify({ query: WRITE })],
    ['', JSON.stringify({ query: WRITE })],
  ])('is refused as %s', async (type, body) => {
    await expectRefused({ method: 'POST', headers: { 'content-type': type }, body }, 415);
  });

  it('is refused with two content types, whichever comes first', async () => {
    for (const types of [
      ['application/json', 'text/plain'],
      ['text/plain', 'application/json'],
    ]) {
      const body = JSON.stringify({ query: WRITE });
      await expectRefused({ method: 'POST', headers: { 'content-type': types }, body }, 415);
    }
  });

  it('is refused without a content type', async () => {
    await expectRefused({ method: 'POST', headers: {}, body: JSON.stringify({ query: WRITE }) }, 415);
  });
});

describe('a foreign origin', () => {
  const origins = [
    'https://evil.example',
    'http://evil.example:4000',
    'null',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://localhost:1',
    'file://',
    'not an origin',
    'chrome-extension://abcdefghijklmnop',
  ];

  it.each(origins)('%s may not post', async (origin) => {
    await expectRefused(asJson(WRITE, { origin }), 403);
  });

  it.each(origins)('%s may not get', async (origin) => {
    await expectRefused({ path: `/graphql?query=${encodeURIComponent(READ)}`, headers: { origin } }, 403);
  });

  it.each(origins)('%s gets no grant from a preflight', async (origin) => {
    await expectRefused(
      {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
          'access-control-request-private-network': 'true',
        },
      },
      403,
    );
  });

  it('is the one with another name for the same address', async () => {
    await expectRefused(asJson(WRITE, { origin: `http://localhost:${gateway.port}` }), 403);
  });

  it('does not pass by claiming to be the same', async () => {
    await expectRefused(
      asJson(WRITE, { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }),
      403,
    );
  });

  it('does not pass by claiming to be a link', async () => {
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const headers = { origin: 'https://evil.example', ...link };
    await expectRefused({ path: `/graphql?query=${encodeURIComponent(READ)}`, headers }, 403);
    await expectRefused(asJson(WRITE, link), 403);
  });

  it.each(['cross-site', 'same-site'])('may not load a query as an image or a script (%s)', async (site) => {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    await expectRefused({ path: `/graphql?query=${encodeURIComponent(READ)}`, headers }, 403);
  });

  it.each(['iframe', 'frame', 'object', 'embed'])('may not show GraphiQL in a frame (%s)', async (dest) => {
    const headers = {
      accept: 'text/html',
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': dest,
    };
    await expectRefused({ headers }, 403);
  });

  it('may link to GraphiQL, which runs nothing by itself and cannot be framed', async () => {
    const answer = await gateway.send({
      path: `/graphql?query=${encodeURIComponent(READ)}`,
      headers: {
        accept: 'text/html',
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      },
    });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers['x-frame-options']).toBe('DENY');
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(gateway.actions()).toEqual([]);
  });
});

describe('a foreign Host header (DNS rebinding)', () => {
  const foreign = [
    'evil.example',
    'evil.example:4000',
    '127.0.0.1.evil.example',
    '127.0.0.1.evil.example:4000',
    'localhost.evil.example',
    'evil-localhost',
    'localhost.',
    'localhost.:4000',
    '0.0.0.0:4000',
    '192.168.0.1:4000',
    '[::2]:4000',
    '[::ffff:127.0.0.1]:4000',
    '127.0.0.1:4000@evil.example',
    'evil.example#127.0.0.1',
  ];

  it.each(foreign)('"%s" may not post', async (host) => {
    await expectRefused(asJson(WRITE, { host }), 403);
  });

  it.each(foreign)('"%s" may not post as its own origin', async (host) => {
    const headers = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    await expectRefused(asJson(WRITE, headers), 403);
  });

  it.each(foreign)('"%s" is served nothing at any path', async (host) => {
    for (const path of [
      '/graphql',
      '/graphql/',
      '/health',
      '/ready',
      '/',
      '/x?/health',
      '/x?/graphql',
      '/x/ready',
    ]) {
      await expectRefused({ path, headers: { host, accept: 'text/html' } }, 403);
    }
  });

  it.each(['127.0.0.1:99999', '[::1]:x', '127.0.0.1:4000 x', '127.0.0.1:-1', 'evil.example, 127.0.0.1'])(
    'that is no address ("%s") is refused without a stack',
    async (host) => {
      await expectRefused(asJson(WRITE, { host }), 400);
      expect((await gateway.send(asJson(WRITE, { host }))).body).not.toMatch(/ at |node_modules|Error:/);
    },
  );

  it.each([
    ['comes before the right one', ['Host: evil.example', 'Host: 127.0.0.1']],
    ['comes behind the right one', ['Host: 127.0.0.1', 'Host: evil.example']],
    ['is empty', ['Host:']],
    ['is missing', []],
  ])('that %s is refused', async (_case, hosts) => {
    const body = JSON.stringify({ query: WRITE });
    const head = ['POST /graphql HTTP/1.1', ...hosts, 'Connection: close', 'Content-Type: application/json'];
    const bytes = [...head, `Content-Length: ${body.length}`, '', body].join('\r\n');
    expect(await gateway.write(bytes)).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(gateway.actions()).toEqual([]);
  });

  it.each([
    '127.0.0.1',
    '127.0.0.1:4000',
    'localhost',
    'localhost:4000',
    'LOCALHOST:4000',
    '[::1]',
    '[::1]:4000',
    '127.1.2.3:4000',
  ])('is not %s', async (host) => {
    await expectServed(asJson(READ, { host }));
  });

  it('is of no matter where the operator opened the gateway to others', async () => {
    await using open = await openListening({ isLoopback: false });
    const answer = await open.send(asJson(READ, { host: 'models.example' }));
    expect(answer.status).toBe(200);
    const foreignPage = await open.send(
      asJson(WRITE, { host: 'models.example', origin: 'https://evil.example' }),
    );
    expect(foreignPage.status).toBe(403);
  });
});

it.each([
  ['data', asJson(READ), 200],
  ['a refusal', asJson(READ, { origin: 'https://evil.example' }), 403],
  ['nothing', { path: '/nowhere' }, 404],
  ['a probe', { path: '/health' }, 200],
])(
  'an answer that holds %s is nothing that a page may run, frame or embed',
  async (_what, request, status) => {
    const { headers, status: answered } = await gateway.send(request);
    expect([answered, headers]).toMatchObject([
      status,
      {
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
      },
    ]);
  },
);

describe('who belongs here', () => {
  it('is a client without an origin', async () => {
    await expectServed(asJson(READ));
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
    'may say %s',
    async (type) => {
      const answer = await gateway.send(asJson(READ, { 'content-type': type }));
      expect(answer.status).toBe(200);
    },
  );

  it('is a page of the gateway itself', async () => {
    const headers = { origin: gateway.origin, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };
    await expectServed(asJson(READ, headers));
  });

  it('is a person who types the address', async () => {
    const headers = { accept: 'text/html', 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' };
    expect((await gateway.send({ headers })).status).toBe(200);
  });

  it.each(['/health', '/ready'])('is a probe of %s', async (path) => {
    expect((await gateway.send({ path })).status).toBe(200);
  });

  it('gets a query by GET, and nothing else', async () => {
    await expectServed({ path: `/graphql?query=${encodeURIComponent(READ)}` });
    gateway.sandbox.forgetRequests();
    const write = await gateway.send({ path: `/graphql?query=${encodeURIComponent(WRITE)}` });
    expect([write.status, write.headers.allow]).toEqual([405, 'POST']);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE']) {
      await expectRefused({ method, headers: json }, 405);
    }
    expect(gateway.actions()).toEqual([]);
  });
});

describe.skipIf(skipsBrowser)(`a real page of another port${needsBrowser}`, { timeout: 60_000 }, () => {
  const page = (target: string) => `<!doctype html><title>hostile</title>
<form id="plain" method="post" enctype="text/plain" target="frame" action="${target}/graphql">
  <input name='{"query":"mutation{createModel(input:{name:\\"F\\",modelCode:\\"f\\"}){__typename}}","x":"' value='"}'>
</form>
<form id="coded" method="post" target="frame" action="${target}/graphql"><input name="query" value='${WRITE}'></form>
<form id="upload" method="post" enctype="multipart/form-data" target="frame" action="${target}/graphql">
  <input name="operations" value='${JSON.stringify({ query: WRITE })}'><input name="map" value="{}">
</form>
<iframe name="frame"></iframe><iframe src="${target}/graphql"></iframe>
<img src="${target}/graphql?query=${encodeURIComponent(READ)}">
<script src="${target}/graphql?query=${encodeURIComponent(READ)}"></script>`;

  it('can neither run nor read anything', async () => {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(page(gateway.origin));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await using browser = await openBrowser({ width: 800, height: 600 });
    const tab = await browser.context.newPage();
    gateway.served.splice(0);
    await tab.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'networkidle' });
    // The frame, the image and the script.
    expect(gateway.served).toEqual(['GET 403', 'GET 403', 'GET 403']);

    for (const form of ['plain', 'coded', 'upload']) {
      gateway.served.splice(0);
      await tab.evaluate((id) => document.querySelector<HTMLFormElement>(`#${id}`)?.submit(), form);
      // The origin of the page, and the type of the body: either is reason enough.
      await expect.poll(() => gateway.served).toEqual(['POST 403']);
    }

    gateway.served.splice(0);
    const fetched = await tab.evaluate(
      async ([url, query]) => {
        const body = JSON.stringify({ query });
        const attempts: RequestInit[] = [
          { method: 'POST', body, headers: { 'content-type': 'application/json' } },
          { method: 'POST', body, headers: { 'content-type': 'application/json' }, credentials: 'include' },
          { method: 'POST', body, mode: 'no-cors' },
          { method: 'POST', body },
          { method: 'GET' },
        ];
        const outcomes = attempts.map((attempt) =>
          fetch(`${url}/graphql`, attempt).then(
            (response) => response.type,
            (error: Error) => error.name,
          ),
        );
        return Promise.all(outcomes);
      },
      [gateway.origin, WRITE] as const,
    );
    expect(fetched).toEqual(['TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError']);
    expect(new Set(gateway.served)).toEqual(new Set(['OPTIONS 403', 'POST 403', 'GET 403']));
    expect(gateway.actions()).toEqual([]);
    server.close();
    server.closeAllConnections();
  });
});
