import { describe, expect, it } from 'vitest';
import { createMemoryAttempts } from '../../src/idempotency/memory-attempts.ts';
import { createMemoryKeys } from '../../src/idempotency/memory-keys.ts';
import { createMemoryStore } from '../../src/idempotency/memory-store.ts';
import type { IdempotencyStore } from '../../src/idempotency/store.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { CREATE_CASES, type CreateCase, create, sendCreate, sentOf } from './support/create-cases.ts';

/*
 * The store behind the creates: what reaches it, and what two gateways that share one do.
 */

const [MODEL] = CREATE_CASES as readonly [CreateCase];
const UNKNOWN = { __typename: 'GatewayUpstreamError', outcomeUnknown: true };

/** Two gateways over the same backends that share a store. */
async function openTwo(store: IdempotencyStore) {
  const idempotency = { store, secret: 'shared by the two' };
  const one = await openGateway({ idempotency, sandbox: { serviceNames: 'repeatable' } });
  const { url } = one.sandbox;
  const endpoints = { MODEL_ROUTER: url, PAI: url, AI_GATEWAY: url };
  const two = await openGateway({ idempotency, endpoints });
  return {
    one,
    two,
    async [Symbol.asyncDispose]() {
      await two[Symbol.asyncDispose]();
      await one[Symbol.asyncDispose]();
    },
  };
}

/** The store, and all that ever reached it or came from it, as text. */
function recorded(store: IdempotencyStore) {
  const seen: string[] = [];
  // Built from the store's own entries, which the library's type of fromEntries cannot tell.
  const recording = Object.fromEntries(
    Object.entries(store).map(([name, method]) => [
      name,
      async (...args: readonly unknown[]) => {
        seen.push(JSON.stringify([name, args]));
        const result = await (method as (...given: readonly unknown[]) => Promise<unknown>)(...args);
        seen.push(JSON.stringify(result ?? null));
        return result;
      },
    ]),
  ) as unknown as IdempotencyStore;
  return { store: recording, seen };
}

