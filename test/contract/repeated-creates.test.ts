import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxFault } from '../../src/sandbox/index.ts';
import type { TestGateway } from '../support/gateway.ts';
import {
  CREATE_CASES,
  type CreateCase,
  type CreateResult,
  countRows,
  create,
  sendCreate,
  sentOf,
} from './support/create-cases.ts';
import {
  CUT,
  FAILING,
  type Input,
  named,
  newKey,
  ONCE,
  open,
  openBeside,
  UNKNOWN,
} from './support/repeating.ts';

describe.each(CREATE_CASES.map((of) => [of.mutation, of] as const))('%s', (_mutation, of) => {
  let gateway: TestGateway;
  let beside: TestGateway;
  let prepared: Input;
  let input: Input;
  let before: number;

  beforeAll(async () => {
    gateway = await open();
    beside = await openBeside(gateway);
    prepared = await of.prepare(gateway);
  });
  beforeEach(async () => {
    input = named(prepared);
    before = await countRows(gateway, of, input);
    gateway.sandbox.forgetRequests();
  });
  afterEach(() => gateway.sandbox.clearFaults());
  afterAll(async () => {
    await beside[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  const made = async () => (await countRows(gateway, of, input)) - before;
  const fail = (fault: SandboxFault, options = ONCE) => gateway.sandbox.setFault(of.action, fault, options);

  describe('under one key', () => {
    it('is made once, and its repeat gives the same row', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      const first = await create(gateway, of, keyed, { selection: of.more });
      expect(first).toMatchObject({ outcome: 'CREATED' });
      const second = await create(gateway, of, keyed, { selection: of.more });
      expect(second).toEqual({ ...first, outcome: 'REPLAYED' });
      expect(sentOf(gateway, of)).toBe(1);
      expect(await made()).toBe(1);
    });

    it('is replayed without a call where no more than the id is asked for', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      const { row } = await create(gateway, of, keyed);
      gateway.sandbox.forgetRequests();
      expect(await create(gateway, of, keyed)).toMatchObject({ outcome: 'REPLAYED', row });
      expect(gateway.actions()).toEqual([]);
    });

    it('is made once by ten requests at the same time', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      fail({ kind: 'latency', ms: 60 });
      const results = await Promise.all(Array.from({ length: 10 }, () => create(gateway, of, keyed)));
      expect(results.map(({ outcome }) => outcome).toSorted()).toEqual([
        'CREATED',
        ...Array(9).fill('REPLAYED'),
      ]);
      expect(new Set(results.map(({ row }) => row?.id)).size).toBe(1);
      expect(sentOf(gateway, of)).toBe(1);
      expect(await made()).toBe(1);
    });

    it('is the same create however its input is written', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      await create(gateway, of, keyed);
      const withNulls = { ...(reversed(keyed) as Input), ...nullsFor(of) };
      expect(await create(gateway, of, withNulls)).toMatchObject({ outcome: 'REPLAYED' });
      expect(sentOf(gateway, of)).toBe(1);
    });

    it('is a conflict with another input, before and after it was made', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      fail({ kind: 'latency', ms: 60 });
      const [first, meanwhile] = await Promise.all([
        create(gateway, of, keyed),
        create(gateway, of, of.changed(keyed)),
      ]);
      const afterwards = await create(gateway, of, of.changed(keyed));
      const conflict = {
        __typename: 'GatewayConflictError',
        code: 'CONFLICT',
        source: null,
        retryable: false,
      };
      expect(first).toMatchObject({ outcome: 'CREATED' });
      expect([meanwhile, afterwards]).toEqual([
        expect.objectContaining(conflict),
        expect.objectContaining(conflict),
      ]);
      expect(meanwhile.message).toContain('new key');
      expect(sentOf(gateway, of)).toBe(1);
      expect(await made()).toBe(1);
    });

    it('is another create to another caller, and to another account', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      const asked = [{}, { 'x-caller': 'two' }, { 'x-account': 'another' }];
      const results: CreateResult[] = [];
      for (const headers of asked) results.push(await create(gateway, of, keyed, { headers }));
      expect(results.map(({ outcome }) => outcome)).toEqual(['CREATED', 'CREATED', 'CREATED']);
      expect(new Set(results.map(({ row }) => row?.id)).size).toBe(3);
      for (const [index, headers] of asked.entries()) {
        const again = await create(gateway, of, keyed, { headers });
        expect(again).toMatchObject({ outcome: 'REPLAYED', row: { id: results[index]?.row?.id } });
      }
      expect(await made()).toBe(3);
    });

    it('stays REPLAYED when its row is gone: what is read anew carries the error', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      const { row } = await create(gateway, of, keyed);
      const gone = { kind: 'error', status: 404, code: 'Something.NotFound' } as const;
      gateway.sandbox.setFault('*', gone);
      const { data, errors } = await sendCreate(gateway, of, keyed, { selection: of.more });
      expect(data?.['result']).toMatchObject({ outcome: 'REPLAYED', row: { id: row?.id, createdAt: null } });
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toContain('NOT_FOUND');
      expect(errors?.map(({ path }) => path?.at(-1))).not.toEqual(
        expect.arrayContaining(of.promised.length === 0 ? ['no field'] : [...of.promised]),
      );
      expect(sentOf(gateway, of)).toBe(1);
    });
  });

  describe('whose answer does not come', () => {
    it.each([
      ['a reset connection', CUT],
      ['half an answer', { kind: 'cutBody' }],
    ] as const)('is found where it was made, after %s', async (_cause, fault) => {
      fail(fault);
      const found = await create(gateway, of, input, { selection: of.more });
      expect(found).toMatchObject({ outcome: 'RECOVERED' });
      expect(gateway.actions()).toEqual([of.action, ...of.search]);
      expect(await made()).toBe(1);
      // The row is the one that was made, whole.
      const node = `query ($id: ID!) { row: node(id: $id) { id ... on ${typeOf(of)} { ${of.more} } } }`;
      expect((await gateway.query(node, { id: found.row?.id })).data?.['row']).toEqual(found.row);
    });

    it('is found under a key, too, and then replayed', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      fail(CUT);
      const first = await create(gateway, of, keyed);
      expect(first).toMatchObject({ outcome: 'RECOVERED' });
      expect(await create(gateway, of, keyed)).toEqual({ ...first, outcome: 'REPLAYED' });
      expect(sentOf(gateway, of)).toBe(1);
    });

    it('gives the nine that wait for it the row that was found', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      fail({ kind: 'latency', ms: 60 });
      fail(CUT);
      const results = await Promise.all(Array.from({ length: 10 }, () => create(gateway, of, keyed)));
      expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(
        ['RECOVERED', ...Array(9).fill('REPLAYED')].toSorted(),
      );
      expect(new Set(results.map(({ row }) => row?.id)).size).toBe(1);
      expect(gateway.actions()).toEqual([of.action, ...of.search]);
    });

    it('is told to be unknown where it is not found, and may not be sent again', async () => {
      fail(FAILING);
      const result = await create(gateway, of, input);
      expect(result).toMatchObject({ ...UNKNOWN, source: of.source, retryable: false });
      expect(result.message).toMatch(/looked for and not found.*See first whether it exists/);
      expect(gateway.actions()).toEqual([of.action, ...of.search]);
      expect(await made()).toBe(0);
    });

    it('is told to be unknown although the code that came with a 5xx speaks of a refusal', async () => {
      fail({ kind: 'error', status: 503, code: 'NoPermission' });
      expect(await create(gateway, of, input)).toMatchObject({ ...UNKNOWN, code: 'FORBIDDEN' });
    });

    it('is told to be unknown where it could not be looked for', async () => {
      fail(FAILING);
      gateway.sandbox.setFault('*', { kind: 'error', status: 403, code: 'NoPermission' });
      const result = await create(gateway, of, input);
      expect(result).toMatchObject({ ...UNKNOWN, code: 'UPSTREAM_ERROR' });
      expect(result.message).toContain('could not be looked for');
    });

    it('is looked for by each repeat of its key, and never sent again, until it is found', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      fail(FAILING);
      expect(await create(gateway, of, keyed)).toMatchObject({ ...UNKNOWN, retryable: true });
      gateway.sandbox.forgetRequests();
      const again = await create(gateway, of, keyed);
      expect(again).toMatchObject({ ...UNKNOWN, retryable: true, source: of.source, code: 'UPSTREAM_ERROR' });
      expect(again.message).toMatch(/same idempotencyKey.*new key/);
      expect(gateway.actions()).toEqual(of.search);
      const late = await create(beside, of, input);
      gateway.sandbox.forgetRequests();
      const found = await create(gateway, of, keyed);
      expect(found).toMatchObject({ outcome: 'RECOVERED', row: { id: late.row?.id } });
      expect(gateway.actions()).toEqual(of.search);
      expect(await create(gateway, of, keyed)).toMatchObject({ outcome: 'REPLAYED' });
    });

    it('is looked for once by repeats at the same time', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      fail(FAILING);
      await create(gateway, of, keyed);
      await create(beside, of, input);
      gateway.sandbox.forgetRequests();
      for (const action of of.search) gateway.sandbox.setFault(action, { kind: 'latency', ms: 40 }, ONCE);
      const results = await Promise.all(Array.from({ length: 5 }, () => create(gateway, of, keyed)));
      expect(results.map(({ outcome }) => outcome).toSorted()).toEqual([
        'RECOVERED',
        'REPLAYED',
        'REPLAYED',
        'REPLAYED',
        'REPLAYED',
      ]);
      expect(gateway.actions()).toEqual(of.search);
    });

    it('is not guessed at between two', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      fail(FAILING);
      await create(gateway, of, keyed);
      await create(beside, of, input);
      await create(beside, of, input);
      const result = await create(gateway, of, keyed);
      expect(result).toMatchObject(UNKNOWN);
      expect(result.message).toContain('several');
      expect(await made()).toBe(2);
    });

    it('is not taken for one that differs in a field', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      fail(FAILING);
      await create(gateway, of, keyed);
      // A key of the Model Router is told by a preview only.
      if (of.mutation !== 'createModel') await create(beside, of, of.changed(input));
      else await create(beside, of, { ...input, description: 'another' });
      expect(await create(gateway, of, keyed)).toMatchObject(UNKNOWN);
    });

    it('is not taken for an equal one that this gateway made a moment before', async () => {
      const first = await create(gateway, of, input);
      fail(FAILING);
      expect(await create(gateway, of, { ...input, idempotencyKey: newKey() })).toMatchObject(UNKNOWN);
      fail(CUT);
      const second = await create(gateway, of, { ...input, idempotencyKey: newKey() });
      expect(second).toMatchObject({ outcome: 'RECOVERED' });
      expect(second.row?.id).not.toBe(first.row?.id);
    });

    it('is not taken for an equal one that is on its way', async () => {
      fail({ kind: 'latency', ms: 150 }, { ...ONCE });
      const first = create(gateway, of, input);
      await expect.poll(() => sentOf(gateway, of), { interval: 5 }).toBe(1);
      fail(FAILING);
      const second = await create(gateway, of, input);
      expect(await first).toMatchObject({ outcome: 'CREATED' });
      expect(second).toMatchObject(UNKNOWN);
      expect(await made()).toBe(1);
    });

    it('is found once where of two equal ones of one caller one was made', async () => {
      fail(FAILING);
      expect(await create(gateway, of, input)).toMatchObject(UNKNOWN);
      fail(CUT);
      expect(await create(gateway, of, input)).toMatchObject({ outcome: 'RECOVERED' });
      fail(FAILING);
      expect(await create(gateway, of, input)).toMatchObject(UNKNOWN);
    });

    it("is not taken for what may be another caller's", async () => {
      const key = newKey();
      fail(FAILING);
      await create(gateway, of, { ...input, idempotencyKey: key });
      fail(CUT);
      const headers = { 'x-caller': 'two' };
      const other = await create(gateway, of, { ...input, idempotencyKey: key }, { headers });
      expect(other).toMatchObject(UNKNOWN);
      expect(other.message).toContain('another create');
      expect(await create(gateway, of, { ...input, idempotencyKey: key })).toMatchObject(UNKNOWN);
      expect(await made()).toBe(1);
    });

    it('is found although the outcome of one that looks different is unknown, too', async () => {
      // Of the Model Router's keys previews are told only, so that these cannot be told apart.
      const different =
        of.mutation === 'createModel' ? { ...input, description: 'another' } : of.changed(input);
      fail(FAILING);
      expect(await create(gateway, of, different)).toMatchObject(UNKNOWN);
      fail(CUT);
      const headers = { 'x-caller': 'two' };
      expect(await create(gateway, of, input, { headers })).toMatchObject({ outcome: 'RECOVERED' });
    });

    it('is found by the repeat of a client that left', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      const leaving = new AbortController();
      fail({ kind: 'latency', ms: 80 });
      const first = sendCreate(gateway, of, keyed, { signal: leaving.signal }).catch(() => undefined);
      await expect.poll(() => sentOf(gateway, of), { interval: 5 }).toBe(1);
      leaving.abort();
      await first;
      // The backend goes on, although nobody waits.
      await expect.poll(made, { interval: 10 }).toBe(1);
      expect(await create(gateway, of, keyed)).toMatchObject({ outcome: 'RECOVERED' });
      expect(sentOf(gateway, of)).toBe(1);
    });

    it('does not take along who waits for a client that left', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      const leaving = new AbortController();
      fail({ kind: 'latency', ms: 80 });
      const first = sendCreate(gateway, of, keyed, { signal: leaving.signal }).catch(() => undefined);
      await expect.poll(() => sentOf(gateway, of), { interval: 5 }).toBe(1);
      for (const action of of.search) gateway.sandbox.setFault(action, { kind: 'latency', ms: 120 }, ONCE);
      const second = create(gateway, of, keyed);
      leaving.abort();
      await first;
      expect(await second).toMatchObject({ outcome: 'RECOVERED' });
      expect(sentOf(gateway, of)).toBe(1);
      expect(await made()).toBe(1);
    });
  });

  describe('that was surely not made', () => {
    it.each([
      ['throttled', { kind: 'throttle' }, 'GatewayRateLimitedError'],
      ['forbidden', { kind: 'error', status: 403, code: 'NoPermission' }, 'GatewayForbiddenError'],
      ['in conflict', { kind: 'error', status: 409, code: 'Something.Duplicate' }, 'GatewayConflictError'],
      ['refused', { kind: 'error', status: 400, code: 'InvalidParameter' }, 'GatewayInvalidInputError'],
    ] as const)('since it was %s, is sent by the next repeat', async (_why, fault, member) => {
      const keyed = { ...input, idempotencyKey: newKey() };
      fail(fault);
      expect(await create(gateway, of, keyed)).toMatchObject({ __typename: member, source: of.source });
      expect(gateway.actions()).toEqual([of.action]);
      expect(await create(gateway, of, keyed)).toMatchObject({ outcome: 'CREATED' });
      expect(await create(gateway, of, keyed)).toMatchObject({ outcome: 'REPLAYED' });
      expect(await made()).toBe(1);
    });

    it('gives its refusal to those who waited for it, who may send the key with another input then', async () => {
      const keyed = { ...input, idempotencyKey: newKey() };
      fail({ kind: 'latency', ms: 60 });
      fail({ kind: 'error', status: 403, code: 'NoPermission' });
      const results = await Promise.all(Array.from({ length: 3 }, () => create(gateway, of, keyed)));
      expect(results.map(({ __typename }) => __typename)).toEqual(Array(3).fill('GatewayForbiddenError'));
      expect(sentOf(gateway, of)).toBe(1);
      expect(await create(gateway, of, of.changed(keyed))).toMatchObject({ outcome: 'CREATED' });
    });
  });
});

