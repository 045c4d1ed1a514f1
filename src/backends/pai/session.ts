import type { Search } from '../../domain/candidate.ts';
import { anySizePages, type PagedList } from '../../domain/page.ts';
import { type PaiLabel, withLabels } from '../../domain/pai-label.ts';
import type {
  NewPaiModel,
  PaiModel,
  PaiModelChange,
  PaiModelFilter,
  PaiModelOrder,
} from '../../domain/pai-model.ts';
import type {
  NewPaiModelVersion,
  PaiModelVersion,
  PaiModelVersionChange,
  PaiModelVersionFilter,
} from '../../domain/pai-model-version.ts';
import type { PaiWorkspace, PaiWorkspaceFilter } from '../../domain/workspace.ts';
import type { BackendLink, BackendSession } from '../backend.ts';
import { createModel, deleteModel, listModels, UPDATE_MODEL, updateModel } from './client.ts';
import { openLoaders, type PaiLoaders } from './loaders.ts';
import { searchModel } from './recovery.ts';
import { runInOrder, type Step, stepsToAdd, stepsToRemove, stepsToWanted } from './steps.ts';
import { createVersion, deleteVersion, UPDATE_VERSION, updateVersion } from './versions/client.ts';
import { searchVersion } from './versions/recovery.ts';

/**
 * One request's way to the PAI model registry.
 *
 * A change or a delete begins with a fresh read of what it names: that tells what does not exist whatever the backend
 * answers to the write, and it is what labels are computed from. A change gives what it read with what it sent laid
 * over. Where several writes are needed, its failure names those that had succeeded.
 */
export interface PaiSession extends BackendSession {
  /** @throws GatewayError NOT_FOUND and any other */
  paiModel(id: string): Promise<PaiModel>;
  /** Without an order the backend's own. */
  paiModels(filter: PaiModelFilter, order: PaiModelOrder | undefined): PagedList<PaiModel>;
  /** Gives the new model's id, which is all the backend tells. @throws GatewayError */
  createPaiModel(model: NewPaiModel): Promise<string>;
  /** To look for what a create made, of which nobody knows how it ended. */
  searchPaiModel(model: NewPaiModel): Search<PaiModel>;
  /** @throws GatewayError NOT_FOUND and any other, with `completedSteps` */
  updatePaiModel(id: string, change: PaiModelChange): Promise<PaiModel>;
  /** @throws GatewayError NOT_FOUND and any other */
  deletePaiModel(id: string): Promise<void>;
  /** @throws GatewayError NOT_FOUND and any other */
  addPaiModelLabels(id: string, labels: readonly PaiLabel[]): Promise<PaiModel>;
  /** @throws GatewayError NOT_FOUND where the model or one of the labels does not exist, and any other */
  removePaiModelLabels(id: string, keys: readonly string[]): Promise<PaiModel>;

  /** @throws GatewayError NOT_FOUND and any other */
  paiModelVersion(modelId: string, name: string): Promise<PaiModelVersion>;
  paiModelVersions(modelId: string, filter: PaiModelVersionFilter): PagedList<PaiModelVersion>;
  /** Gives the new version's name, which is all the backend tells. @throws GatewayError */
  createPaiModelVersion(modelId: string, version: NewPaiModelVersion): Promise<string>;
  /** As for models. */
  searchPaiModelVersion(modelId: string, version: NewPaiModelVersion): Search<PaiModelVersion>;
  /** @throws GatewayError NOT_FOUND and any other, with `completedSteps` */
  updatePaiModelVersion(
    modelId: string,
    name: string,
    change: PaiModelVersionChange,
  ): Promise<PaiModelVersion>;
  /** @throws GatewayError NOT_FOUND and any other */
  deletePaiModelVersion(modelId: string, name: string): Promise<void>;
  /** @throws GatewayError NOT_FOUND and any other */
  addPaiModelVersionLabels(
    modelId: string,
    name: string,
    labels: readonly PaiLabel[],
  ): Promise<PaiModelVersion>;
  /** @throws GatewayError NOT_FOUND where the version or one of the labels does not exist, and any other */
  removePaiModelVersionLabels(
    modelId: string,
    name: string,
    keys: readonly string[],
  ): Promise<PaiModelVersion>;

  workspaces(filter: PaiWorkspaceFilter): PagedList<PaiWorkspace>;
}

/** Opens one request's session. */
export function openSession(link: BackendLink): PaiSession {
  const loaders = openLoaders(link);
  return {
    ...modelMethods(link, loaders),
    ...versionMethods(link, loaders),
    workspaces: (filter) =>
      anySizePages((pageNumber, pageSize) => loaders.workspacePages.load([filter, pageNumber, pageSize])),
    async probe() {
      await listModels(link, {}, undefined, 1, 1);
    },
  };
}

