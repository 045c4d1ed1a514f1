import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DriftCount } from '../../src/telemetry/drift-log.ts';
import { readWireFacts } from '../sandbox/support/wire-facts.ts';
import { type Answer, openGateway, type TestGateway } from '../support/gateway.ts';
import { BACKEND_CASES } from './support/backend-cases.ts';

type Wire = Record<string, unknown>;

/** An operation, how it comes to be called, and its documented fields with values that do not keep to it. */
interface Spot {
  readonly source: string;
  readonly what: string;
  readonly operation: string;
  /** Operations that the question costs besides. */
  readonly before?: readonly string[];
  readonly question: string;
  /** The rows of an answer. */
  readonly rowsOf: (answer: Wire) => readonly Wire[];
  /** Read, not asked for, and left out without an effect. */
  readonly missing: string;
  readonly odd: readonly [field: string, value: unknown];
  readonly choice?: readonly [field: string, value: string];
}

const itself = (answer: Wire) => [answer];
const dataOf = (answer: Wire) => [answer['data'] as Wire];
const inside = (name: string) => (answer: Wire) => answer[name] as readonly Wire[];
const globalId = (id: string) => Buffer.from(id).toString('base64url');

const SPOTS: readonly Spot[] = [
  {
    source: 'MODEL_ROUTER',
    what: 'list',
    operation: 'ModelRouterQueryBillingRuleList',
    before: ['ModelRouterQueryModel'],
    question: '{ model(sourceId: "1") { billingRules { nodes { sourceId } } } }',
    rowsOf: (answer) => (answer['data'] as { readonly list: readonly Wire[] }).list,
    missing: 'version',
    odd: ['gmtCreate', 'soon'],
    choice: ['billingType', 'per_moon'],
  },
  {
    source: 'MODEL_ROUTER',
    what: 'lookup',
    operation: 'ModelRouterQueryModel',
    question: '{ model(sourceId: "1") { name tags } }',
    rowsOf: dataOf,
    missing: 'isCustom',
    odd: ['baseUrl', 'nowhere'],
  },
  {
    source: 'MODEL_ROUTER',
    what: 'write',
    operation: 'ModelRouterUpdateBillingRule',
    question: `mutation { result: updateBillingRule(input: { id: "${globalId('BillingRule:1/1')}", version: 2 }) {
      ... on UpdateBillingRuleSuccess { billingRule { sourceId } }
    } }`,
    rowsOf: dataOf,
    missing: 'symbol',
    odd: ['version', 'two'],
    choice: ['billingType', 'per_moon'],
  },
  {
    source: 'PAI',
    what: 'list',
    operation: 'ListModels',
    question: '{ paiModels { nodes { sourceId name } } }',
    rowsOf: inside('Models'),
    missing: 'Task',
    odd: ['ParameterSize', '7B'],
    choice: ['Accessibility', 'SHARED'],
  },
  {
    source: 'PAI',
    what: 'lookup',
    operation: 'GetModelVersion',
    question: `{ node(id: "${globalId('PaiModelVersion:cn-beijing/model-x/0.1.0')}") { id } }`,
    rowsOf: itself,
    missing: 'Options',
    odd: ['GmtCreateTime', 'soon'],
    choice: ['FormatType', 'GGUF'],
  },
  {
    source: 'PAI',
    what: 'write',
    operation: 'CreateModel',
    question: `mutation { result: createPaiModel(input: { name: "n" }) { __typename } }`,
    rowsOf: itself,
    missing: 'RequestId',
    odd: ['ModelId', 5],
  },
  {
    source: 'AI_GATEWAY',
    what: 'list',
    operation: 'DescribeModelServices',
    question: '{ modelServices(gatewaySourceId: "pg-x", first: 1) { nodes { sourceId } } }',
    rowsOf: inside('Items'),
    missing: 'Vendor',
    odd: ['InputCostPointsPerMillion', 'free'],
    choice: ['Protocol', 'gRPC'],
  },
  {
    source: 'AI_GATEWAY',
    what: 'lookup',
    operation: 'DescribeGatewayAttribute',
    question: '{ aiGateway(sourceId: "pg-xxxxxxx") { sourceId endpoints { address } } }',
    rowsOf: itself,
    missing: 'ClassCode',
    odd: ['CreateTime', 'soon'],
    choice: ['PayType', 'Never'],
  },
  {
    source: 'AI_GATEWAY',
    what: 'write',
    operation: 'CreateModelService',
    question: `mutation {
      result: createModelService(input: {
        gatewaySourceId: "pg-x", name: "n", category: "text", protocol: OPENAI, baseUrl: "https://x.example",
        apiKey: "k", vendor: "v"
      }) { __typename }
    }`,
    rowsOf: itself,
    missing: 'RequestId',
    odd: ['Status', 5],
    choice: ['Status', 'Deleting'],
  },
];

