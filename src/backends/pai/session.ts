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
import { afresh, type BackendLink, type BackendSession } from '../backend.ts';
import { createModel, deleteModel, getModel, listModels, UPDATE_MODEL, updateModel } from './client.ts';
import { openLoaders, type PaiLoaders } from './loaders.ts';
import { searchModel } from './recovery.ts';
import { runInOrder, type Step, stepsToAdd, stepsToRemove, stepsToWanted } from './steps.ts';
import {
  createVersion,
  deleteVersion,
  getVersion,
  UPDATE_VERSION,
  updateVersion,
} from './versions/client.ts';
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
  return new RegistrySession(link);
}

/** A class, for most requests use one method of them all. */
class RegistrySession implements PaiSession {
  readonly #link: BackendLink;
  readonly #loaders: PaiLoaders;

  constructor(link: BackendLink) {
    this.#link = link;
    this.#loaders = openLoaders(link);
  }

  paiModel(id: string) {
    return this.#loaders.models.load(id);
  }

  paiModels(filter: PaiModelFilter, order: PaiModelOrder | undefined) {
    return anySizePages(this.#link.source, (pageNumber, pageSize) =>
      this.#loaders.modelPages.load([filter, order, pageNumber, pageSize]),
    );
  }

  createPaiModel(model: NewPaiModel) {
    return this.#thenForget(createModel(this.#link, model));
  }

  searchPaiModel(model: NewPaiModel) {
    return searchModel(this.#link, model);
  }

  async updatePaiModel(id: string, { labels, ...fields }: PaiModelChange) {
    const link = this.#link;
    const before = await this.#readModel(id);
    await this.#change([
      ...(isEmpty(fields) ? [] : [{ operation: UPDATE_MODEL, run: () => updateModel(link, id, fields) }]),
      ...(labels === undefined ? [] : stepsToWanted(link, { modelId: id }, before.labels, labels)),
    ]);
    return { ...before, name: fields.name ?? before.name, labels: labels ?? before.labels };
  }

  async deletePaiModel(id: string) {
    await this.#readModel(id);
    await this.#thenForget(deleteModel(this.#link, id));
  }

  async addPaiModelLabels(id: string, labels: readonly PaiLabel[]) {
    const before = await this.#readModel(id);
    await this.#change(stepsToAdd(this.#link, { modelId: id }, before.labels, labels));
    return { ...before, labels: withLabels(before.labels, labels) };
  }

  async removePaiModelLabels(id: string, keys: readonly string[]) {
    const before = await this.#readModel(id);
    await this.#change(stepsToRemove(this.#link, { modelId: id }, before.labels, keys));
    return { ...before, labels: withLabels(before.labels, [], keys) };
  }

  paiModelVersion(modelId: string, versionName: string) {
    return this.#loaders.versions.load([modelId, versionName]);
  }

  paiModelVersions(modelId: string, filter: PaiModelVersionFilter) {
    return anySizePages(this.#link.source, (pageNumber, pageSize) =>
      this.#loaders.versionPages.load([modelId, filter, pageNumber, pageSize]),
    );
  }

  createPaiModelVersion(modelId: string, version: NewPaiModelVersion) {
    return this.#thenForget(createVersion(this.#link, modelId, version));
  }

  searchPaiModelVersion(modelId: string, version: NewPaiModelVersion) {
    return searchVersion(this.#link, modelId, version);
  }

  async updatePaiModelVersion(
    modelId: string,
    versionName: string,
    { labels, ...fields }: PaiModelVersionChange,
  ) {
    const link = this.#link;
    const before = await this.#readVersion(modelId, versionName);
    const run = () => updateVersion(link, modelId, versionName, fields);
    await this.#change([
      ...(isEmpty(fields) ? [] : [{ operation: UPDATE_VERSION, run }]),
      ...(labels === undefined ? [] : stepsToWanted(link, { modelId, versionName }, before.labels, labels)),
    ]);
    return { ...before, labels: labels ?? before.labels };
  }

  async deletePaiModelVersion(modelId: string, versionName: string) {
    await this.#readVersion(modelId, versionName);
    await this.#thenForget(deleteVersion(this.#link, modelId, versionName));
  }

  async addPaiModelVersionLabels(modelId: string, versionName: string, labels: readonly PaiLabel[]) {
    const before = await this.#readVersion(modelId, versionName);
    await this.#change(stepsToAdd(this.#link, { modelId, versionName }, before.labels, labels));
    return { ...before, labels: withLabels(before.labels, labels) };
  }

  async removePaiModelVersionLabels(modelId: string, versionName: string, keys: readonly string[]) {
    const before = await this.#readVersion(modelId, versionName);
    await this.#change(stepsToRemove(this.#link, { modelId, versionName }, before.labels, keys));
    return { ...before, labels: withLabels(before.labels, [], keys) };
  }

  workspaces(filter: PaiWorkspaceFilter) {
    return anySizePages(this.#link.source, (pageNumber, pageSize) =>
      this.#loaders.workspacePages.load([filter, pageNumber, pageSize]),
    );
  }

  async probe() {
    await listModels(this.#link, {}, undefined, 1, 1);
  }

  async #readModel(id: string): Promise<PaiModel> {
    this.#loaders.models.clear(id);
    const model = await getModel(afresh(this.#link), id);
    this.#loaders.models.prime(id, model);
    return model;
  }

  async #readVersion(modelId: string, versionName: string): Promise<PaiModelVersion> {
    this.#loaders.versions.clear([modelId, versionName]);
    const version = await getVersion(afresh(this.#link), modelId, versionName);
    this.#loaders.versions.prime([modelId, versionName], version);
    return version;
  }

  /** Runs the steps of a change; once one was tried, what had been read is out of date. */
  async #change(steps: readonly Step[]): Promise<void> {
    if (steps.length > 0) await this.#thenForget(runInOrder(steps));
  }

  #thenForget<T>(write: Promise<T>): Promise<T> {
    return write.finally(this.#loaders.forget);
  }
}

function isEmpty(fields: object): boolean {
  return Object.values(fields).every((value) => value === undefined);
}
