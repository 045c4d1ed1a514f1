import { expect, test } from 'vitest';
import { openFabricatedCloud } from '../support/fabricated-cloud.ts';
import { openGateway } from '../support/gateway.ts';

test.each([
  ['MODEL_ROUTER', 'models(last: 2)'],
  ['PAI', 'paiModels(last: 2)'],
  ['AI_GATEWAY', 'modelServices(gatewaySourceId: "pg-0", last: 2)'],
])(
  '%s: a list that tells no length is not read from its end, and the error says whose it is',
  async (source, field) => {
    await using cloud = await openFabricatedCloud({
      ...{
        models: 5,
        billingRules: 0,
        paiModels: 5,
        versions: 0,
        gateways: [{ services: 1, rulesOfEach: 0 }],
      },
      tellsTotals: false,
    });
    const { url } = cloud;
    await using gateway = await openGateway({ endpoints: { MODEL_ROUTER: url, PAI: url, AI_GATEWAY: url } });
    const { data, errors } = await gateway.query(`{ list: ${field} { nodes { id } } }`);
    expect(data).toEqual({ list: null });
    expect(errors).toMatchObject([
      {
        message:
          'The backend does not tell how long this list is, so it cannot be read from its end: use first and after.',
        extensions: { code: 'UPSTREAM_ERROR', source, retryable: false },
      },
    ]);
  },
);