const sampleOf = (operation: string) => readWireFacts<Wire>(`responses/${operation}.json`);

function serve(gateway: TestGateway, operation: string, answer: Wire): () => void {
  return gateway.sandbox.setFault(operation, {
    kind: 'answer',
    status: 200,
    bodyText: JSON.stringify(answer),
  });
}

interface Told {
  readonly before: Answer;
  readonly answer: Answer;
  /** What the change added to the drift of the sample, which leaves fields out. */
  readonly drift: readonly DriftCount[];
  readonly logs: readonly Readonly<Record<string, unknown>>[];
  readonly rowCount: number;
}

/** Asks for the documented sample of an operation, and then for what `change` makes of it. */
async function ask(spot: Spot, change: (answer: Wire, rows: readonly Wire[]) => void): Promise<Told> {
  await using gateway = await openGateway({ sandbox: { data: 'empty' } });
  const body = sampleOf(spot.operation);
  for (const operation of spot.before ?? []) serve(gateway, operation, sampleOf(operation));
  const remove = serve(gateway, spot.operation, body);
  const before = await gateway.query(spot.question);
  expect(before.errors).toBeUndefined();
  expect(gateway.actions()).toEqual([...(spot.before ?? []), spot.operation]);
  const sampleDrift = gateway.gateway.drift();
  const linesSeen = gateway.logs.length;

  const rows = spot.rowsOf(body);
  change(body, rows);
  remove();
  serve(gateway, spot.operation, body);
  const answer = await gateway.query(spot.question);
  const isLike = (a: DriftCount) => (b: DriftCount) =>
    a.operation === b.operation && a.field === b.field && a.kind === b.kind;
  const drift = gateway.gateway.drift().map((one) => {
    const twice = 2 * (sampleDrift.find(isLike(one))?.count ?? 0);
    return { ...one, count: one.count - twice };
  });
  const logs = gateway.logs.slice(linesSeen).map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    before,
    answer,
    drift: drift.filter(({ count }) => count !== 0),
    logs: logs.filter(({ kind }) => kind !== undefined),
    rowCount: rows.length,
  };
}

const WARN = 40;
const DEBUG = 20;

describe.each(SPOTS)('$source: a $what, $operation', (spot) => {
  const { source, operation } = spot;
  const drifted = (kind: string, field: string, count: number) => ({
    source,
    operation,
    field,
    kind,
    count,
  });
  const logged = (kind: string, field: string, level: number) =>
    expect.objectContaining({ level, source, operation, field, kind });

  it('a documented sample drifts in nothing but what it leaves out', async () => {
    await using gateway = await openGateway({ sandbox: { data: 'empty' } });
    for (const one of [...(spot.before ?? []), operation]) serve(gateway, one, sampleOf(one));
    await gateway.query(spot.question);
    expect(gateway.gateway.drift().filter(({ kind }) => kind !== 'missing')).toEqual([]);
  });

  it('counts a field that nobody documented, in the answer and in each row, and answers the same', async () => {
    const after = await ask(spot, (answer, rows) => {
      answer['Future'] = { secret: 1 };
      for (const row of rows) row['BrandNew'] = 'sk-value';
    });
    expect(after.answer).toEqual(after.before);
    expect(new Set(after.drift)).toEqual(
      new Set([drifted('unknown', 'Future', 1), drifted('unknown', 'BrandNew', after.rowCount)]),
    );
    expect(new Set(after.logs)).toEqual(
      new Set([logged('unknown', 'Future', WARN), logged('unknown', 'BrandNew', WARN)]),
    );
    expect(JSON.stringify(after.logs)).not.toContain('sk-value');
  });

  it('counts a documented field that each row leaves out, for debugging only, and answers the same', async () => {
    const after = await ask(spot, (_answer, rows) => {
      for (const row of rows) delete row[spot.missing];
    });
    expect(after.answer).toEqual(after.before);
    expect(after.drift).toEqual([drifted('missing', spot.missing, after.rowCount)]);
    expect(after.logs).toEqual([logged('missing', spot.missing, DEBUG)]);
  });

  it('takes null for a value: it is not missing', async () => {
    const { drift } = await ask(spot, (_answer, rows) => {
      for (const row of rows) row[spot.missing] = null;
    });
    expect(drift).toEqual([]);
  });

  it('counts a value that does not fit, in each row', async () => {
    const [field, value] = spot.odd;
    const { drift, logs, rowCount } = await ask(spot, (_answer, rows) => {
      for (const row of rows) row[field] = value;
    });
    expect(drift).toEqual([drifted('odd', field, rowCount)]);
    expect(logs).toEqual([logged('odd', field, WARN)]);
    expect(logs.map((line) => line['field'])).not.toContain(value);
  });
});

