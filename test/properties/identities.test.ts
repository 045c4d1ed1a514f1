import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../src/server.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { Credentials, staticCredentials } from '../../src/transport/credentials.ts';

/*
 * Several accounts ask one gateway the same questions at the same time. The backends behind it name in every row the
 * access key that the request was signed with, so that a row that went astray tells whose it is.
 */

const REGION = 'cn-beijing';
const WHO = 'x-who';
const ACCOUNTS = ['anna', 'bert', 'cleo'] as const;
const keyOf = (account: string) => `LTAI-key-of-${account}`;

const globalId = (text: string) => Buffer.from(text).toString('base64url');

/** Questions whose answers outlive a request or a tick somewhere: in loaders, flights and snapshots. */
const READS = [
  '{ models(first: 3) { nodes { name } } }',
  '{ models(first: 3) { totalCount nodes { name description } } }',
  '{ model(sourceId: "1") { name } }',
  `{ node(id: "${globalId('Model:1')}") { ... on Model { name } } }`,
  '{ paiModels(first: 3) { nodes { name } } }',
  '{ paiModel(sourceId: "model-1") { name } }',
  `{ nodes(ids: ["${globalId(`PaiModel:${REGION}/model-1`)}", "${globalId('Model:2')}"]) { ... on PaiModel { name } ... on Model { name } } }`,
  '{ modelServices(gatewaySourceId: "pg-1", first: 3) { nodes { name } } }',
  '{ a: modelService(gatewaySourceId: "pg-1", sourceId: "ms-1") { name } b: modelService(gatewaySourceId: "pg-1", sourceId: "ms-2") { name } }',
  '{ catalog(first: 9) { nodes { name } } }',
  '{ catalog(first: 9, orderBy: { field: NAME, direction: ASC }) { nodes { name } } }',
  '{ catalog(first: 9, filter: { text: "key" }) { nodes { name } } }',
];

const create = (more: string) =>
  `mutation { createModel(input: { name: "new", modelCode: "new" ${more} }) { ... on CreateModelSuccess { model { name } } } }`;
/** Creates that are equal to the letter: one is sent as often as it is asked for, the other once for each account. */
const CREATE = create('');
const CREATE_ONCE = create('idempotencyKey: "the same"');

/** Rows of any action, all of them of whoever signed for them. */
function bodyOf(action: string, { pathname, searchParams }: URL, owner: string): object {
  const asked = pathname.split('/').at(-1) ?? '';
  const router = (id: number) => ({ id, name: owner, modelCode: 'm', description: `of ${owner}` });
  const pai = (id: string) => ({ ModelId: id, ModelName: owner });
  const service = (id: string) => ({ ModelServiceId: id, Name: owner, Status: 'Enable' });
  const routed = (data: unknown) => ({ requestId: 'r', success: true, data });
  const listed = (items: readonly object[]) => ({
    RequestId: 'r',
    TotalRecordCount: items.length,
    PageNumber: 1,
    Items: items,
  });
  switch (action) {
    case 'ModelRouterQueryModelList':
      return routed({ list: [router(1), router(2), router(3)], total: '3' });
    case 'ModelRouterQueryModel':
      return routed(router(Number(asked)));
    case 'ModelRouterCreateModel':
      return routed(router(4));
    case 'ListModels':
      return { RequestId: 'r', TotalCount: 3, Models: ['model-1', 'model-2', 'model-3'].map(pai) };
    case 'GetModel':
      return { RequestId: 'r', ...pai(asked) };
    case 'DescribeGatewayList':
      return listed([{ GwClusterId: 'pg-1', GwDescription: owner, RegionId: REGION }]);
    case 'DescribeModelServices':
      return listed((searchParams.get('ModelServiceIds') ?? 'ms-1,ms-2,ms-3').split(',').map(service));
    default:
      throw new Error(`no rows for ${action}`);
  }
}

interface Arrival {
  readonly action: string;
  readonly owner: string;
}