type ModelMethods = Pick<
  PaiSession,
  | 'paiModel'
  | 'paiModels'
  | 'createPaiModel'
  | 'searchPaiModel'
  | 'updatePaiModel'
  | 'deletePaiModel'
  | 'addPaiModelLabels'
  | 'removePaiModelLabels'
>;

function modelMethods(link: BackendLink, loaders: PaiLoaders): ModelMethods {
  const readAnew = (id: string) => loaders.models.clear(id).load(id);
  const change = runAndForget(loaders);
  return {
    paiModel: (id) => loaders.models.load(id),
    paiModels: (filter, order) =>
      anySizePages((pageNumber, pageSize) => loaders.modelPages.load([filter, order, pageNumber, pageSize])),
    createPaiModel: (model) => createModel(link, model).finally(loaders.forget),
    searchPaiModel: (model) => searchModel(link, model),
    async updatePaiModel(id, { labels, ...fields }) {
      const before = await readAnew(id);
      await change([
        ...(isEmpty(fields) ? [] : [{ operation: UPDATE_MODEL, run: () => updateModel(link, id, fields) }]),
        ...(labels === undefined ? [] : stepsToWanted(link, { modelId: id }, before.labels, labels)),
      ]);
      return { ...before, name: fields.name ?? before.name, labels: labels ?? before.labels };
    },
    async deletePaiModel(id) {
      await readAnew(id);
      await deleteModel(link, id).finally(loaders.forget);
    },
    async addPaiModelLabels(id, labels) {
      const before = await readAnew(id);
      await change(stepsToAdd(link, { modelId: id }, before.labels, labels));
      return { ...before, labels: withLabels(before.labels, labels) };
    },
    async removePaiModelLabels(id, keys) {
      const before = await readAnew(id);
      await change(stepsToRemove(link, { modelId: id }, before.labels, keys));
      return { ...before, labels: withLabels(before.labels, [], keys) };
    },
  };
}

type VersionMethods = Pick<
  PaiSession,
  | 'paiModelVersion'
  | 'paiModelVersions'
  | 'createPaiModelVersion'
  | 'searchPaiModelVersion'
  | 'updatePaiModelVersion'
  | 'deletePaiModelVersion'
  | 'addPaiModelVersionLabels'
  | 'removePaiModelVersionLabels'
>;

function versionMethods(link: BackendLink, loaders: PaiLoaders): VersionMethods {
  const readAnew = (modelId: string, versionName: string) =>
    loaders.versions.clear([modelId, versionName]).load([modelId, versionName]);
  const change = runAndForget(loaders);
  return {
    paiModelVersion: (modelId, versionName) => loaders.versions.load([modelId, versionName]),
    paiModelVersions: (modelId, filter) =>
      anySizePages((pageNumber, pageSize) =>
        loaders.versionPages.load([modelId, filter, pageNumber, pageSize]),
      ),
    createPaiModelVersion: (modelId, version) =>
      createVersion(link, modelId, version).finally(loaders.forget),
    searchPaiModelVersion: (modelId, version) => searchVersion(link, modelId, version),
    async updatePaiModelVersion(modelId, versionName, { labels, ...fields }) {
      const before = await readAnew(modelId, versionName);
      const run = () => updateVersion(link, modelId, versionName, fields);
      await change([
        ...(isEmpty(fields) ? [] : [{ operation: UPDATE_VERSION, run }]),
        ...(labels === undefined ? [] : stepsToWanted(link, { modelId, versionName }, before.labels, labels)),
      ]);
      return { ...before, labels: labels ?? before.labels };
    },
    async deletePaiModelVersion(modelId, versionName) {
      await readAnew(modelId, versionName);
      await deleteVersion(link, modelId, versionName).finally(loaders.forget);
    },
    async addPaiModelVersionLabels(modelId, versionName, labels) {
      const before = await readAnew(modelId, versionName);
      await change(stepsToAdd(link, { modelId, versionName }, before.labels, labels));
      return { ...before, labels: withLabels(before.labels, labels) };
    },
    async removePaiModelVersionLabels(modelId, versionName, keys) {
      const before = await readAnew(modelId, versionName);
      await change(stepsToRemove(link, { modelId, versionName }, before.labels, keys));
      return { ...before, labels: withLabels(before.labels, [], keys) };
    },
  };
}

/** Runs the steps of a change; once one was tried, what had been read is out of date. */
function runAndForget(loaders: PaiLoaders) {
  return async (steps: readonly Step[]): Promise<void> => {
    if (steps.length > 0) await runInOrder(steps).finally(loaders.forget);
  };
}

function isEmpty(fields: object): boolean {
  return Object.values(fields).every((value) => value === undefined);
}
