import type { Model, ModelFilter } from '../../domain/model.ts';
import type { Page } from '../../domain/page.ts';
import { fanOutById, type RowLoader } from '../../transport/batching.ts';
import type { BackendLink } from '../backend.ts';
import { queryModel, queryModelList } from './client.ts';

/** What one page of the list is asked by. */
export type ModelPageKey = readonly [filter: ModelFilter, pageIndex: number, pageSize: number];

/** The loaders of one request. */
export interface ModelRouterLoaders {
  readonly models: RowLoader<string, Model>;
  readonly modelPages: RowLoader<ModelPageKey, Page<Model>>;
}

/** Opens the loaders of one request. */
export function openLoaders(link: BackendLink): ModelRouterLoaders {
  return {
    models: fanOutById((id) => queryModel(link, id)),
    modelPages: fanOutById(([filter, pageIndex, pageSize]) =>
      queryModelList(link, filter, pageIndex, pageSize),
    ),
  };
}
