import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Credentials, staticCredentials } from '../../src/transport/credentials.ts';

/*
 * A fourth backend costs one folder, one domain file, one schema file and two edited lines. A copy of src gets a toy
 * one so, and must then compile, know it everywhere a backend is known, and serve it.
 */

const copy = resolve('.tmp', `fourth-backend-${process.pid}`);
const toy = 'test/fixtures/fourth-backend';

beforeAll(() => {
  rmSync(copy, { recursive: true, force: true });
  cpSync('src', join(copy, 'src'), { recursive: true });
  cpSync(toy, join(copy, 'src'), { recursive: true });
  appendFileSync(
    join(copy, 'src/backends/registry.ts'),
    "export { modelHub } from './model-hub/index.ts';\n",
  );
  const index = join(copy, 'src/schema/index.ts');
  const before = readFileSync(index, 'utf8');
  writeFileSync(
    index,
    before.replace("import './sources.ts';", "import './hub-model.ts';\nimport './sources.ts';"),
  );
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();

test('adding a backend touches one folder, one domain file, one schema file and two lines', () => {
  const before = files('src');
  const after = files(join(copy, 'src'));
  const added = after.filter((file) => !before.includes(file));
  expect([...new Set(added.map(dirname))].toSorted()).toEqual(['backends/model-hub', 'domain', 'schema']);
  expect(added.filter((file) => file.startsWith('domain/'))).toHaveLength(1);
  expect(added.filter((file) => file.startsWith('schema/'))).toHaveLength(1);
  const lines = (file: string) => readFileSync(file, 'utf8').split('\n');
  const changed = before.flatMap((file) => {
    const old = lines(join('src', file));
    const now = lines(join(copy, 'src', file));
    const newLines = now.filter((line) => !old.includes(line));
    return now.join('\n') === old.join('\n')
      ? []
      : [{ file, added: now.length - old.length, newLines: newLines.length }];
  });
  expect(changed).toEqual([
    { file: 'backends/registry.ts', added: 1, newLines: 1 },
    { file: 'schema/index.ts', added: 1, newLines: 1 },
  ]);
});

test('the sources compile with it', () => {
  mkdirSync(copy, { recursive: true });
  writeFileSync(
    join(copy, 'tsconfig.json'),
    JSON.stringify({ extends: resolve('tsconfig.json'), include: ['src'] }),
  );
  const run = () =>
    execFileSync(process.execPath, [resolve('node_modules/typescript/lib/tsc.js'), '-p', copy], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(run).not.toThrow();
}, 60_000);

test('the doctor asks it like the others', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify({ models: [], total: 0 }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { examine } = (await import(
    join(copy, 'src/doctor/examine.ts')
  )) as typeof import('../../src/doctor/examine.ts');
  const env = {
    ...{ PORT: '0', ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' },
    ...{ MODEL_ROUTER_ENDPOINT: url, PAI_ENDPOINT: url, AI_GATEWAY_ENDPOINT: url, MODEL_HUB_ENDPOINT: url },
  };
  const clock = { now: Date.now, nonce: randomUUID, monotonicMs: () => performance.now(), random: () => 0 };
  const checks = await Array.fromAsync(examine({ env, gatewayUrl: undefined }, clock));
  await new Promise((done) => server.close(done));
  expect(checks.filter(({ subject }) => subject === 'backend').map(({ source }) => source)).toEqual([
    'MODEL_ROUTER',
    'PAI',
    'AI_GATEWAY',
    'MODEL_HUB',
  ]);
  expect(checks.find(({ source }) => source === 'MODEL_HUB')).toMatchObject({
    mark: 'ok',
    finding: expect.stringMatching(/^answered HubList in \d+ ms$/),
    facts: { reads: 3, attempts: 3 },
  });
  expect(asked.filter((path) => path.startsWith('/hub?'))).toHaveLength(3);
});

test('it is known in configuration, scopes, enum and sources, and is served with ids, pages and errors of its own', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const found = { slug: 'a', title: 'First' };
    if (request.url === '/hub/a') response.end(JSON.stringify({ ...found, stars: 5 }));
    else if (request.url?.startsWith('/hub?') === true) {
      response.end(JSON.stringify({ models: [found, { title: 'no id' }], total: 2 }));
    } else response.writeHead(500).end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { createGateway } = (await import(
    join(copy, 'src/server.ts')
  )) as typeof import('../../src/server.ts');
  const { readConfig } = (await import(join(copy, 'src/config.ts'))) as typeof import('../../src/config.ts');
  expect(readConfig({ MODEL_HUB_ENDPOINT: url }).endpoints.get('MODEL_HUB')?.origin).toBe(url);
  const { SCOPES } = (await import(
    join(copy, 'src/auth/scopes.ts')
  )) as typeof import('../../src/auth/scopes.ts');
  expect(SCOPES.slice(-2)).toEqual(['MODEL_HUB:read', 'MODEL_HUB:write']);
  let scopes: ReadonlySet<string> = new Set();
  const gateway = createGateway(
    {
      region: 'cn-beijing',
      endpointOf: () => new URL(url),
      isSandbox: true,
      requestTimeoutMs: 15_000,
      upstreamTimeoutMs: 5_000,
      upstreamQueue: 2_000,
      upstreamConcurrency: 4,
      isLoopback: true,
    },
    {
      credentials: staticCredentials(new Credentials('id', 'secret'), 'the test'),
      authenticate: async () => ({ kind: 'known', caller: { name: 'the test', scopes } }),
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    },
  );
  const ask = async (query: string) => {
    const response = await gateway.handler.fetch('http://127.0.0.1:4000/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return response.json();
  };
  expect(await ask('{ hubModel(sourceId: "a") { id } }')).toMatchObject({
    errors: [{ path: ['hubModel'], extensions: { code: 'FORBIDDEN', source: 'MODEL_HUB' } }],
  });
  expect(asked).toEqual([]);
  scopes = new Set(['MODEL_HUB:read']);
  const answer = await ask(`{
        __type(name: "CatalogSource") { enumValues { name } }
        sources { source }
        hubModel(sourceId: "a") { id name }
        broken: hubModel(sourceId: "b") { id }
        hubModels { totalCount nodes { name } }
        node(id: "${Buffer.from('HubModel:a').toString('base64url')}") { __typename id }
      }`);
  const id = Buffer.from('HubModel:a').toString('base64url');
  expect(answer).toMatchObject({
    data: {
      __type: {
        enumValues: [
          { name: 'MODEL_ROUTER' },
          { name: 'PAI' },
          { name: 'AI_GATEWAY' },
          { name: 'MODEL_HUB' },
        ],
      },
      sources: [
        { source: 'MODEL_ROUTER' },
        { source: 'PAI' },
        { source: 'AI_GATEWAY' },
        { source: 'MODEL_HUB' },
      ],
      hubModel: { id, name: 'First' },
      broken: null,
      hubModels: { totalCount: 2, nodes: [{ name: 'First' }] },
      node: { __typename: 'HubModel', id },
    },
    errors: [
      { path: ['broken'], extensions: { code: 'UPSTREAM_ERROR', source: 'MODEL_HUB', httpStatus: 500 } },
    ],
  });
  expect(asked.filter((path) => path === '/hub/a')).toHaveLength(1);
  const source = 'MODEL_HUB';
  expect(gateway.drift().toSorted((a, b) => a.kind.localeCompare(b.kind))).toEqual([
    { source, operation: 'HubList', field: 'slug', kind: 'missing', count: 1 },
    { source, operation: 'HubList', field: 'slug', kind: 'odd', count: 1 },
    { source, operation: 'HubGet', field: 'stars', kind: 'unknown', count: 1 },
  ]);
  await gateway.close();
  await new Promise((done) => server.close(done));
});
