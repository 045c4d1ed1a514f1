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
import { afresh, type BackendLink, type BackendSession } from '../backend.ts';
import { createService, listGateways } from './client.ts';
import { removeCostRule, ruleById, updateCostRule } from './cost-rules/changes.ts';
import { createCostRule } from './cost-rules/client.ts';
import { searchRule } from './cost-rules/recovery.ts';
import { type AiGatewayLoaders, openLoaders } from './loaders.ts';
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

/** Opens one request's session. */
export function openSession(link: BackendLink): AiGatewaySession {
  return new GatewaySession(link);
}

/** A class, for most requests use one method of them all. */
class GatewaySession implements AiGatewaySession {
  readonly #link: BackendLink;
  #loaders: AiGatewayLoaders;

  constructor(link: BackendLink) {
    this.#link = link;
    this.#loaders = openLoaders(link);
  }

  gateway(id: string) {
    return this.#loaders.gateways.load(id);
  }

  gateways() {
    return paged(this.#link, (...page) => this.#loaders.gatewayPages.load(page));
  }

  modelService(gatewaySourceId: string, id: string) {
    return this.#loaders.servicesOf(gatewaySourceId).load(id);
  }

  modelServices(gatewaySourceId: string, filter: ModelServiceFilter) {
    return paged(this.#link, (...page) =>
      this.#loaders.servicePages.load([gatewaySourceId, filter, ...page]),
    );
  }

  allServices(gatewaySourceId: string) {
    return this.#loaders.allServices.load(gatewaySourceId);
  }

  createModelService(service: NewModelService) {
    return this.#writing(createService(this.#link, service));
  }

  searchModelService(service: NewModelService) {
    return searchService(this.#link, service);
  }

  updateModelService(gatewaySourceId: string, id: string, change: ModelServiceChange) {
    return this.#writing(updateService(afresh(this.#link), gatewaySourceId, id, change));
  }

  deleteModelService(gatewaySourceId: string, id: string) {
    return this.#writing(deleteService(afresh(this.#link), gatewaySourceId, id));
  }

  async costRule({ gatewaySourceId, modelServiceSourceId, sourceId }: CostRulePlace) {
    const rules = await this.#loaders.costRulesOfService.load([gatewaySourceId, modelServiceSourceId]);
    return ruleById(this.#link, rules, sourceId);
  }

  costRules(gatewaySourceId: string, modelServiceSourceId: string) {
    return paged(this.#link, (...page) =>
      this.#loaders.costRules().page([gatewaySourceId, modelServiceSourceId, ...page]),
    );
  }

  costRulesOfGateway(gatewaySourceId: string) {
    return this.#loaders.costRules().ofGateway(gatewaySourceId);
  }

  createCostRule(rule: NewCostRule) {
    return this.#writing(createCostRule(this.#link, rule));
  }

  searchCostRule(rule: NewCostRule) {
    return searchRule(this.#link, rule);
  }

  updateCostRule(place: CostRulePlace, change: CostRulePrices) {
    return this.#writing(updateCostRule(afresh(this.#link), place, change));
  }

  deleteCostRule(place: CostRulePlace) {
    return this.#writing(removeCostRule(afresh(this.#link), place));
  }

  modelApi(gatewaySourceId: string, id: string) {
    return this.#loaders.modelApisOf(gatewaySourceId).load(id);
  }

  modelApis(gatewaySourceId: string) {
    return paged(this.#link, (...page) => this.#loaders.modelApiPages.load([gatewaySourceId, ...page]));
  }

  createModelApi(api: NewModelApi) {
    return this.#writing(createModelApi(this.#link, api));
  }

  searchModelApi(api: NewModelApi) {
    return searchApi(this.#link, api);
  }

  updateModelApi(gatewaySourceId: string, id: string, change: ModelApiChange) {
    return this.#writing(updateModelApi(afresh(this.#link), gatewaySourceId, id, change));
  }

  deleteModelApi(gatewaySourceId: string, id: string) {
    return this.#writing(removeModelApi(afresh(this.#link), gatewaySourceId, id));
  }

  async probe() {
    await listGateways(this.#link, 1, PAGE_SIZES[0] ?? 30);
  }

  /** What was read before a write is out of date after it, however the write ended. */
  async #writing<T>(write: Promise<T>): Promise<T> {
    try {
      return await write;
    } finally {
      this.#loaders = openLoaders(this.#link);
    }
  }
}

function paged<Row>({ source }: BackendLink, readPage: PagedList<Row>['readPage']): PagedList<Row> {
  return { source, pageSizes: PAGE_SIZES, readPage };
}