const CHOICES = SPOTS.filter(({ choice }) => choice !== undefined);

describe.each(CHOICES)('$source: a $what, $operation', (spot) => {
  const { source, operation, choice: [field, value] = ['', ''] } = spot;

  it('counts a value that is not in its documented list, in each row', async () => {
    const { drift, logs, rowCount } = await ask(spot, (_answer, rows) => {
      for (const row of rows) row[field] = value;
    });
    expect(drift).toEqual([{ source, operation, field, kind: 'enum', count: rowCount }]);
    expect(logs).toEqual([expect.objectContaining({ level: WARN, source, operation, field, kind: 'enum' })]);
    expect(JSON.stringify(logs)).not.toContain(value);
  });

  it('takes its documented values in any letter case, and empty ones for none', async () => {
    for (const spell of [(text: string) => ` ${text.toUpperCase()} `, () => '', () => ' ', () => null]) {
      const { drift } = await ask(spot, (_answer, rows) => {
        for (const row of rows) row[field] = spell(String(row[field]));
      });
      expect(drift).toEqual([]);
    }
  });
});

describe('below a row', () => {
  const listModels = SPOTS.find(({ operation }) => operation === 'ListModels') as Spot;
  const getGateway = SPOTS.find(({ operation }) => operation === 'DescribeGatewayAttribute') as Spot;
  const kindsOf = ({ drift }: Told) => drift.map(({ kind, field, count }) => [kind, field, count]);

  it('fields go by their path, each object for itself', async () => {
    const version = { ...sampleOf('GetModelVersion'), ApprovalStatus: 'Forgotten', Uri: 'nowhere' };
    const told = await ask(listModels, (_answer, [row = {}]) => {
      row['Labels'] = [
        { Key: 'a', Value: 'b', Colour: 'c' },
        { Key: 'a', Colour: 'c' },
      ];
      row['LatestVersion'] = version;
    });
    expect(new Set(kindsOf(told))).toEqual(
      new Set([
        ['unknown', 'Labels.Colour', 2],
        ['missing', 'Labels.Value', 1],
        // It is an answer's, not a version's.
        ['unknown', 'LatestVersion.RequestId', 1],
        ['enum', 'LatestVersion.ApprovalStatus', 1],
        ['odd', 'LatestVersion.Uri', 1],
      ]),
    );
  });

  it('what the gateway does not read counts, too', async () => {
    const told = await ask(getGateway, (answer) => {
      answer['SecurityIPArrays'] = [{ SecurityIPArrayName: 'x', SecurityIPArrayTag: 'y', Mask: '24' }];
      const [endpoint = {}] = answer['Endpoints'] as readonly Wire[];
      endpoint['NetType'] = 'Underground';
    });
    expect(new Set(kindsOf(told))).toEqual(
      new Set([
        ['unknown', 'SecurityIPArrays.Mask', 1],
        ['missing', 'SecurityIPArrays.SecurityIPList', 1],
        ['enum', 'Endpoints.NetType', 1],
      ]),
    );
  });

  it('free JSON is not looked into', async () => {
    const told = await ask(listModels, (_answer, [row = {}]) => {
      row['ExtraInfo'] = { anything: { at: ['all'] } };
    });
    expect(told.drift).toEqual([]);
  });
});

