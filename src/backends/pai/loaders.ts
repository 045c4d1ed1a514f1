import type { Page } from '../../domain/page.ts';
import type { PaiModel, PaiModelFilter, PaiModelOrder } from '../../domain/pai-model.ts';
import type { PaiModelVersion, PaiModelVersionFilter } from '../../domain/pai-model-version.ts';
import type { PaiWorkspace, PaiWorkspaceFilter } from '../../domain/workspace.ts';
import { fanOutById, type RowLoader } from '../../transport/batching.ts';
import type { BackendLink } from '../backend.ts';
import { getModel, listModels } from './client.ts';
import { getVersion, listVersions } from './versions/client.ts';
import { listWorkspaces } from './workspaces/client.ts';

/** What one page of the list is asked by. */
type PaiModelPageKey = readonly [
  filter: PaiModelFilter,
  order: PaiModelOrder | undefined,
  pageNumber: number,
  pageSize: number,
];

/** What one page of a model's versions is asked by. */
type PaiModelVersionPageKey = readonly [
  modelId: string,
  filter: PaiModelVersionFilter,
  pageNumber: number,
  pageSize: number,
];

/** The loaders of one request. */
export interface PaiLoaders {
  readonly models: RowLoader<string, PaiModel>;
  readonly modelPages: RowLoader<PaiModelPageKey, Page<PaiModel>>;
  readonly versions: RowLoader<readonly [modelId: string, name: string], PaiModelVersion>;
  readonly versionPages: RowLoader<PaiModelVersionPageKey, Page<PaiModelVersion>>;
  readonly workspacePages: RowLoader<
    readonly [filter: PaiWorkspaceFilter, pageNumber: number, pageSize: number],
    Page<PaiWorkspace>
  >;
  /** Drops every model and version: a write may change both, since a model tells its latest version. */
  readonly forget: () => void;
}

/** Opens the loaders of one request. */
export function openLoaders(link: BackendLink): PaiLoaders {
  const loaders = {
    models: fanOutById((id: string) => getModel(link, id)),
    modelPages: fanOutById(([filter, order, pageNumber, pageSize]: PaiModelPageKey) =>
      listModels(link, filter, order, pageNumber, pageSize),
    ),
    versions: fanOutById(([modelId, name]: readonly [string, string]) => getVersion(link, modelId, name)),
    versionPages: fanOutById(([modelId, filter, pageNumber, pageSize]: PaiModelVersionPageKey) =>
      listVersions(link, modelId, filter, pageNumber, pageSize),
    ),
    workspacePages: fanOutById(
      ([filter, pageNumber, pageSize]: readonly [PaiWorkspaceFilter, number, number]) =>
        listWorkspaces(link, filter, pageNumber, pageSize),
    ),
  };
  const { models, modelPages, versions, versionPages } = loaders;
  return {
    ...loaders,
    forget() {
      for (const loader of [models, modelPages, versions, versionPages]) loader.clearAll();
    },
  };
}
