import type { CostRule } from '../../domain/cost-rule.ts';
import type { ModelApi } from '../../domain/model-api.ts';
import type {
  AiGateway,
  AiGatewayDetail,
  ModelService,
  ModelServiceFilter,
} from '../../domain/model-service.ts';
import type { Page } from '../../domain/page.ts';
import { batchById, fanOutById, type RowLoader } from '../../transport/batching.ts';
import type { BackendLink } from '../backend.ts';
import { getGateway, getServices, listGateways, listServices } from './client.ts';
import { readCostRules, rulesOf } from './cost-rules/changes.ts';
import { type CostRulePages, openCostRulePages } from './cost-rules/pages.ts';
import { getModelApis, listModelApis } from './model-apis/client.ts';
import { MAX_IDS, missing } from './polardb.ts';
import { readWholeList } from './whole-list.ts';

type PageKey<Of extends readonly unknown[]> = readonly [...of: Of, pageNumber: number, pageSize: number];

/** The loaders of one request. */
export interface AiGatewayLoaders {
  readonly gateways: RowLoader<string, AiGatewayDetail>;
  readonly gatewayPages: RowLoader<PageKey<[]>, Page<AiGateway>>;
  /** Batches: one call for each 100 ids of a gateway. */
  readonly servicesOf: (gatewaySourceId: string) => RowLoader<string, ModelService>;
  readonly servicePages: RowLoader<
    PageKey<[gatewaySourceId: string, filter: ModelServiceFilter]>,
    Page<ModelService>
  >;
  /** Every service of a gateway: one call for each 100. */
  readonly allServices: RowLoader<string, readonly ModelService[]>;
  /** Opened when they are first needed. */
  readonly costRules: () => CostRulePages;
  /** Every cost rule of a service: one call for each 100. */
  readonly costRulesOfService: RowLoader<
    readonly [gatewaySourceId: string, modelServiceSourceId: string],
    readonly CostRule[]
  >;
  /** Batches: one call for each 100 ids of a gateway. */
  readonly modelApisOf: (gatewaySourceId: string) => RowLoader<string, ModelApi>;
  readonly modelApiPages: RowLoader<PageKey<[gatewaySourceId: string]>, Page<ModelApi>>;
}

/** Opens the loaders of one request. */
export function openLoaders(link: BackendLink): AiGatewayLoaders {
  const servicePages: AiGatewayLoaders['servicePages'] = fanOutById(
    ([gatewaySourceId, filter, pageNumber, pageSize]) =>
      listServices(link, gatewaySourceId, filter, pageNumber, pageSize),
  );
  let costRules: CostRulePages | undefined;
  return {
    gateways: fanOutById((id) => getGateway(link, id)),
    gatewayPages: fanOutById(([pageNumber, pageSize]) => listGateways(link, pageNumber, pageSize)),
    servicesOf: batchInGateway(link, 'model service', getServices),
    servicePages,
    allServices: fanOutById((gatewaySourceId) =>
      readWholeList(
        (pageNumber, pageSize) => servicePages.load([gatewaySourceId, {}, pageNumber, pageSize]),
        ({ sourceId }) => sourceId,
        'The gateway has more than 5,000 model services, more than one request reads: name one by its id, or page through modelServices with a filter.',
      ),
    ),
    costRules: () => {
      costRules ??= openCostRulePages(link);
      return costRules;
    },
    costRulesOfService: fanOutById(([gatewaySourceId, modelServiceSourceId]) =>
      rulesOf(readCostRules(link, { gatewaySourceId, modelServiceSourceId })),
    ),
    modelApisOf: batchInGateway(link, 'model API', getModelApis),
    modelApiPages: fanOutById(([gatewaySourceId, pageNumber, pageSize]) =>
      listModelApis(link, gatewaySourceId, pageNumber, pageSize),
    ),
  };
}

/** One batching loader a gateway: no call reads rows of two. */
function batchInGateway<Row extends { readonly sourceId: string }>(
  link: BackendLink,
  what: string,
  read: (link: BackendLink, gatewaySourceId: string, ids: readonly string[]) => Promise<readonly Row[]>,
): (gatewaySourceId: string) => RowLoader<string, Row> {
  const loaders = new Map<string, RowLoader<string, Row>>();
  return (gatewaySourceId) => {
    const loader =
      loaders.get(gatewaySourceId) ??
      batchById<Row>({
        maxBatchSize: MAX_IDS,
        read: (ids) => read(link, gatewaySourceId, ids),
        idOf: ({ sourceId }) => sourceId,
        missing: () => missing(link, what),
      });
    loaders.set(gatewaySourceId, loader);
    return loader;
  };
}
