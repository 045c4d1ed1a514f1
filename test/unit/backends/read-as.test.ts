import { describe, expect, it } from 'vitest';
import * as gateways from '../../../src/backends/ai-gateway/client.ts';
import { listCostRules } from '../../../src/backends/ai-gateway/cost-rules/client.ts';
import { getStoredModelApi, listModelApis } from '../../../src/backends/ai-gateway/model-apis/client.ts';
import type { BackendLink } from '../../../src/backends/backend.ts';
import { queryBillingRuleList } from '../../../src/backends/model-router/billing/client.ts';
import { queryModel, queryModelList } from '../../../src/backends/model-router/client.ts';
import { queryProviders, queryTags } from '../../../src/backends/model-router/nacos/client.ts';
import { getModel, listModels } from '../../../src/backends/pai/client.ts';
import { getVersion, listVersions } from '../../../src/backends/pai/versions/client.ts';
import { listWorkspaces } from '../../../src/backends/pai/workspaces/client.ts';
import type { UpstreamRequest } from '../../../src/transport/request.ts';
import { UNWATCHED_CALL } from '../../support/unwatched.ts';

/** The request that a read makes; a session of its own for each, as each request has. */
function requestOf(read: (link: BackendLink) => Promise<unknown>): UpstreamRequest | undefined {
  let made: UpstreamRequest | undefined;
  const link = {
    ...{ source: 'TEST', title: 'test', region: 'cn-beijing' },
    authorise: () => undefined,
    calls: { begin: () => ({ ...UNWATCHED_CALL, ended: () => undefined }) },
    report: { outcome: () => undefined, drift: () => undefined, wrote: () => undefined },
    patience: { signal: new AbortController().signal, until: 0 },
    upstream: {
      call: (request: UpstreamRequest) => {
        made = request;
        return new Promise(() => undefined);
      },
    },
  };
  // What a link has beside this serves answers, and none comes.
  void read(link as unknown as BackendLink);
  return made;
}

const READS: Readonly<Record<string, (link: BackendLink) => Promise<unknown>>> = {
  queryModel: (link) => queryModel(link, '1'),
  queryModelList: (link) => queryModelList(link, {}, 1, 30),
  queryBillingRuleList: (link) => queryBillingRuleList(link, { modelCode: 'qwen' }, 1, 30),
  queryProviders,
  queryTags,
  getModel: (link) => getModel(link, 'm-1'),
  listModels: (link) => listModels(link, {}, undefined, 1, 30),
  getVersion: (link) => getVersion(link, 'm-1', '0.1.0'),
  listVersions: (link) => listVersions(link, 'm-1', {}, 1, 30),
  listWorkspaces: (link) => listWorkspaces(link, {}, 1, 30),
  listGateways: (link) => gateways.listGateways(link, 1, 30),
  getGateway: (link) => gateways.getGateway(link, 'pg-1'),
  listServices: (link) => gateways.listServices(link, 'pg-1', {}, 1, 30),
  listStoredServices: (link) => gateways.listStoredServices(link, 'pg-1', {}, 1, 30),
  getServices: (link) => gateways.getServices(link, 'pg-1', ['ms-1']),
  getStoredService: (link) => gateways.getStoredService(link, 'pg-1', 'ms-1'),
  listCostRules: (link) => listCostRules(link, { gatewaySourceId: 'pg-1' }, 1, 30),
  listModelApis: (link) => listModelApis(link, 'pg-1', 1, 30),
  getStoredModelApi: (link) => getStoredModelApi(link, 'pg-1', 'ma-1'),
};

describe('what a read is read as', () => {
  it.each(Object.entries(READS))('is the same whenever %s is called', (_name, read) => {
    const first = requestOf(read);
    expect(first?.readAs).toBeDefined();
    expect(requestOf(read)?.readAs).toBe(first?.readAs);
  });

  it('differs where the same request is read as something else', () => {
    const read = requestOf(READS['getServices'] as never);
    const stored = requestOf(READS['getStoredService'] as never);
    expect([stored?.operation, stored?.query]).toEqual([read?.operation, read?.query]);
    expect(stored?.readAs).not.toBe(read?.readAs);
  });
});
