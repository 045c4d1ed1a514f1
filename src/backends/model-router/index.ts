import type { BillingRule, BillingRuleChange, NewBillingRule } from '../../domain/billing-rule.ts';
import type { Search } from '../../domain/candidate.ts';
import type { Model, ModelChange, ModelFilter, NewModel } from '../../domain/model.ts';
import type { BatchOutcome, ModelBatch } from '../../domain/model-batch.ts';
import type { ModelProvider, ModelTag } from '../../domain/model-provider.ts';
import { ANY_PAGE_SIZE, anySizePages, type PagedList } from '../../domain/page.ts';
import type { Backend, BackendSession } from '../backend.ts';
import { createModels } from './batch/client.ts';
import { createBillingRule, updateBillingRule } from './billing/client.ts';
import { searchRule } from './billing/recovery.ts';
import { filterOf, rulesOfModel, ruleWithId } from './billing/rules-of-model.ts';
import { createModel, deleteModel, queryModelList, updateModel } from './client.ts';
import { openLoaders } from './loaders.ts';
import { searchModel } from './recovery.ts';

/** One request's way to the Model Router. */
export interface ModelRouterSession extends BackendSession {
  /** @throws GatewayError NOT_FOUND and any other */
  model(id: string): Promise<Model>;
  models(filter: ModelFilter): PagedList<Model>;
  /** @throws GatewayError */
  createModel(model: NewModel): Promise<Model>;
  /** To look for what a create made, of which nobody knows how it ended. */
  searchModel(model: NewModel): Search<Model>;
  /** @throws GatewayError NOT_FOUND and any other */
  updateModel(id: string, change: ModelChange): Promise<Model>;
  /** @throws GatewayError NOT_FOUND and any other */
  deleteModel(id: string): Promise<void>;
  /** Items fail alone. @throws GatewayError where the call failed as a whole */
  createModels(batch: ModelBatch): Promise<BatchOutcome>;
  /** The rules of one model: all are read before the first page is given. */
  billingRules(model: Pick<Model, 'sourceId' | 'modelCode'>): PagedList<BillingRule>;
  /** @throws GatewayError NOT_FOUND, also where the model does not exist, and any other */
  billingRule(modelSourceId: string, id: string): Promise<BillingRule>;
  /** @throws GatewayError */
  createBillingRule(rule: NewBillingRule): Promise<BillingRule>;
  /** As for models. */
  searchBillingRule(rule: NewBillingRule): Search<BillingRule>;
  /** @throws GatewayError NOT_FOUND and any other */
  updateBillingRule(modelSourceId: string, id: string, change: BillingRuleChange): Promise<BillingRule>;
  /** @throws GatewayError */
  providers(): Promise<readonly ModelProvider[]>;
  /** @throws GatewayError */
  tags(): Promise<readonly ModelTag[]>;
}

/** Regions with a host of their own; the others are served by the central one or by the regional rule. */
const CENTRAL_REGIONS = ['cn-shanghai'];

/** The Model Router, product aicontent. */
export const modelRouter: Backend<ModelRouterSession> = {
  source: 'MODEL_ROUTER',
  title: 'Model Router',
  description: 'Model Router (product aicontent).',
  position: 1,
  isRegional: false,
  endpoint: (region) =>
    CENTRAL_REGIONS.includes(region)
      ? 'https://aicontent.aliyuncs.com'
      : `https://aicontent.${region}.aliyuncs.com`,
  permissionFor: (operation) => `aicontent:${operation}`,
  openSession(link) {
    const loaders = openLoaders(link);
    const rulesByFilter = async (model: Pick<Model, 'sourceId' | 'modelCode'>) =>
      loaders.billingRules.load(filterOf(link, model));
    /** What was read before a write, one that failed included, may be out of date. */
    const written = async <T>(write: Promise<T>, told: (value: T) => readonly Model[] = () => []) => {
      const value = await write.finally(() => loaders.forget());
      for (const model of told(value)) loaders.models.prime(model.sourceId, model);
      return value;
    };
    return {
      model: (id) => loaders.models.load(id),
      models: (filter) =>
        anySizePages((pageIndex, pageSize) => loaders.modelPages.load([filter, pageIndex, pageSize])),
      createModel: (model) => written(createModel(link, model), (made) => [made]),
      searchModel: (model) => searchModel(link, model),
      updateModel: (id, change) => written(updateModel(link, id, change), (now) => [now]),
      deleteModel: (id) => written(deleteModel(link, id)),
      createModels: (batch) => written(createModels(link, batch), ({ created }) => created),
      billingRules: (model) => ({
        pageSizes: ANY_PAGE_SIZE,
        async readPage(pageIndex, pageSize) {
          const rules = rulesOfModel(await rulesByFilter(model), model.sourceId);
          const start = (pageIndex - 1) * pageSize;
          return { rows: rules.slice(start, start + pageSize), total: rules.length };
        },
      }),
      async billingRule(modelSourceId, id) {
        const rules = await rulesByFilter(await loaders.models.load(modelSourceId));
        return ruleWithId(link, rulesOfModel(rules, modelSourceId), id);
      },
      createBillingRule: (rule) => written(createBillingRule(link, rule)),
      searchBillingRule: (rule) => searchRule(link, rule),
      updateBillingRule: (modelSourceId, id, change) =>
        written(updateBillingRule(link, modelSourceId, id, change)),
      providers: () => loaders.providers.load('all'),
      tags: () => loaders.tags.load('all'),
      async probe() {
        await queryModelList(link, {}, 1, 1);
      },
    };
  },
};