/** Every text in an input, and every number of more than one digit. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return String(value).length > 1 ? [String(value)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => [name, ...textsIn(item)]);
}

describe('what the store is told', () => {
  it.each(CREATE_CASES.map((of) => [of.mutation, of] as const))(
    'of %s is no word of the input, of the key or of the caller',
    async (_mutation, of) => {
      const { store, seen } = recorded(createMemoryStore(Date.now));
      await using gateway = await openGateway({
        idempotency: { store, secret: 'a secret' },
        identify: () => ({ caller: 'caller-planted', account: 'account-planted' }),
      });
      const prepared = await of.prepare(gateway);
      seen.splice(0);
      const given = of.mutation === 'createPaiModelVersion' ? { versionName: '0.7.0_planted' } : {};
      const input = { ...prepared, ...given, idempotencyKey: 'key-planted' };
      gateway.sandbox.setFault(
        of.action,
        { kind: 'error', status: 500, code: 'InternalError' },
        { times: 1 },
      );
      expect(await create(gateway, of, input)).toMatchObject(UNKNOWN);
      expect(await create(gateway, of, input)).toMatchObject(UNKNOWN);
      const another = { ...input, idempotencyKey: 'another-key-planted' };
      gateway.sandbox.setFault(of.action, { kind: 'reset', when: 'after' }, { times: 1 });
      expect(await create(gateway, of, another)).toMatchObject({ outcome: 'RECOVERED' });
      expect(await create(gateway, of, another)).toMatchObject({ outcome: 'REPLAYED' });
      const told = seen.join('\n');
      expect(told).toContain('"made"');
      expect(told).toContain('"unknown"');
      // Names of fields may be told, where they name what is compared.
      const fields = Object.keys(input);
      const planted = [...textsIn(input), 'caller-planted', 'account-planted', 'a secret'];
      for (const text of planted.filter((one) => one.length > 3 && !fields.includes(one))) {
        expect(told, text).not.toContain(text);
      }
      const ids = planted.flatMap((text) => Buffer.from(text, 'base64url').toString().split(/[:/]/));
      for (const id of ids.filter((one) => /^[\w-]{6,}$/.test(one))) expect(told, id).not.toContain(id);
    },
  );

  it('is nothing that another secret would make of it', async () => {
    const told = await Promise.all(
      ['one', 'another'].map(async (secret) => {
        const { store, seen } = recorded(createMemoryStore(Date.now));
        await using gateway = await openGateway({ idempotency: { store, secret } });
        await create(gateway, MODEL, { name: 'n', modelCode: 'm', idempotencyKey: 'k' });
        return new Set(seen.join('\n').match(/[\w-]{43}/g));
      }),
    );
    expect(told[0]?.size).toBeGreaterThanOrEqual(4);
    expect([...(told[0] ?? [])].filter((mac) => told[1]?.has(mac))).toEqual([]);
  });
});

describe('two gateways that share a store', () => {
  const input = { name: 'shared', modelCode: 'shared-1', idempotencyKey: 'shared' };

  it('replay what the other made, found, or does not know of', async () => {
    await using both = await openTwo(createMemoryStore(Date.now));
    const { one, two } = both;
    const made = await create(one, MODEL, input);
    expect(await create(two, MODEL, input)).toEqual({ ...made, outcome: 'REPLAYED' });
    const second = { ...input, idempotencyKey: 'second' };
    one.sandbox.setFault(MODEL.action, { kind: 'error', status: 500, code: 'InternalError' }, { times: 1 });
    expect(await create(one, MODEL, second)).toMatchObject(UNKNOWN);
    // The one that the first key made is not taken for it.
    expect(await create(two, MODEL, second)).toMatchObject(UNKNOWN);
    expect(sentOf(one, MODEL)).toBe(2);
  });

  it('do not send what the other is sending, nor spoil what it then knows', async () => {
    await using both = await openTwo(createMemoryStore(Date.now));
    const { one, two } = both;
    one.sandbox.setFault(MODEL.action, { kind: 'latency', ms: 150 }, { times: 1 });
    const first = create(one, MODEL, input);
    await expect.poll(() => sentOf(one, MODEL), { interval: 5 }).toBe(1);
    const meanwhile = await create(two, MODEL, input);
    expect(meanwhile).toMatchObject({ ...UNKNOWN, retryable: true });
    const made = await first;
    expect(made).toMatchObject({ outcome: 'CREATED' });
    expect(await create(two, MODEL, input)).toEqual({ ...made, outcome: 'REPLAYED' });
    expect(sentOf(one, MODEL)).toBe(1);
  });

  it('look for what one that died was sending', async () => {
    const { store, seen } = recorded(createMemoryStore(Date.now));
    let hasDied = false;
    const dying: IdempotencyStore = {
      ...store,
      // The process ends when the backend has the create, and before anything is noted of how it ended.
      noteRow: () => (hasDied ? store.noteRow('', {} as never) : new Promise(() => undefined)),
    };
    await using both = await openTwo(dying);
    const { one, two } = both;
    const leaving = new AbortController();
    void one
      .query(
        `mutation { createModel(input: { name: "shared", modelCode: "shared-1", idempotencyKey: "shared" }) { __typename } }`,
        {},
        leaving.signal,
      )
      .catch(() => undefined);
    await expect.poll(() => one.sandbox.requests.filter(({ status }) => status === 200).length).toBe(1);
    hasDied = true;
    expect(await create(two, MODEL, input)).toMatchObject({ outcome: 'RECOVERED' });
    expect(await create(two, MODEL, input)).toMatchObject({ outcome: 'REPLAYED' });
    expect(sentOf(one, MODEL)).toBe(1);
    expect(seen.length).toBeGreaterThan(0);
    leaving.abort();
  });
});

describe('a store that answers late, and not in order', () => {
  it('does not make who comes second search for what the first is about to send', async () => {
    const store = createMemoryStore(Date.now);
    let claims = 0;
    const late: IdempotencyStore = {
      ...store,
      async claim(...args) {
        claims += 1;
        const isFirst = claims === 1;
        const known = await store.claim(...args);
        if (isFirst) await new Promise((resolve) => setTimeout(resolve, 30));
        return known;
      },
    };
    await using gateway = await openGateway({ idempotency: { store: late, secret: 's' } });
    const input = { name: 'n', modelCode: 'm', idempotencyKey: 'k' };
    const results = await Promise.all([create(gateway, MODEL, input), create(gateway, MODEL, input)]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['CREATED', 'REPLAYED']);
    expect(gateway.actions()).toEqual([MODEL.action]);
  });
});

describe('creates that cross', () => {
  const input = { name: 'crossing', modelCode: 'm', category: 'Chat' };

  it('who waits for a client that leaves goes on alone', async () => {
    const { store, seen } = recorded(createMemoryStore(Date.now));
    await using gateway = await openGateway({ idempotency: { store, secret: 's' } });
    const keyed = { ...input, idempotencyKey: 'k' };
    const claims = () => seen.filter((text) => text.startsWith('["claim"')).length;
    gateway.sandbox.setFault(MODEL.action, { kind: 'latency', ms: 80 }, { times: 1 });
    // Until the backend has acted, the search of the one who goes on is held up.
    gateway.sandbox.setFault('ModelRouterQueryModelList', { kind: 'latency', ms: 160 }, { times: 1 });
    const leaving = new AbortController();
    const first = sendCreate(gateway, MODEL, keyed, { signal: leaving.signal }).catch(() => undefined);
    await expect.poll(() => sentOf(gateway, MODEL), { interval: 5 }).toBe(1);
    const second = create(gateway, MODEL, keyed);
    await expect.poll(claims, { interval: 5 }).toBe(2);
    await new Promise(setImmediate);
    leaving.abort();
    await first;
    expect(await second).toMatchObject({ outcome: 'RECOVERED' });
    expect(gateway.actions()).toEqual([MODEL.action, 'ModelRouterQueryModelList']);
  });

  it('a row whose create is about to be told of it is not taken for that of another one', async () => {
    const store = createMemoryStore(Date.now);
    const listed = Promise.withResolvers<void>();
    const slow: IdempotencyStore = {
      ...store,
      // The backend has answered, and nobody knows yet but the one who asked.
      async noteRow(...args) {
        await listed.promise;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return store.noteRow(...args);
      },
      rivalsOf(...args) {
        listed.resolve();
        return store.rivalsOf(...args);
      },
    };
    await using gateway = await openGateway({ idempotency: { store: slow, secret: 's' } });
    const first = create(gateway, MODEL, input);
    await expect.poll(() => gateway.sandbox.requests[0]?.status, { interval: 5 }).toBe(200);
    gateway.sandbox.setFault(
      MODEL.action,
      { kind: 'error', status: 500, code: 'InternalError' },
      { times: 1 },
    );
    expect(await create(gateway, MODEL, input)).toMatchObject(UNKNOWN);
    expect(await first).toMatchObject({ outcome: 'CREATED' });
  });
});

describe('a store that is full of creates under way', () => {
  it('refuses further keys, and sends nothing', async () => {
    const store = { ...createMemoryKeys(Date.now, 1), ...createMemoryAttempts(Date.now) };
    await using gateway: TestGateway = await openGateway({ idempotency: { store, secret: 's' } });
    const input = { name: 'n', modelCode: 'm' };
    gateway.sandbox.setFault(MODEL.action, { kind: 'latency', ms: 100 }, { times: 1 });
    const first = create(gateway, MODEL, { ...input, idempotencyKey: 'one' });
    await expect.poll(() => sentOf(gateway, MODEL), { interval: 5 }).toBe(1);
    expect(await create(gateway, MODEL, { ...input, idempotencyKey: 'two' })).toMatchObject({
      __typename: 'GatewayRateLimitedError',
      code: 'RATE_LIMITED',
      retryable: true,
      retryAfterMs: 1_000,
    });
    expect(sentOf(gateway, MODEL)).toBe(1);
    expect(await first).toMatchObject({ outcome: 'CREATED' });
    expect(await create(gateway, MODEL, { ...input, idempotencyKey: 'two' })).toMatchObject({
      outcome: 'CREATED',
    });
  });
});
