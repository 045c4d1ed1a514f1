import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { createGateway } from '../../src/server.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { openTracing } from '../../src/telemetry/otlp.ts';
import { Credentials, staticCredentials } from '../../src/transport/credentials.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { everyPlace, Literal, type Place, Plants, print, shapes, withValue } from './support/plants.ts';

const plants = new Plants();
let gateway: TestGateway;
let collector: Collector;
const traces = () =>
  openTracing(
    { url: collector.url, sampler: 'always_on', ratio: 1 },
    () => new URL('https://backend.example'),
    createLogger('silent'),
  );
beforeAll(async () => {
  collector = await startCollector();
  gateway = await openGateway({ tracing: traces() });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
});
afterEach(() => gateway.sandbox.clearFaults());

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends anything and notes all that comes back, headers and status text too. */
async function send({ path = '/graphql', method = 'POST', body, headers = {} }: Sent): Promise<string> {
  const response = await gateway.fetch(path, {
    method,
    headers: { ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const answer = await response.text();
  const described = `${method} ${path} ${body ?? ''}`.slice(0, 200);
  plants.left(`status text after ${described}`, response.statusText);
  plants.left(`headers after ${described}`, JSON.stringify([...response.headers]));
  plants.left(`answer to ${described}`, answer);
  return answer;
}

const operate = (query: string, variables?: unknown) => send({ body: JSON.stringify({ query, variables }) });

let linesSeen = 0;
let tracesSeen = 0;

/** Looks through everything that has left so far. */
function expectNoLeak(): void {
  const lines = gateway.logs.slice(linesSeen);
  linesSeen += lines.length;
  for (const line of lines) plants.left('log', line);
  for (const row of gateway.gateway.drift()) plants.left('drift', JSON.stringify(row));
  plants.left('metrics', gateway.gateway.metricsText());
  const bodies = collector.bodies.slice(tracesSeen);
  tracesSeen += bodies.length;
  for (const body of bodies) plants.left('traces', body);
  expect(plants.newHits()).toEqual([]);
  expect(lines.filter((line) => line.includes('"bug"'))).toEqual([]);
}

function asVariable(place: Place, value: unknown) {
  const { operation, field, argument, argumentType, path, selection } = place;
  const query = `${operation} ($v: ${argumentType}) { ${field}(${argument}: $v) ${selection} }`;
  return { query, variables: { v: withValue(argumentType, path, value) } };
}

function asLiteral(place: Place, literal: string): string {
  const { operation, field, argument, argumentType, path, selection } = place;
  const value = print(withValue(argumentType, path, new Literal(literal)), argumentType);
  return `${operation} { ${field}(${argument}: ${value}) ${selection} }`;
}

describe('a secret in place of any value', () => {
  const places = everyPlace(schema);

  it.each(Object.keys({ ...schema.getQueryType()?.getFields(), ...schema.getMutationType()?.getFields() }))(
    'of %s stays inside',
    { timeout: 60_000 },
    async (field) => {
      for (const place of places.filter((one) => one.field === field)) {
        for (const index of shapes('').keys()) {
          const variable = shapes(plants.next())[index];
          const literal = shapes(plants.next())[index];
          const { query, variables } = asVariable(place, variable?.value);
          await operate(query, variables);
          await operate(asLiteral(place, literal?.literal ?? ''));
        }
      }
      expectNoLeak();
    },
  );

  it('tries every field of every input', () => {
    const tried = new Set(places.map(({ field, argument, path }) => [field, argument, ...path].join('.')));
    for (const one of [
      'createModel.input.apiKey',
      'createModel.input.baseUrl',
      'createModelService.input.apiKey',
      'createModelService.input.apiKye',
      'createModelService.input.protocol',
      'createPaiModel.input.labels.value',
      'models.filter.keyword',
      'models.after',
      'node.id',
    ]) {
      expect(tried).toContain(one);
    }
  });
});

describe('a secret in a request that is wrong elsewhere', () => {
  const good = { gatewaySourceId: 'pc-1', name: 'n', category: 'text', protocol: 'OPENAI', vendor: 'v' };
  const createService =
    'mutation ($input: CreateModelServiceInput!) { createModelService(input: $input) { __typename ... on GatewayError { message } ... on GatewayInvalidInputError { fieldErrors { path message } } } }';

  it.each([
    ['a missing field', (secret: string) => ({ ...good, apiKey: secret })],
    ['a field of a wrong type', (secret: string) => ({ ...good, apiKey: secret, baseUrl: 17 })],
    [
      'an unknown field',
      (secret: string) => ({ ...good, apiKey: secret, baseUrl: 'https://h.example', extra: 1 }),
    ],
    [
      'an unknown enum value',
      (secret: string) => ({ ...good, apiKey: secret, baseUrl: 'https://h.example', protocol: 'SMTP' }),
    ],
    [
      'a URL that is none',
      (secret: string) => ({ ...good, apiKey: secret, baseUrl: `no url, key ${secret}` }),
    ],
    [
      'a masked URL',
      (secret: string) => ({ ...good, apiKey: secret, baseUrl: `https://h.example/?a=***&b=${secret}` }),
    ],
    [
      'a price that is none',
      (secret: string) => ({
        ...good,
        apiKey: secret,
        baseUrl: 'https://h.example',
        requestCostPoints: secret,
      }),
    ],
    ['a null', (secret: string) => ({ ...good, apiKey: secret, baseUrl: null })],
    ['a list around it', (secret: string) => [{ ...good, apiKey: secret, baseUrl: 'https://h.example' }]],
  ])('as a variable beside %s stays inside', async (_case, input) => {
    const answer = await operate(createService, { input: input(plants.next()) });
    expect(answer).toMatch(/BAD_USER_INPUT|GatewayInvalidInputError|GatewayNotFoundError/);
    expectNoLeak();
  });

  it.each([
    [
      'a null where a default stands',
      (s: string) =>
        `mutation ($n: String = "x") { createModel(input: { apiKey: "${s}", description: "${s}", tags: ["${s}"], modelCode: "m", name: $n }) { __typename } }`,
      { n: null },
    ],
    [
      'a null for a directive',
      (s: string) =>
        `query ($b: Boolean = true) { models(filter: { keyword: "${s}" }) @include(if: $b) { totalCount } }`,
      { b: null },
    ],
    [
      'a null for a directive inside',
      (s: string) =>
        `query ($b: Boolean = true) { models(filter: { keyword: "${s}" }) { totalCount @skip(if: $b) } }`,
      { b: null },
    ],
    ['a text for a directive', (s: string) => `{ models @include(if: "${s}") { totalCount } }`, {}],
    ['an enum value for a directive', (s: string) => `{ models @skip(if: ${s}) { totalCount } }`, {}],
    ['a text for a deprecation', (s: string) => `{ models @deprecated(reason: "${s}") { totalCount } }`, {}],
    [
      'a default of a wrong type',
      (s: string) => `query ($n: Int = "${s}") { models(first: $n) { totalCount } }`,
      {},
    ],
    [
      'a default of no enum',
      (s: string) =>
        `mutation ($p: ModelServiceProtocol = ${s}) { createModelService(input: { protocol: $p }) { __typename } }`,
      {},
    ],
    [
      'a default object',
      (s: string) =>
        `mutation ($i: CreateModelInput! = { name: 1, apiKey: "${s}", x: ${s} }) { createModel(input: $i) { __typename } }`,
      {},
    ],
    [
      'a JSON literal',
      (s: string) =>
        `mutation { createModel(input: { name: "n", modelCode: "m", extensions: { a: ${s}, b: "${s}", c: [${s}] }, x: 1 }) { __typename } }`,
      {},
    ],
    ['an argument that is unknown', (s: string) => `{ models(keyword: "${s}") { totalCount } }`, {}],
    ['an argument given twice', (s: string) => `{ models(after: "${s}", after: "${s}") { totalCount } }`, {}],
    [
      'a field given twice',
      (s: string) =>
        `mutation { createModel(input: { name: "n", apiKey: "${s}", apiKey: "${s}" }) { __typename } }`,
      {},
    ],
    [
      'fields that differ',
      (s: string) => `{ models(after: "${s}") { totalCount } models(after: "${s}x") { totalCount } }`,
      {},
    ],
    ['an argument of a field without any', (s: string) => `{ models { totalCount(apiKey: "${s}") } }`, {}],
    ['a selection of a leaf', (s: string) => `{ models(after: "${s}") { totalCount { x } } }`, {}],
  ])('in a document with %s stays inside', async (_case, document, variables) => {
    expect(await operate(document(plants.next()), variables)).toContain('BAD_USER_INPUT');
    expectNoLeak();
  });

  const before = 'mutation { createModel(input: { name: "n", apiKey: ';
  it.each([
    ['unquoted', (s: string) => `${before}sk-${s} }) { __typename } }`],
    ['unquoted after a number', (s: string) => `${before}0${s} }) { __typename } }`],
    ['as two names', (s: string) => `${before}a ${s} ${s} }) { __typename } }`],
    ['as an open text', (s: string) => `${before}"${s} }) { __typename } }`],
    ['as an open block', (s: string) => `${before}"""${s} }) { __typename } }`],
    ['in single quotes', (s: string) => `${before}'${s}' }) { __typename } }`],
    ['behind a text', (s: string) => `${before}"x" "${s}" }) { __typename } }`],
    ['behind a block', (s: string) => `${before}"x" """${s}""" }) { __typename } }`],
    ['with a quote in it', (s: string) => `${before}"x" "a\\"${s}" }) { __typename } }`],
    ['with a bad escape', (s: string) => `${before}"\\u{${s}}" }) { __typename } }`],
    ['with another bad escape', (s: string) => `${before}"\\q${s}" }) { __typename } }`],
    ['in place of a document', (s: string) => s],
    ['in place of a document, as a text', (s: string) => `"${s}"`],
    ['in place of a document, as a block', (s: string) => `"""${s}"""`],
    ['in place of a selection', (s: string) => `{ models "${s}" }`],
    ['in place of an argument', (s: string) => `{ models("${s}": 1) { totalCount } }`],
    [
      'as the value of what is no value',
      (s: string) => `{ models(after: on "${s}" fragment) { totalCount } }`,
    ],
    ['in a comment', (s: string) => `{ models( # ${s}`],
    ['in a nest without end', (s: string) => `{ models(after: ${'['.repeat(200)}"${s}"`],
  ])('%s in a document that does not parse stays inside', async (_case, document) => {
    expect(await operate(document(plants.next()))).toContain('BAD_USER_INPUT');
    // Twice: what failed once may be remembered.
    await operate(document(plants.next()));
    expectNoLeak();
  });

  it.each([
    [
      'a body that is no JSON',
      (s: string) => ({ body: `{"query":"{__typename}","variables":{"apiKey":"${s}"` }),
    ],
    ['a body that is only it', (s: string) => ({ body: s })],
    ['a body that is a text', (s: string) => ({ body: `"${s}"` })],
    ['a body that is a list', (s: string) => ({ body: `["${s}",{"query":"${s}"},{"${s}":"${s}"}]` })],
    ['a parameter that is unknown', (s: string) => ({ body: `{"query":"{__typename}","${s}":"${s}"}` })],
    ['a query that is an object', (s: string) => ({ body: `{"query":{"${s}":"${s}"}}` })],
    ['variables that are a text', (s: string) => ({ body: `{"query":"{__typename}","variables":"${s}"}` })],
    [
      'variables that nobody asked for',
      (s: string) => ({ body: `{"query":"{__typename}","variables":{"${s}":"${s}"}}` }),
    ],
    ['extensions', (s: string) => ({ body: `{"query":"{__typename}","extensions":{"${s}":"${s}"}}` })],
    [
      'an operation name',
      (s: string) => ({ body: `{"query":"query A{__typename} query B{__typename}","operationName":"${s}"}` }),
    ],
    [
      'an operation name that is a list',
      (s: string) => ({ body: `{"query":"query A{__typename}","operationName":["${s}"]}` }),
    ],
    [
      'the variables of a GET',
      (s: string) => ({ method: 'GET', path: `/graphql?query={__typename}&variables={"a":"${s}` }),
    ],
    [
      'the variables of a GET, as a text',
      (s: string) => ({ method: 'GET', path: `/graphql?query={__typename}&variables="${s}"` }),
    ],
    [
      'the extensions of a GET',
      (s: string) => ({ method: 'GET', path: `/graphql?query={__typename}&extensions=${s}` }),
    ],
    [
      'the operation name of a GET',
      (s: string) => ({ method: 'GET', path: `/graphql?query={__typename}&operationName=${s}` }),
    ],
    [
      'an address that is mistaken for parameters',
      (s: string) => ({ method: 'GET', path: `/&variables=${s}&query=/graphql` }),
    ],
    [
      'an address behind a fragment',
      (s: string) => ({ method: 'GET', path: `/graphql?query={__typename}#&variables=${s}` }),
    ],
    ['a path', (s: string) => ({ method: 'GET', path: `/${s}` })],
    [
      'a scrape',
      (s: string) => ({
        method: 'GET',
        path: `/metrics?${s}=${s}`,
        headers: { authorization: `Bearer ${s}` },
      }),
    ],
    [
      'a context of a trace that is none',
      (s: string) => ({
        body: '{"query":"{ models { totalCount } }"}',
        headers: { traceparent: `00-${s}-01`, tracestate: `a=${s}`, baggage: `a=${s}` },
      }),
    ],
    [
      'the name of an operation that is none',
      (s: string) => ({ body: JSON.stringify({ query: `query A_${s.repeat(8)} { __typename }` }) }),
    ],
    [
      'the address of GraphiQL',
      (s: string) => ({
        method: 'GET',
        path: `/graphql?query=${s}&token=${s}`,
        headers: { accept: 'text/html' },
      }),
    ],
    [
      'a request id that is not trusted',
      (s: string) => ({ body: '{"query":"{__typename}"}', headers: { 'x-request-id': `a ${s}` } }),
    ],
    [
      'a request id that is too long',
      (s: string) => ({
        body: '{"query":"{__typename}"}',
        headers: { 'x-request-id': `${s}${'x'.repeat(64)}` },
      }),
    ],
    [
      'credentials nobody asked for',
      (s: string) => ({
        body: '{"query":"{__typename}"}',
        headers: { authorization: `Bearer ${s}`, cookie: `a=${s}`, 'x-api-key': s },
      }),
    ],
    [
      'a foreign origin',
      (s: string) => ({
        body: '{"query":"{__typename}"}',
        headers: { origin: `https://${s}.example`, referer: `https://h/?${s}` },
      }),
    ],
    [
      'a foreign host',
      (s: string) => ({ body: '{"query":"{__typename}"}', headers: { host: `${s}.example` } }),
    ],
    [
      'a content type',
      (s: string) => ({ body: '{"query":"{__typename}"}', headers: { 'content-type': `text/${s}` } }),
    ],
    [
      'what it accepts',
      (s: string) => ({ body: '{"query":"{__typename}"}', headers: { accept: `text/${s}` } }),
    ],
    ['a method', (s: string) => ({ method: 'PUT', body: s })],
  ])('in %s stays inside', async (_case, request: (secret: string) => Sent) => {
    await send(request(plants.next()));
    expectNoLeak();
  });
});

const READ_SERVICES =
  '{ modelServices(first: 100) { nodes { id name baseUrl apiKeyPreview rawProtocol rawStatus } } models(first: 100) { nodes { id name baseUrl apiKeyPreview } } aiGateways { nodes { id endpoints { address } } } sources { source healthy endpoint lastError { code message } } }';

describe('a secret that a backend holds', () => {
  it('comes back as a preview only', async () => {
    const secret = plants.next();
    const [id] = JSON.parse(await operate('{ aiGateways { nodes { sourceId } } }')).data.aiGateways.nodes;
    const create = await operate(
      'mutation ($input: CreateModelServiceInput!) { createModelService(input: $input) { ... on CreateModelServiceSuccess { modelService { name baseUrl apiKeyPreview } } ... on GatewayError { message } } }',
      {
        input: {
          gatewaySourceId: id.sourceId,
          name: 'planted',
          category: 'text',
          protocol: 'OPENAI',
          vendor: 'bailian',
          apiKey: secret,
          baseUrl: `https://user:${secret}@h.example/v1?token=${secret}&${secret}#${secret}`,
        },
      },
    );
    expect(JSON.parse(create).data.createModelService.modelService).toEqual({
      name: 'planted',
      baseUrl: 'https://h.example/v1?token=***&***',
      apiKeyPreview: 'Pl4****q8z',
    });
    await operate(
      'mutation ($input: CreateModelInput!) { createModel(input: $input) { ... on CreateModelSuccess { model { name baseUrl apiKeyPreview } } } }',
      {
        input: {
          name: 'n',
          modelCode: 'm',
          apiKey: plants.next(),
          baseUrl: `https://${plants.next()}@h.example/?${plants.next()}`,
        },
      },
    );
    expect(await operate(READ_SERVICES)).toContain('"planted"');
    expectNoLeak();
  });

  const row = (secret: string, more: object = {}) => ({
    ModelServiceId: 'ms-1',
    Name: 'n',
    ApiKey: secret,
    BaseUrl: `https://u:${secret}@h.example/?k=${secret}`,
    Unknown: secret,
    ...more,
  });
  it.each([
    [
      'in a field that is not asked for',
      (s: string) => JSON.stringify({ Items: [row(s)], TotalRecordCount: '1' }),
    ],
    [
      'in an object',
      (s: string) => JSON.stringify({ Items: [row(s, { ApiKey: { Value: s } })], TotalRecordCount: '1' }),
    ],
    [
      'in a list',
      (s: string) => JSON.stringify({ Items: [row(s, { ApiKey: [s], Protocol: 7 })], TotalRecordCount: '1' }),
    ],
    [
      'beside odd values',
      (s: string) =>
        JSON.stringify({
          Items: [
            row(s, { BaseUrl: `${s} is no url`, GmtCreated: s, Status: [s], InputCostPointsPerMillion: s }),
          ],
          TotalRecordCount: s,
        }),
    ],
    [
      'in a row without an id',
      (s: string) => JSON.stringify({ Items: [row(s, { ModelServiceId: null })], TotalRecordCount: '1' }),
    ],
    [
      'as the name of a field',
      (s: string) =>
        JSON.stringify({
          Items: [row('x', { [s]: 1, [`ApiKey ${s}`]: 1, Endpoints: [{ [s]: 1 }] })],
          TotalRecordCount: '1',
          [s]: 1,
        }),
    ],
    ['in a list that is none', (s: string) => JSON.stringify({ Items: s, TotalRecordCount: s })],
    ['in a body that is cut', (s: string) => `{"Items":[{"ModelServiceId":"ms-1","ApiKey":"${s}`],
    ['in a body that is no JSON', (s: string) => `<html>${s}</html>`],
    ['in a text', (s: string) => JSON.stringify(s)],
  ])('%s of its answer stays inside', async (_case, body) => {
    const fault = { kind: 'answer', status: 200, bodyText: body(plants.next()) } as const;
    gateway.sandbox.setFault('DescribeModelServices', fault);
    gateway.sandbox.setFault('ModelRouterQueryModelList', fault);
    await operate(READ_SERVICES);
    await operate('{ modelService(gatewaySourceId: "pc-1", sourceId: "ms-1") { id baseUrl apiKeyPreview } }');
    expectNoLeak();
  });
});

interface HttpSample {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly text?: string;
}

interface ErrorSample {
  readonly id: string;
  /** Null where nothing was answered. */
  readonly http: HttpSample | null;
}

const samplesUrl = new URL('../fixtures/wire/error-samples.json', import.meta.url);
const { samples } = JSON.parse(readFileSync(samplesUrl, 'utf8')) as { samples: readonly ErrorSample[] };

/** What a vendor may say of a request it refuses. */
function quoted(secret: string): string {
  return [
    `apiKey ${secret} is refused, so is ${encodeURIComponent(secret)}`,
    `{"apiKey":"${secret}"}`,
    `https://u:${secret}@h.example/v1?token=${secret}`,
    `POST /?ApiKey=${secret}&Signature=abc`,
    `Authorization: ACS3-HMAC-SHA256 Credential=LTAI5tAbCdEf,SignedHeaders=host,Signature=0123456789abcdef`,
  ].join(' ; ');
}

/** The sample, quoting the secret wherever it has a message. */
function answering({ status, headers = {}, body, text: plain = '' }: HttpSample, secret: string) {
  const isObject = typeof body === 'object' && body !== null;
  const messages = ['Message', 'message', 'errMessage'].filter((name) => isObject && name in body);
  const bodyText = isObject
    ? JSON.stringify({ ...body, ...Object.fromEntries(messages.map((name) => [name, quoted(secret)])) })
    : `${typeof body === 'string' ? body : plain}${quoted(secret)}`;
  return { kind: 'answer', status, headers, bodyText } as const;
}

describe('a secret that a backend quotes', () => {
  it.each(samples.map((sample) => [sample.id, sample] as const))(
    'in %s stays inside',
    async (_id, { http }) => {
      const secret = plants.next();
      gateway.sandbox.setFault(
        '*',
        http === null ? { kind: 'reset', when: 'before' } : answering(http, secret),
      );
      const shown =
        '{ __typename ... on GatewayError { message upstreamCode upstreamMessage requestId } ... on GatewayInvalidInputError { fieldErrors { path message } } }';
      await operate(`mutation ($input: CreateModelInput!) { createModel(input: $input) ${shown} }`, {
        input: { name: 'n', modelCode: 'm', apiKey: secret },
      });
      await operate(
        `mutation ($input: CreateModelServiceInput!) { createModelService(input: $input) ${shown} }`,
        {
          input: {
            gatewaySourceId: 'pc-1',
            name: 'n',
            category: 'text',
            protocol: 'OPENAI',
            vendor: 'v',
            apiKey: secret,
            baseUrl: 'https://h.example',
          },
        },
      );
      expectNoLeak();
    },
  );
});

describe('what a URL of the request hides', () => {
  const URL_SENT = 'https://alice:PLANTEDpw1@h.example/v1?api_key=PLANTEDkey1&sig=PLANTEDsig1#PLANTEDtag1';
  const MESSAGE = "alice, PLANTEDpw1, 'PLANTEDkey1' or sig=PLANTEDsig1 (PLANTEDtag1) is wrong.";
  const service = { gatewaySourceId: 'pc-1', name: 'n', category: 'c', vendor: 'v', apiKey: 'own-key' };

  it.each([
    ['createModel', 'CreateModelInput', { name: 'n', modelCode: 'm', baseUrl: URL_SENT }],
    ['createModelService', 'CreateModelServiceInput', { ...service, protocol: 'OPENAI', baseUrl: URL_SENT }],
    [
      'createPaiModelVersion',
      'CreatePaiModelVersionInput',
      {
        modelId: Buffer.from('PaiModel:cn-beijing/model-x').toString('base64url'),
        uri: URL_SENT,
      },
    ],
  ])('stays inside when a backend quotes parts of it to %s', async (field, type, input) => {
    await using own = await openGateway();
    const body = { Code: 'InvalidParameter', Message: MESSAGE, RequestId: 'R-1' };
    own.sandbox.setFault('*', {
      kind: 'answer',
      status: 400,
      headers: {},
      bodyText: JSON.stringify(body),
    });
    const document = `mutation ($input: ${type}!) { it: ${field}(input: $input) { ... on GatewayError { upstreamMessage } } }`;
    const answer = await own.query(document, { input });
    expect(answer.data?.['it']).toEqual({
      upstreamMessage: "[redacted], [redacted], '[redacted]' or [redacted] ([redacted]) is wrong.",
    });
    expect(own.logs.join('\n')).not.toContain('PLANTED');
  });

  it('stays inside when one of a batch failed for it', async () => {
    await using own = await openGateway();
    const failures = [{ modelId: 'm', name: 'n', errorMsg: MESSAGE }];
    const body = { requestId: 'r-1', success: true, data: { created: [], failures } };
    own.sandbox.setFault('*', {
      kind: 'answer',
      status: 200,
      headers: {},
      bodyText: JSON.stringify(body),
    });
    const models = [{ name: 'n', modelCode: 'm', category: 'Chat' }];
    const answer = await own.query(
      'mutation ($input: CreateModelsInput!) { createModels(input: $input) { ... on CreateModelsSuccess { results { upstreamMessage } } } }',
      { input: { apiKey: 'own-key', vendor: 'v', baseUrl: URL_SENT, models } },
    );
    expect(JSON.stringify(answer.data)).toContain('is wrong.');
    expect([JSON.stringify(answer), ...own.logs].join('\n')).not.toMatch(/PLANTED|alice/);
  });
});

/** A backend that answers every request with the whole of it, in the vendor's envelope. */
async function openEcho(
  status: number,
  code: string,
  quote: (request: IncomingMessage, body: string) => string,
) {
  const server = createServer(async (request, response) => {
    const message = quote(request, await text(request));
    const both = { RequestId: 'R-1', Code: code, Message: message };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        ...both,
        requestId: 'R-1',
        success: false,
        errCode: code,
        errMessage: message,
        httpStatusCode: status,
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A gateway with these keys, before any backend. */
function openOwn(endpoint: URL, keys: Credentials, logs: string[]) {
  const credentials = staticCredentials(keys, 'the test');
  let requests = 0;
  return createGateway(
    {
      region: 'cn-beijing',
      endpointOf: () => endpoint,
      isSandbox: false,
      requestTimeoutMs: 15_000,
      upstreamTimeoutMs: 5_000,
      upstreamQueue: 2_000,
      upstreamConcurrency: 4,
      isLoopback: true,
    },
    {
      credentials,
      // Each of an account of its own, so that none is spared by what the one before it met.
      identify: () => ({ caller: 'the test', account: `account-${++requests}`, credentials }),
      logger: createLogger('debug', (line) => logs.push(line)),
      tracing: traces(),
    },
  );
}

describe("the gateway's own keys", () => {
  const quotes: readonly (readonly [string, (request: IncomingMessage, body: string) => string])[] = [
    [
      'lines',
      ({ method, url, rawHeaders }, body) =>
        `${method} ${url}\n${pairs(rawHeaders)
          .map((pair) => pair.join(': '))
          .join('\n')}\n\n${body}`,
    ],
    ['JSON', ({ headers, url }, body) => JSON.stringify({ url, headers, body })],
    [
      'pairs',
      ({ headers, url }, body) => `${url} ${new URLSearchParams(headers as Record<string, string>)} ${body}`,
    ],
    [
      'JSON in JSON',
      ({ headers, url }, body) => JSON.stringify({ request: JSON.stringify({ url, headers, body }) }),
    ],
  ];
  const refusals = [
    [400, 'InvalidParameter'],
    [400, 'SignatureDoesNotMatch'],
    [403, 'Forbidden.RAM'],
    [404, 'EntityNotExist.Model'],
    [409, 'EntityAlreadyExists'],
    [429, 'Throttling.User'],
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
    [418, 'Teapot'],
  ] as const;
  const cases = refusals.flatMap(([status, code]) =>
    quotes.map(([name, quote]) => ({ status, code, name, quote })),
  );

  it.each(cases)(
    'stay inside when a backend answers $status $code with the whole request as $name',
    async ({ status, code, quote }) => {
      const [id, secret, token, apiKey] = [plants.next(), plants.next(), plants.next(), plants.next()];
      await using echo = await openEcho(status, code, quote);
      const logs: string[] = [];
      const own = openOwn(echo.url, new Credentials(id, secret, token), logs);
      const shown =
        '{ __typename ... on GatewayError { message upstreamCode upstreamMessage requestId } ... on GatewayInvalidInputError { fieldErrors { path message } } }';
      const documents = [
        `mutation { createModel(input: { name: "n", modelCode: "m", apiKey: "${apiKey}", baseUrl: "https://u:${apiKey}@h.example" }) ${shown} }`,
        `mutation { createModelService(input: { gatewaySourceId: "pc-1", name: "n", category: "c", protocol: OPENAI, vendor: "v", apiKey: "${apiKey}", baseUrl: "https://h.example/?t=${apiKey}" }) ${shown} }`,
        `mutation { createPaiModel(input: { name: "n" }) ${shown} }`,
        '{ models { totalCount } paiModels { totalCount } aiGateways { totalCount } model(sourceId: "1") { id } }',
        '{ sources { source healthy endpoint lastError { code message requestId } } }',
      ];
      for (const query of documents) {
        const response = await own.handler.fetch('http://127.0.0.1:4000/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        plants.left(`answer to ${query.slice(0, 40)}`, await response.text());
        plants.left('headers', JSON.stringify([...response.headers]));
      }
      for (const line of logs) plants.left('log', line);
      plants.left('metrics', own.metricsText());
      const tracedBefore = collector.bodies.length;
      await own.close();
      expect(collector.bodies.length).toBeGreaterThan(tracedBefore);
      expectNoLeak();
    },
  );

  it.each([200, 400, 403, 500])('go out of the words of a backend that answers %i', async (status) => {
    const keys = ['Q7aB3cD4eF5gH6iJ', 'aB3/x+Y', 'tok7'] as const;
    const [id, secret, token] = keys;
    const said = () => `The access key ${id} (${secret}, ${token}) is not authorized.`;
    await using echo = await openEcho(status, 'Teapot', said);
    const logs: string[] = [];
    const own = openOwn(echo.url, new Credentials(...keys), logs);
    const shown = '{ ... on GatewayError { upstreamMessage } }';
    const query = `mutation { createModel(input: { name: "n", modelCode: "m" }) ${shown}
      createPaiModel(input: { name: "n" }) ${shown}
      createModelService(input: { gatewaySourceId: "pc-1", name: "n", category: "c", protocol: OPENAI, vendor: "v", apiKey: "own-api-key", baseUrl: "https://h.example" }) ${shown} }`;
    const response = await own.handler.fetch('http://127.0.0.1:4000/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const answer = await response.text();
    await own.close();
    const told = 'The access key [redacted] ([redacted], [redacted]) is not authorized.';
    expect(JSON.parse(answer).data).toMatchObject({
      createModel: { upstreamMessage: told },
      ...(status === 200
        ? {}
        : { createPaiModel: { upstreamMessage: told }, createModelService: { upstreamMessage: told } }),
    });
    for (const key of keys) expect([answer, ...logs].join('\n')).not.toContain(key);
  });

  it('print as nothing', () => {
    const credentials = new Credentials(plants.next(), plants.next(), plants.next());
    const [id, ...others] = [credentials.accessKeyId];
    expect(others).toEqual([]);
    const printed = [String(credentials), JSON.stringify(credentials), `${credentials}`]
      .join(' ')
      .replaceAll(id ?? '', '');
    plants.left('print', printed);
    expectNoLeak();
  });
});

it('leaves neither with the last traces, nor is in the docs', async () => {
  await gateway.gateway.close();
  expect(collector.spans().length).toBeGreaterThan(2000);
  for (const page of ['errors', 'telemetry']) plants.left(page, readFileSync(`docs/${page}.md`, 'utf8'));
  expectNoLeak();
});

it('found none of more than 2,000 secrets in more than 6,000 texts', () => {
  const { planted, seen, found } = plants.counts;
  expect(planted).toBeGreaterThan(2000);
  expect(seen).toBeGreaterThan(6000);
  expect(found).toBe(0);
});

function pairs(items: readonly string[]): readonly (readonly string[])[] {
  return items.flatMap((item, index) => (index % 2 === 0 ? [[item, items[index + 1] ?? '']] : []));
}
