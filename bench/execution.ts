import { parse, print } from 'graphql';
import type { Context } from '../src/context.ts';
import type { Model } from '../src/domain/model.ts';
import type { ModelService } from '../src/domain/model-service.ts';
import type { PagedList } from '../src/domain/page.ts';
import { schema } from '../src/schema/index.ts';
import {
  type Executor,
  openCompiledExecutor,
  openYogaExecutor,
} from '../test/execution/support/executors.ts';

/*
 * What the execution of an operation takes without anything around it: no HTTP, no plan, backends that answer from
 * memory in the same tick. The executor of graphql-yoga and the compiled one take turns in one process. A program, not
 * a test: `npm run bench:execution`.
 */

const ROUNDS = 9;
const ROUND_MS = 250;

const GATEWAY = 'pg-1';

const models = Array.from(
  { length: 100 },
  (_, index): Model => ({
    type: 'Model',
    sourceId: String(index + 1),
    name: `Model ${index}`,
    description: `What model ${index} is for`,
    vendor: 'alibaba',
    category: 'Chat',
    modelCode: `code-${index % 10}`,
    tags: ['text'],
    tagNames: ['Text'],
    apiKeyPreview: 'sk-a***z',
    baseUrl: 'https://example.com/v1',
    maxInputLength: '32K',
    maxOutputLength: '8K',
    maxInputTokens: 32_768,
    maxOutputTokens: 8_192,
    isCustom: false,
    isEnabled: true,
    hasBillingRule: true,
    inOut: 'text',
    extensions: null,
    version: 1,
    createdAt: 1_700_000_000_000 as Model['createdAt'],
    updatedAt: 1_700_000_000_000 as Model['updatedAt'],
  }),
);

const services = Array.from(
  { length: 100 },
  (_, index): ModelService => ({
    type: 'ModelService',
    sourceId: `ms-${index}`,
    gatewaySourceId: GATEWAY,
    region: 'cn-beijing',
    name: `code-${index % 10}`,
    vendor: 'bailian',
    category: 'text',
    protocol: 'OPENAI',
    status: 'ENABLED',
    rawProtocol: 'openai',
    rawStatus: 'Enable',
    baseUrl: 'https://example.com/v1',
    apiKeyPreview: 'sk-a***z',
    inputCostPointsPerMillion: '1.5' as NonNullable<ModelService['inputCostPointsPerMillion']>,
    outputCostPointsPerMillion: '2.5' as NonNullable<ModelService['outputCostPointsPerMillion']>,
    requestCostPoints: undefined,
    createdAt: 1_700_000_000_000 as ModelService['createdAt'],
  }),
);

function listOf<Row>(rows: readonly Row[]): PagedList<Row> {
  return {
    pageSizes: [30, 50, 100],
    readPage: async (page, size) => ({
      rows: rows.slice((page - 1) * size, page * size),
      total: rows.length,
    }),
  };
}

function contextOf(): Context {
  const sessions = {
    modelRouter: { models: () => listOf(models), model: async (id: string) => models[Number(id) - 1] },
    aiGateway: {
      modelServices: () => listOf(services),
      costRulesOfGateway: async () => [],
      gateway: async () => ({ gateway: { type: 'AiGateway', sourceId: GATEWAY } }),
    },
  };
  const status = { generation: () => 'none' };
  // What the queries here read of a context, and no more of it.
  return { sessions, status, region: 'cn-beijing' } as unknown as Context;
}

const scalarsOf = (typeName: string) => {
  const type = schema.getType(typeName);
  if (type === undefined || !('getFields' in type)) throw new Error(`There is no ${typeName}.`);
  const names = Object.values(type.getFields()).filter((field) =>
    /^\[?[A-Z]\w*!?\]?!?$/.test(String(field.type)),
  );
  const leaves = names.filter(
    ({ name, type: of }) => name !== 'gateway' && !/Connection|AiGateway/.test(String(of)),
  );
  return leaves.map(({ name }) => name).join(' ');
};

const pages = (field: string, selection: string) =>
  `{ ${Array.from({ length: 10 }, (_, page) => `p${page}: ${field} { nodes { ${selection} } }`).join(' ')} }`;

const QUERIES: Readonly<Record<string, string>> = {
  '{ __typename }': '{ __typename }',
  '30 services': `{ modelServices(first: 30, gatewaySourceId: "${GATEWAY}") { nodes { id name vendor category protocol status } } }`,
  'one model': '{ model(sourceId: "7") { id name vendor category modelCode isEnabled } }',
  '30 services, each with its models': `{ modelServices(first: 30, gatewaySourceId: "${GATEWAY}") { nodes { id name models(first: 1) { nodes { id name vendor } } } } }`,
  '1,000 services, every scalar': pages(
    `modelServices(first: 100, gatewaySourceId: "${GATEWAY}")`,
    scalarsOf('ModelService'),
  ),
  '1,000 models, every scalar': pages('models(first: 100)', scalarsOf('Model')),
};

async function microsecondsOf(execute: Executor, document: ReturnType<typeof parse>): Promise<number> {
  const until = performance.now() + ROUND_MS;
  const begun = performance.now();
  let runs = 0;
  while (performance.now() < until) {
    await execute({ schema, document, contextValue: contextOf(), signal: new AbortController().signal });
    runs += 1;
  }
  return ((performance.now() - begun) * 1_000) / runs;
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const executors = { yoga: await openYogaExecutor(), compiled: openCompiledExecutor() };
for (const [name, query] of Object.entries(QUERIES)) {
  const document = parse(print(parse(query)));
  const times = { yoga: [] as number[], compiled: [] as number[] };
  const answers = [];
  for (const execute of Object.values(executors)) {
    answers.push(JSON.stringify(await execute({ schema, document, contextValue: contextOf() })));
  }
  if (answers[0] !== answers[1] || /"errors"/.test(answers[0] ?? '')) {
    throw new Error(`${name}: ${answers.map((answer) => answer.slice(0, 300)).join(' ')}`);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const which of ['yoga', 'compiled'] as const) {
      times[which].push(await microsecondsOf(executors[which], document));
    }
  }
  const [before, after] = [median(times.yoga), median(times.compiled)];
  console.log(
    `${name}: ${before.toFixed(1)} µs before, ${after.toFixed(1)} µs after, ${(before / after).toFixed(1)} times as fast (${answers[0]?.length} characters)`,
  );
}