describe('time that runs out', () => {
  it.each(CREATE_CASES.map((of) => [of.mutation, of] as const))(
    '%s that hangs is unknown, and found by a repeat once it was made after all',
    async (_mutation, of) => {
      await using gateway = await open({ upstreamTimeoutMs: 250 });
      const input = { ...named(await of.prepare(gateway)), idempotencyKey: 'late' };
      const before = await countRows(gateway, of, input);
      gateway.sandbox.setFault(of.action, { kind: 'latency', ms: 500 }, ONCE);
      const late = await create(gateway, of, input);
      expect(late).toMatchObject({ ...UNKNOWN, code: 'UPSTREAM_TIMEOUT', retryable: true });
      expect(late.message).toContain('not found');
      await expect.poll(() => countRows(gateway, of, input)).toBe(before + 1);
      expect(await create(gateway, of, input)).toMatchObject({ outcome: 'RECOVERED' });
      expect(sentOf(gateway, of)).toBe(1);
    },
  );

  it('a request whose own time is over leaves the search to its repeat', async () => {
    const [of] = CREATE_CASES as [CreateCase];
    await using gateway = await open();
    const input = { ...(await of.prepare(gateway)), idempotencyKey: 'short of time' };
    gateway.sandbox.setFault(of.action, CUT, ONCE);
    gateway.sandbox.setFault(of.action, { kind: 'latency', ms: 120 }, ONCE);
    const headers = { 'x-request-timeout-ms': '60' };
    const first = await create(gateway, of, input, { headers });
    expect(first).toMatchObject({ ...UNKNOWN, code: 'UPSTREAM_TIMEOUT', retryable: true });
    expect(first.message).toContain('could not be looked for');
    expect(gateway.actions()).toEqual([of.action]);
    await expect.poll(() => countRows(gateway, of, input)).toBe(152);
    expect(await create(gateway, of, input)).toMatchObject({ outcome: 'RECOVERED' });
  });

  it('one that waits for another no longer than its own time allows is told so', async () => {
    const [of] = CREATE_CASES as [CreateCase];
    await using gateway = await open();
    const input = { ...(await of.prepare(gateway)), idempotencyKey: 'patient' };
    gateway.sandbox.setFault(of.action, { kind: 'latency', ms: 150 }, ONCE);
    const first = create(gateway, of, input);
    await expect.poll(() => sentOf(gateway, of), { interval: 5 }).toBe(1);
    const headers = { 'x-request-timeout-ms': '30' };
    const second = await create(gateway, of, input, { headers });
    expect(second).toMatchObject({ ...UNKNOWN, code: 'UPSTREAM_TIMEOUT', retryable: true });
    expect(await first).toMatchObject({ outcome: 'CREATED' });
    expect(sentOf(gateway, of)).toBe(1);
  });
});

