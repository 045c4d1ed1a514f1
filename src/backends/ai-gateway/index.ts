import type { Search } from '../../domain/candidate.ts';
import type { Changed } from '../../domain/changed.ts';
import type { CostRule, CostRulePlace, CostRulePrices, NewCostRule } from '../../domain/cost-rule.ts';
import type { CreatedModelApi, ModelApi, ModelApiChange, NewModelApi } from '../../domain/model-api.ts';
import type {
  AiGateway,
  AiGatewayDetail,
  CreatedModelService,
  ModelService,
  ModelServiceChange,
  ModelServiceFilter,
  NewModelService,
} from '../../domain/model-service.ts';
import type { PagedList } from '../../domain/page.ts';
import type { Backend, BackendLink, BackendSession } from '../backend.ts';
import { createService, listGateways } from './client.ts';
import { removeCostRule, ruleById, updateCostRule } from './cost-rules/changes.ts';
import { createCostRule } from './cost-rules/client.ts';
import { searchRule } from './cost-rules/recovery.ts';
import { openLoaders } from './loaders.ts';
import { removeModelApi, updateModelApi } from './model-apis/changes.ts';
import { createModelApi } from './model-apis/client.ts';
import { searchApi } from './model-apis/recovery.ts';
import { PAGE_SIZES } from './polardb.ts';
import { searchService } from './recovery.ts';
import { deleteService, updateService } from './service-changes.ts';

/**
 * One request's way to the PolarDB AI gateway. Everything is read once for each request, and anew after a write of it.
 * Lookups, updates and deletes reject with NOT_FOUND for what does not exist; everything may reject with any other
 * GatewayError.
 */
export interface AiGatewaySession extends BackendSession {
  gateway(id: string): Promise<AiGatewayDetail>;
  gateways(): PagedList<AiGateway>;

  modelService(gatewaySourceId: string, id: string): Promise<ModelService>;
  modelServices(gatewaySourceId: string, filter: ModelServiceFilter): PagedList<ModelService>;
  /** Every service of a gateway, one call for each 100. @throws GatewayError INVALID_INPUT beyond 5,000 */
  allServices(gatewaySourceId: string): Promise<readonly ModelService[]>;
  createModelService(service: NewModelService): Promise<CreatedModelService>;
  /** To look for what a create made, of which nobody knows how it ended. */
  searchModelService(service: NewModelService): Search<ModelService>;
  /** Three calls: read, write, read again. */
  updateModelService(
    gatewaySourceId: string,
    id: string,
    change: ModelServiceChange,
  ): Promise<Changed<ModelService>>;
  /** At least four calls. @throws GatewayError CONFLICT where another service of the gateway bears the same name */
  deleteModelService(gatewaySourceId: string, id: string): Promise<void>;

  /** Reads all rules of its service, one call for each 100: there is no other way to one. */
  costRule(place: CostRulePlace): Promise<CostRule>;
  costRules(gatewaySourceId: string, modelServiceSourceId: string): PagedList<CostRule>;
  /** Every cost rule of a gateway, one call for each 100. @throws GatewayError INVALID_INPUT beyond 5,000 */
  costRulesOfGateway(gatewaySourceId: string): Promise<readonly CostRule[]>;
  /** Gives its id, all that the answer tells. */
  createCostRule(rule: NewCostRule): Promise<string>;
  /** As for model services. */
  searchCostRule(rule: NewCostRule): Search<CostRule>;
  /** Read, write, read again. */
  updateCostRule(place: CostRulePlace, change: CostRulePrices): Promise<Changed<CostRule>>;
  deleteCostRule(place: CostRulePlace): Promise<void>;

  modelApi(gatewaySourceId: string, id: string): Promise<ModelApi>;
  modelApis(gatewaySourceId: string): PagedList<ModelApi>;
  createModelApi(api: NewModelApi): Promise<CreatedModelApi>;
  /** As for model services. */
  searchModelApi(api: NewModelApi): Search<ModelApi>;
  /** Three calls: read, write, read again. */
  updateModelApi(gatewaySourceId: string, id: string, change: ModelApiChange): Promise<Changed<ModelApi>>;
  deleteModelApi(gatewaySourceId: string, id: string): Promise<void>;
}

