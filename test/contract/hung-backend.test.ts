import { expect, it } from 'vitest';
import { openGateway } from '../support/gateway.ts';
import { BACKEND_CASES } from './support/backend-cases.ts';

const HUNG = 200;

it.each(BACKEND_CASES.map((backend) => [backend.source, backend] as const))(
  'queries that hang on %s keep nobody from the others',
  async (_source, hung) => {
    await using gateway = await openGateway();
    const others = BACKEND_CASES.filter((backend) => backend !== hung);
    gateway.sandbox.setFault('*', { kind: 'hang' }, { match: ({ product }) => product === hung.product });
    const clients = new AbortController();
    let ended = 0;
    const hanging = Array.from({ length: HUNG }, (_, number) =>
      gateway
        .query(`{ ${hung.lookupField(String(number + 1), 'id')} }`, {}, clients.signal)
        .catch(() => undefined)
        .finally(() => (ended += 1)),
    );
    for (const { list } of others) {
      const { data, errors } = await gateway.query(`{ rows: ${list.listField} { nodes { name } } }`);
      expect(errors).toBeUndefined();
      expect(data?.['rows']).toMatchObject({ nodes: expect.arrayContaining([expect.anything()]) });
    }
    expect(ended).toBe(0);
    // No more than a backend's cap reached it, and what hung there is stopped with its clients.
    const reached = gateway.sandbox.requests.filter(({ product }) => product === hung.product);
    expect(reached.length).toBeLessThanOrEqual(16);
    clients.abort();
    await Promise.all(hanging);
    await expect.poll(() => reached.filter(({ aborted }) => aborted).length).toBe(reached.length);
    expect(gateway.sandbox.requests.filter(({ product }) => product === hung.product)).toHaveLength(
      reached.length,
    );
  },
);