describe('a key', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await open();
  });
  beforeEach(() => gateway.sandbox.forgetRequests());
  afterAll(() => gateway[Symbol.asyncDispose]());

  it.each(CREATE_CASES.map((of) => [of.mutation, of] as const))(
    'that cannot be one is refused by %s with the other faults of the input',
    async (_mutation, of) => {
      const input = await of.prepare(gateway);
      gateway.sandbox.forgetRequests();
      const faulty = 'name' in input ? { name: '' } : {};
      for (const key of ['', 'a\u0000b', 'line\nbreak', 'x'.repeat(256), '\ud800']) {
        const result = await create(gateway, of, { ...input, ...faulty, idempotencyKey: key });
        expect(result).toMatchObject({ __typename: 'GatewayInvalidInputError' });
        expect(result.fieldErrors?.map(({ path }) => path)).toEqual(
          expect.arrayContaining([['idempotencyKey'], ...Object.keys(faulty).map((name) => [name])]),
        );
      }
      expect(gateway.actions()).toEqual([]);
    },
  );

  it('is anything else of up to 255 characters', async () => {
    const [of] = CREATE_CASES as [CreateCase];
    const input = await of.prepare(gateway);
    const long = ['x', '键', '\u{1F511}'].map((char) => char.repeat(255));
    const keys = [...long, ' ', '   ', ' padded ', 'padded'];
    for (const key of keys) {
      expect(await create(gateway, of, { ...input, idempotencyKey: key })).toMatchObject({
        outcome: 'CREATED',
      });
    }
    for (const key of keys) {
      expect(await create(gateway, of, { ...input, idempotencyKey: key })).toMatchObject({
        outcome: 'REPLAYED',
      });
    }
  });

  it('of one create is a conflict for any other create, and in any other place', async () => {
    const inputs = await Promise.all(CREATE_CASES.map((of) => of.prepare(gateway)));
    gateway.sandbox.forgetRequests();
    const [first, ...others] = CREATE_CASES.map((of, index) => ({ of, input: inputs[index] as Input }));
    const idempotencyKey = 'for everything';
    if (first !== undefined) await create(gateway, first.of, { ...first.input, idempotencyKey });
    for (const { of, input } of others) {
      expect(await create(gateway, of, { ...input, idempotencyKey })).toMatchObject({
        __typename: 'GatewayConflictError',
      });
    }
    expect(gateway.actions()).toEqual([first?.of.action]);
    const version = CREATE_CASES.find(({ mutation }) => mutation === 'createPaiModelVersion') as CreateCase;
    const [one, another] = [await version.prepare(gateway), await version.prepare(gateway)];
    await create(gateway, version, { ...one, idempotencyKey: 'place' });
    expect(await create(gateway, version, { ...another, idempotencyKey: 'place' })).toMatchObject({
      __typename: 'GatewayConflictError',
    });
  });

  it('is forgotten after a day, not before', async () => {
    let nowMs = Date.now();
    const now = () => nowMs;
    await using old = await open({ now, sandbox: { now } });
    const [of] = CREATE_CASES as [CreateCase];
    const input = { ...(await of.prepare(old)), idempotencyKey: 'yesterday' };
    await create(old, of, input);
    nowMs += 24 * 60 * 60_000 - 1;
    expect(await create(old, of, input)).toMatchObject({ outcome: 'REPLAYED' });
    nowMs += 1;
    expect(await create(old, of, input)).toMatchObject({ outcome: 'CREATED' });
  });
});