/** Regions that the central host serves. Source: the endpoint map of the vendor's SDKs. */
const CENTRAL_REGIONS = [
  'cn-beijing',
  'cn-fujian',
  'cn-hangzhou',
  'cn-hangzhou-finance',
  'cn-heyuan',
  'cn-qingdao',
  'cn-shanghai',
  'cn-wuhan',
  'cn-wulanchabu',
  'cn-zhangbei',
];

/** The PolarDB AI gateway, product polardb. */
export const aiGateway: Backend<AiGatewaySession> = {
  source: 'AI_GATEWAY',
  title: 'PolarDB AI gateway',
  description: 'PolarDB AI gateway (product polardb).',
  position: 3,
  isRegional: true,
  endpoint: (region) =>
    CENTRAL_REGIONS.includes(region)
      ? 'https://polardb.aliyuncs.com'
      : `https://polardb.${region}.aliyuncs.com`,
  permissionFor: (operation) => `polardb:${operation}`,
  openSession: openAiGatewaySession,
};

function openAiGatewaySession(link: BackendLink): AiGatewaySession {
  let loaders = openLoaders(link);
  /** What was read before a write is out of date after it, however the write ended. */
  const writing = async <T>(write: Promise<T>): Promise<T> => {
    try {
      return await write;
    } finally {
      loaders = openLoaders(link);
    }
  };
  return {
    gateway: (id) => loaders.gateways.load(id),
    gateways: () => paged((...page) => loaders.gatewayPages.load(page)),

    modelService: (gatewaySourceId, id) => loaders.servicesOf(gatewaySourceId).load(id),
    modelServices: (gatewaySourceId, filter) =>
      paged((...page) => loaders.servicePages.load([gatewaySourceId, filter, ...page])),
    allServices: (gatewaySourceId) => loaders.allServices.load(gatewaySourceId),
    createModelService: (service) => writing(createService(link, service)),
    searchModelService: (service) => searchService(link, service),
    updateModelService: (gatewaySourceId, id, change) =>
      writing(updateService(link, gatewaySourceId, id, change)),
    deleteModelService: (gatewaySourceId, id) => writing(deleteService(link, gatewaySourceId, id)),

    costRule: async ({ gatewaySourceId, modelServiceSourceId, sourceId }) =>
      ruleById(
        link,
        await loaders.costRulesOfService.load([gatewaySourceId, modelServiceSourceId]),
        sourceId,
      ),
    costRules: (gatewaySourceId, modelServiceSourceId) =>
      paged((...page) => loaders.costRules.page([gatewaySourceId, modelServiceSourceId, ...page])),
    costRulesOfGateway: (gatewaySourceId) => loaders.costRules.ofGateway(gatewaySourceId),
    createCostRule: (rule) => writing(createCostRule(link, rule)),
    searchCostRule: (rule) => searchRule(link, rule),
    updateCostRule: (place, change) => writing(updateCostRule(link, place, change)),
    deleteCostRule: (place) => writing(removeCostRule(link, place)),

    modelApi: (gatewaySourceId, id) => loaders.modelApisOf(gatewaySourceId).load(id),
    modelApis: (gatewaySourceId) =>
      paged((...page) => loaders.modelApiPages.load([gatewaySourceId, ...page])),
    createModelApi: (api) => writing(createModelApi(link, api)),
    searchModelApi: (api) => searchApi(link, api),
    updateModelApi: (gatewaySourceId, id, change) =>
      writing(updateModelApi(link, gatewaySourceId, id, change)),
    deleteModelApi: (gatewaySourceId, id) => writing(removeModelApi(link, gatewaySourceId, id)),

    async probe() {
      await listGateways(link, 1, PAGE_SIZES[0] ?? 30);
    },
  };
}

function paged<Row>(readPage: PagedList<Row>['readPage']): PagedList<Row> {
  return { pageSizes: PAGE_SIZES, readPage };
}