it('an answer that several wait for counts once', async () => {
  await using gateway = await openGateway({ sandbox: { data: 'empty' } });
  const Models = [{ ModelId: 'model-x', BrandNew: 1, GmtCreateTime: 'soon' }];
  serve(gateway, 'ListModels', { RequestId: 'r', TotalCount: 1, Models });
  gateway.sandbox.setFault('ListModels', { kind: 'latency', ms: 50 });
  const query = () => gateway.query('{ paiModels { nodes { name createdAt } } }');
  const answers = await Promise.all([query(), query(), query()]);
  expect(gateway.actions()).toEqual(['ListModels']);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  const counts = gateway.gateway.drift().filter(({ kind }) => kind !== 'missing');
  expect(counts.map(({ field, count }) => [field, count])).toEqual([
    ['BrandNew', 1],
    ['GmtCreateTime', 1],
  ]);
});

it('the failures of a batch go by their path, apart from the models that were created', async () => {
  await using gateway = await openGateway({ sandbox: { data: 'empty' } });
  const body = sampleOf('ModelRouterBatchCreateModel');
  const { created, failures } = body['data'] as Record<'created' | 'failures', readonly Wire[]>;
  for (const one of created) Object.assign(one, { name: 5, BrandNew: 1 });
  for (const one of failures) Object.assign(one, { name: 5, BrandNew: 1 });
  serve(gateway, 'ModelRouterBatchCreateModel', body);
  const { errors } = await gateway.query(`mutation {
    createModels(input: {
      apiKey: "k", vendor: "v", models: [{ name: "n", modelCode: "qwen-max", category: "Chat" }]
    }) { __typename }
  }`);
  expect(errors).toBeUndefined();
  const drift = gateway.gateway.drift().map(({ kind, field }) => `${kind} ${field}`);
  expect(drift).toEqual(
    expect.arrayContaining([
      'unknown BrandNew',
      'unknown failures.BrandNew',
      'odd name',
      'odd failures.name',
    ]),
  );
});

it('10,000 names that nobody documented are counted, but not told', async () => {
  await using gateway = await openGateway({ sandbox: { data: 'empty' } });
  const secret = 'sk-abcdefghijkl';
  for (let page = 0; page < 10; page++) {
    gateway.sandbox.clearFaults();
    const Models = Array.from({ length: 100 }, (_, index) => ({
      ModelId: `model-${page}-${index}`,
      ...Object.fromEntries(Array.from({ length: 10 }, () => [`n${randomUUID()}`, 1])),
      [secret]: secret,
    }));
    serve(gateway, 'ListModels', { RequestId: 'r', TotalCount: 100, Models });
    expect((await gateway.query('{ paiModels(first: 100) { nodes { name } } }')).errors).toBeUndefined();
  }
  const unknown = gateway.gateway.drift().filter(({ kind }) => kind === 'unknown');
  expect(unknown.length).toBeLessThanOrEqual(51);
  expect(unknown.reduce((sum, { count }) => sum + count, 0)).toBe(11_000);
  expect(gateway.gateway.drift().length).toBeLessThan(100);
  expect(gateway.logs.filter((line) => line.includes('"unknown"')).length).toBeLessThanOrEqual(51);
  expect(JSON.stringify([gateway.logs, gateway.gateway.drift()])).not.toContain(secret);
});

it('a refusal is none: only answers that succeed are documented', async () => {
  await using gateway = await openGateway({ sandbox: { data: 'empty' } });
  const body = JSON.stringify({ Code: 'InternalError', Future: 1, success: false });
  gateway.sandbox.setFault('*', { kind: 'answer', status: 500, bodyText: body });
  await gateway.query('{ paiModels { totalCount } models { totalCount } aiGateways { totalCount } }');
  gateway.sandbox.clearFaults();
  gateway.sandbox.setFault('*', { kind: 'answer', status: 200, bodyText: body });
  await gateway.query('{ models { totalCount } }');
  expect(gateway.gateway.drift()).toEqual([]);
});

it('the sandbox keeps to the documentation but for what it leaves out', async () => {
  await using gateway = await openGateway();
  for (const { list, create } of BACKEND_CASES) {
    await gateway.query(list.document, { first: 100 });
    await gateway.query(create.document, { input: create.input });
  }
  await gateway.query(`{
    providers { name } tags { code } workspaces { nodes { name } } aiGateways { nodes { name: sourceId } }
    models(first: 100) { nodes { billingRules { nodes { sourceId } } } }
  }`);
  await gateway.query('{ paiModels(first: 100) { nodes { versions { nodes { versionName } } } } }');
  const found = gateway.gateway.drift().filter(({ kind }) => kind !== 'missing');
  expect(found).toEqual([]);
  expect(new Set(gateway.actions()).size).toBeGreaterThan(8);
});