describe('what a replayed model leads to', () => {
  it('is what the model leads to', async () => {
    await using gateway = await open();
    const of = CREATE_CASES[0] as CreateCase;
    const input = { name: 'joined', modelCode: 'qwen-max', category: 'Chat', idempotencyKey: 'joined' };
    const selection = 'modelServices { totalCount } billingRules { totalCount }';
    const first = await create(gateway, of, input, { selection });
    expect(first.row).toMatchObject({ modelServices: { totalCount: 3 }, billingRules: { totalCount: 0 } });
    expect(await create(gateway, of, input, { selection })).toEqual({ ...first, outcome: 'REPLAYED' });
  });
});

/** The same value with the names of all its objects the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, item]) => [name, reversed(item)])
      .toReversed(),
  );
}

/** Optional fields of an input that are left out of the case's own. */
function nullsFor({ mutation }: CreateCase): Input {
  const nulls: Readonly<Record<string, Input>> = {
    createPaiModel: { workspaceId: null },
    createPaiModelVersion: { versionName: null, sourceRef: null },
    createCostRule: { outputCostPointsPerMillion: null },
    createModelApi: { recordOutput: null },
  };
  return nulls[mutation] ?? {};
}

function typeOf({ mutation }: CreateCase): string {
  return mutation.replace('create', '');
}
