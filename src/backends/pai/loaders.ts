import type { Page } from '../../domain/page.ts';
import type { PaiModel, PaiModelFilter, PaiModelOrder } from '../../domain/pai-model.ts';
import { fanOutById, type RowLoader } from '../../transport/batching.ts';
import type { BackendLink } from '../backend.ts';
import { getModel, listModels } from './client.ts';

/** What one page of the list is asked by. */
export type PaiModelPageKey = readonly [
  filter: PaiModelFilter,
  order: PaiModelOrder | undefined,
  pageNumber: number,
  pageSize: number,
];

/** The loaders of one request. */
export interface PaiLoaders {
  readonly models: RowLoader<string, PaiModel>;
  readonly modelPages: RowLoader<PaiModelPageKey, Page<PaiModel>>;
}

/** Opens the loaders of one request. */
export function openLoaders(link: BackendLink): PaiLoaders {
  return {
    models: fanOutById((id) => getModel(link, id)),
    modelPages: fanOutById(([filter, order, pageNumber, pageSize]) =>
      listModels(link, filter, order, pageNumber, pageSize),
    ),
  };
}