/** A gateway and the backends behind it, which answer when `release` lets them. */
async function openWorld(release: (action: string) => Promise<unknown>) {
  const arrivals: Arrival[] = [];
  const server = createServer((message: IncomingMessage, response) => {
    const action = String(message.headers['x-acs-action']);
    const owner = /Credential=([^,]+),/.exec(String(message.headers.authorization))?.[1] ?? 'nobody';
    arrivals.push({ action, owner });
    const url = new URL(message.url ?? '/', 'http://backend');
    message.resume();
    void release(action).then(() => response.end(JSON.stringify(bodyOf(action, url, owner))));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const identities = new Map(
    ACCOUNTS.map((account) => [
      account as string,
      {
        caller: account,
        account,
        credentials: staticCredentials(new Credentials(keyOf(account), `secret of ${account}`), account),
      },
    ]),
  );
  const logs: string[] = [];
  const nobody = staticCredentials(new Credentials('nobody', 'nothing'), 'nobody');
  const gateway = createGateway(
    {
      region: REGION,
      endpointOf: () => new URL(endpoint),
      isSandbox: false,
      requestTimeoutMs: 60_000,
      upstreamTimeoutMs: 60_000,
      upstreamConcurrency: 16,
      upstreamQueue: 2_000,
      isLoopback: true,
    },
    {
      credentials: nobody,
      identify(request) {
        const identity = identities.get(request.headers.get(WHO) ?? '');
        if (identity === undefined) throw new Error('a request of nobody');
        return identity;
      },
      logger: createLogger('warn', (line) => logs.push(line)),
    },
  );
  const ask = async (account: string, query: string): Promise<unknown> => {
    const response = await gateway.handler.fetch('http://127.0.0.1:4000/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', [WHO]: account },
      body: JSON.stringify({ query }),
    });
    return response.json();
  };
  return {
    ask,
    arrivals,
    logs,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Every name in an answer, however deep. */
function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'name' && typeof child === 'string' ? [child] : namesIn(child),
  );
}

/** Turns of the event loop in which whatever is under way in this process arrives where it goes. */
async function turns(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) await turn();
}

/** Lets what waits go, one after the other in the scheduler's order, until `work` is done. */
async function interleave(scheduler: fc.Scheduler, work: Promise<unknown>): Promise<void> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    // Some may gather before one of them is chosen.
    await turns(3);
    if (scheduler.count() > 0) await scheduler.waitOne();
  }
  await done;
}

const question = fc.record({
  account: fc.constantFrom(...ACCOUNTS),
  query: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...READS) },
    { weight: 1, arbitrary: fc.constantFrom(CREATE, CREATE_ONCE) },
  ),
});

/** Few different questions a wave, so that many of them are equal. */
const wave = fc
  .array(question, { minLength: 1, maxLength: 4 })
  .chain((questions) =>
    fc.array(fc.record({ account: fc.constantFrom(...ACCOUNTS), question: fc.constantFrom(...questions) }), {
      minLength: 2,
      maxLength: 12,
    }),
  )
  .map((asked) => asked.map(({ account, question: { query } }) => ({ account, query })));

describe('accounts that ask the same at the same time', () => {
  it('never see a row of another, whatever the interleaving', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(wave, { minLength: 1, maxLength: 3 }),
        async (scheduler, waves) => {
          await using world = await openWorld((action) => scheduler.schedule(Promise.resolve(), action));
          for (const asked of waves) {
            const answers = asked.map(async ({ account, query }) => {
              await scheduler.schedule(Promise.resolve(), `${account} asks`);
              return { account, answer: await world.ask(account, query) };
            });
            const all = Promise.all(answers);
            await interleave(scheduler, all);
            for (const { account, answer } of await all) {
              expect(answer).not.toHaveProperty('errors');
              const names = namesIn(answer);
              expect(names.length).toBeGreaterThan(0);
              expect(new Set(names)).toEqual(new Set([keyOf(account)]));
            }
          }
          // A key is its account's own: what one has made is neither another's nor keeps another from it.
          for (const account of ACCOUNTS) {
            const asked = (query: string) =>
              waves.flat().filter((one) => one.account === account && one.query === query).length;
            const sent = world.arrivals.filter(
              ({ action, owner }) => action === 'ModelRouterCreateModel' && owner === keyOf(account),
            );
            expect(sent).toHaveLength(asked(CREATE) + Math.min(1, asked(CREATE_ONCE)));
          }
          expect(world.logs).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('share the calls of equal reads with themselves, and with nobody else', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...READS),
        fc.array(fc.constantFrom(...ACCOUNTS), { minLength: 2, maxLength: 9 }),
        async (query, asking) => {
          /** What arrived for each account when all of `accounts` ask at once and no answer comes before all have. */
          const arrivalsOf = async (accounts: readonly string[]) => {
            const open = Promise.withResolvers<void>();
            await using world = await openWorld(() => open.promise);
            const answers = Promise.all(accounts.map((account) => world.ask(account, query)));
            while (world.arrivals.length === 0) await turn();
            await turns(100);
            open.resolve();
            await answers;
            const count = (account: string) =>
              world.arrivals.filter(({ owner }) => owner === keyOf(account)).length;
            return new Map([...new Set(accounts)].map((account) => [account, count(account)]));
          };
          const together = await arrivalsOf(asking);
          for (const [account, count] of together) {
            expect((await arrivalsOf([account])).get(account)).toBe(count);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
