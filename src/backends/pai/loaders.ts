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
  const models: PaiLoaders['models'] = fanOutById((id) => getModel(link, id));
  const modelPages: PaiLoaders['modelPages'] = fanOutById(([filter, order, pageNumber, pageSize]) =>
    listModels(link, filter, order, pageNumber, pageSize),
  );
  const versions: PaiLoaders['versions'] = fanOutById(([modelId, name]) => getVersion(link, modelId, name));
  const versionPages: PaiLoaders['versionPages'] = fanOutById(([modelId, filter, pageNumber, pageSize]) =>
    listVersions(link, modelId, filter, pageNumber, pageSize),
  );
  return {
    models,
    modelPages,
    versions,
    versionPages,
    workspacePages: fanOutById(([filter, pageNumber, pageSize]) =>
      listWorkspaces(link, filter, pageNumber, pageSize),
    ),
    forget() {
      for (const loader of [models, modelPages, versions, versionPages]) loader.clearAll();
    },
  };
}
