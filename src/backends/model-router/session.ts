import type { BillingRule, BillingRuleChange, NewBillingRule } from '../../domain/billing-rule.ts';
import type { Search } from '../../domain/candidate.ts';
import type { Model, ModelChange, ModelFilter, NewModel } from '../../domain/model.ts';
import type { BatchOutcome, ModelBatch } from '../../domain/model-batch.ts';
import type { ModelProvider, ModelTag } from '../../domain/model-provider.ts';
import { ANY_PAGE_SIZE, anySizePages, type PagedList } from '../../domain/page.ts';
import type { BackendLink, BackendSession } from '../backend.ts';
import { createModels } from './batch/client.ts';
import { createBillingRule, updateBillingRule } from './billing/client.ts';
import { searchRule } from './billing/recovery.ts';
import { filterOf, rulesOfModel, ruleWithId } from './billing/rules-of-model.ts';
import { createModel, deleteModel, queryModelList, updateModel } from './client.ts';
import { type ModelRouterLoaders, openLoaders } from './loaders.ts';
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

/** Opens one request's session. */
export function openSession(link: BackendLink): ModelRouterSession {
  return new RouterSession(link);
}

/** A class, for most requests use one method of them all. */
class RouterSession implements ModelRouterSession {
  readonly #link: BackendLink;
  readonly #loaders: ModelRouterLoaders;

  constructor(link: BackendLink) {
    this.#link = link;
    this.#loaders = openLoaders(link);
  }

  model(id: string) {
    return this.#loaders.models.load(id);
  }

  models(filter: ModelFilter) {
    return anySizePages(this.#link.source, (pageIndex, pageSize) =>
      this.#loaders.modelPages.load([filter, pageIndex, pageSize]),
    );
  }

  createModel(model: NewModel) {
    return this.#written(createModel(this.#link, model), (made) => [made]);
  }

  searchModel(model: NewModel) {
    return searchModel(this.#link, model);
  }

  updateModel(id: string, change: ModelChange) {
    return this.#written(updateModel(this.#link, id, change), (now) => [now]);
  }

  deleteModel(id: string) {
    return this.#written(deleteModel(this.#link, id));
  }

  createModels(batch: ModelBatch) {
    return this.#written(createModels(this.#link, batch), ({ created }) => created);
  }

  billingRules(model: Pick<Model, 'sourceId' | 'modelCode'>): PagedList<BillingRule> {
    return {
      pageSizes: ANY_PAGE_SIZE,
      readPage: async (pageIndex, pageSize) => {
        const rules = rulesOfModel(await this.#rulesByFilter(model), model.sourceId);
        const start = (pageIndex - 1) * pageSize;
        return { rows: rules.slice(start, start + pageSize), total: rules.length };
      },
    };
  }

  async billingRule(modelSourceId: string, id: string) {
    const rules = await this.#rulesByFilter(await this.model(modelSourceId));
    return ruleWithId(this.#link, rulesOfModel(rules, modelSourceId), id);
  }

  createBillingRule(rule: NewBillingRule) {
    return this.#written(createBillingRule(this.#link, rule));
  }

  searchBillingRule(rule: NewBillingRule) {
    return searchRule(this.#link, rule);
  }

  updateBillingRule(modelSourceId: string, id: string, change: BillingRuleChange) {
    return this.#written(updateBillingRule(this.#link, modelSourceId, id, change));
  }

  providers() {
    return this.#loaders.providers.load('all');
  }

  tags() {
    return this.#loaders.tags.load('all');
  }

  async probe() {
    await queryModelList(this.#link, {}, 1, 1);
  }

  async #rulesByFilter(model: Pick<Model, 'sourceId' | 'modelCode'>) {
    return this.#loaders.billingRules.load(filterOf(this.#link, model));
  }

  /** What was read before a write, one that failed included, may be out of date. */
  async #written<T>(write: Promise<T>, told: (value: T) => readonly Model[] = () => []): Promise<T> {
    const value = await write.finally(() => this.#loaders.forget());
    for (const model of told(value)) this.#loaders.models.prime(model.sourceId, model);
    return value;
  }
}
