import DataLoader from 'dataloader';
import type { CostRule } from '../../../domain/cost-rule.ts';
import type { Page } from '../../../domain/page.ts';
import { fanOutById } from '../../../transport/batching.ts';
import type { BackendLink } from '../../backend.ts';
import { PAGE_SIZES } from '../polardb.ts';
import { readCostRules, rulesOf } from './changes.ts';
import { listCostRules } from './client.ts';

/** What one page of the rules of a service is asked by. */
export type CostRulePageKey = readonly [
  gatewaySourceId: string,
  modelServiceSourceId: string,
  pageNumber: number,
  pageSize: number,
];

/** The reads of cost rules of one request. */
export interface CostRulePages {
  /** A page of the rules of a service. */
  page(key: CostRulePageKey): Promise<Page<CostRule>>;
  /** Every rule of a gateway: one call for each 100. @throws GatewayError INVALID_INPUT beyond 5,000 */
  ofGateway(gatewaySourceId: string): Promise<readonly CostRule[]>;
}

/**
 * Opens the reads of one request. The backend filters by one service only. So where pages of several services of a
 * gateway are asked for in one tick, they are cut from the gateway's whole listing, as long as that takes no more calls
 * than one for each service; its first page tells.
 */
export function openCostRulePages(link: BackendLink): CostRulePages {
  const size = PAGE_SIZES.at(-1) ?? 100;
  const gatewayPages = fanOutById(
    ([gatewaySourceId, pageNumber, pageSize]: readonly [string, number, number]) =>
      listCostRules(link, { gatewaySourceId }, pageNumber, pageSize),
  );
  const gateways = fanOutById((gatewaySourceId: string) =>
    rulesOf(
      readCostRules(link, { gatewaySourceId }, (...page) => gatewayPages.load([gatewaySourceId, ...page])),
    ),
  );
  const readOwn = async ([gatewaySourceId, modelServiceSourceId, ...page]: CostRulePageKey) => {
    const { rows, total } = await listCostRules(link, { gatewaySourceId, modelServiceSourceId }, ...page);
    return { rows: rows.map((row) => row?.rule), total };
  };
  const listingIfCheaper = async (gatewaySourceId: string, serviceCount: number) => {
    if (serviceCount < 2) return undefined;
    const { total } = await gatewayPages.load([gatewaySourceId, 1, size]);
    return total !== undefined && Math.ceil(total / size) <= serviceCount
      ? gateways.load(gatewaySourceId)
      : undefined;
  };
  const reads = new DataLoader<CostRulePageKey, () => Promise<Page<CostRule>>, string>(
    async (keys) => {
      const byGateway = Map.groupBy(keys, ([gatewaySourceId]) => gatewaySourceId);
      return keys.map((key) => {
        const [gatewaySourceId] = key;
        const services = new Set(byGateway.get(gatewaySourceId)?.map(([, service]) => service));
        return async () => {
          const listing = await listingIfCheaper(gatewaySourceId, services.size);
          return listing === undefined ? readOwn(key) : pageOf(listing, key);
        };
      });
    },
    { cacheKeyFn: (key) => JSON.stringify(key), maxBatchSize: Number.POSITIVE_INFINITY },
  );
  const pages = fanOutById(async (key: CostRulePageKey) => (await reads.load(key))());
  return { page: (key) => pages.load(key), ofGateway: (gatewaySourceId) => gateways.load(gatewaySourceId) };
}

function pageOf(
  rules: readonly CostRule[],
  [, modelServiceSourceId, pageNumber, pageSize]: CostRulePageKey,
): Page<CostRule> {
  const own = rules.filter((rule) => rule.modelServiceSourceId === modelServiceSourceId);
  return { rows: own.slice((pageNumber - 1) * pageSize, pageNumber * pageSize), total: own.length };
}
