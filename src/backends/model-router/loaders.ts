import type { BillingRule } from '../../domain/billing-rule.ts';
import type { Model, ModelFilter } from '../../domain/model.ts';
import type { ModelProvider, ModelTag } from '../../domain/model-provider.ts';
import type { Page } from '../../domain/page.ts';
import { fanOutById, type RowLoader } from '../../transport/batching.ts';
import type { BackendLink } from '../backend.ts';
import type { BillingRuleFilter } from './billing/client.ts';
import { readRules } from './billing/rules-of-model.ts';
import { queryModel, queryModelList } from './client.ts';
import { queryProviders, queryTags } from './nacos/client.ts';

/** What one page of the list is asked by. */
export type ModelPageKey = readonly [filter: ModelFilter, pageIndex: number, pageSize: number];

/** The loaders of one request. */
export interface ModelRouterLoaders {
  readonly models: RowLoader<string, Model>;
  readonly modelPages: RowLoader<ModelPageKey, Page<Model>>;
  /** All rules that a filter finds. */
  readonly billingRules: RowLoader<BillingRuleFilter, readonly BillingRule[]>;
  readonly providers: RowLoader<'all', readonly ModelProvider[]>;
  readonly tags: RowLoader<'all', readonly ModelTag[]>;
  /** Forgets what a write may have changed. */
  forget(): void;
}

/** Opens the loaders of one request. */
export function openLoaders(link: BackendLink): ModelRouterLoaders {
  const models = fanOutById((id: string) => queryModel(link, id));
  const modelPages = fanOutById(([filter, pageIndex, pageSize]: ModelPageKey) =>
    queryModelList(link, filter, pageIndex, pageSize),
  );
  const billingRules = fanOutById((filter: BillingRuleFilter) => readRules(link, filter));
  return {
    models,
    modelPages,
    billingRules,
    providers: fanOutById(() => queryProviders(link)),
    tags: fanOutById(() => queryTags(link)),
    forget() {
      models.clearAll();
      modelPages.clearAll();
      billingRules.clearAll();
    },
  };
}
