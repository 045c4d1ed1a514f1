import { Refusal } from '../refusal.ts';

/** A label of a PAI model or version. */
export interface PaiLabel {
  readonly Key: string;
  readonly Value: string;
}

type FreeForm = Readonly<Record<string, unknown>>;

/** A PAI model as it is kept; answers show its newest version as well, ListModels also Tags. */
export interface PaiModel {
  readonly ModelId: string;
  readonly ModelName: string;
  readonly ModelDescription?: string;
  readonly ModelDoc?: string;
  readonly ModelType?: string;
  readonly Accessibility: string;
  readonly Domain?: string;
  readonly Task?: string;
  readonly Origin?: string;
  /** Empty for models of the account's own. */
  readonly Provider?: string;
  readonly OrderNumber?: number | bigint;
  /** In millions of parameters. */
  readonly ParameterSize?: number | bigint;
  readonly ExtraInfo?: FreeForm;
  readonly Labels: readonly PaiLabel[];
  readonly WorkspaceId?: string;
  readonly OwnerId: string;
  readonly UserId: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
}

/** A version as GetModelVersion and ListModelVersions answer it. */
export interface PaiVersion {
  /** Unique within its model. */
  readonly VersionName: string;
  readonly VersionDescription: string;
  readonly Uri: string;
  readonly ApprovalStatus?: string;
  readonly FormatType?: string;
  readonly FrameworkType?: string;
  readonly SourceType: string;
  readonly SourceId: string;
  readonly InferenceSpec: FreeForm;
  readonly TrainingSpec: FreeForm;
  readonly EvaluationSpec: FreeForm;
  readonly CompressionSpec: FreeForm;
  readonly DistillationSpec: FreeForm;
  readonly Metrics: FreeForm;
  readonly ExtraInfo: FreeForm;
  /** JSON text. */
  readonly Options: string;
  readonly Labels: readonly PaiLabel[];
  readonly OwnerId: string;
  readonly UserId: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
}

/** A model with its versions, in order of creation. */
export interface PaiEntry {
  readonly model: PaiModel;
  readonly versions: readonly PaiVersion[];
}

/** The models of one region with their versions. */
export class PaiStore {
  readonly #entries: Map<string, PaiEntry>;

  constructor(entries: readonly PaiEntry[]) {
    this.#entries = new Map(entries.map((entry) => [entry.model.ModelId, entry]));
  }

  get entries(): readonly PaiEntry[] {
    return [...this.#entries.values()];
  }

  /** Throws Refusal where no model has that id. */
  entry(modelId: string | undefined): PaiEntry {
    const entry = this.#entries.get(modelId ?? '');
    // The registry's own codes are not documented.
    if (!entry) throw new Refusal(404, 'ModelNotFound', `Model ${modelId} does not exist.`);
    return entry;
  }

  /** Throws Refusal where the model or its version does not exist. */
  version(modelId: string | undefined, versionName: string | undefined): PaiVersion {
    const version = this.entry(modelId).versions.find(({ VersionName }) => VersionName === versionName);
    if (!version) {
      throw new Refusal(404, 'ModelVersionNotFound', `Version ${versionName} of ${modelId} does not exist.`);
    }
    return version;
  }

  /** Adds a model, or replaces the one with its id, its versions included. */
  put(entry: PaiEntry): void {
    this.#entries.set(entry.model.ModelId, entry);
  }

  replaceVersion({ model, versions }: PaiEntry, version: PaiVersion): void {
    this.put({
      model,
      versions: versions.map((candidate) =>
        candidate.VersionName === version.VersionName ? version : candidate,
      ),
    });
  }

  /** Its versions go with it; the documentation does not say. */
  remove({ model }: PaiEntry): void {
    this.#entries.delete(model.ModelId);
  }
}

/** A model as answers show it: its latest version is the one that was created last. */
export function answeredModel({ model, versions }: PaiEntry) {
  const latest = versions.at(-1);
  return {
    ...model,
    ...(latest && { LatestVersion: latest, GmtLatestVersionModifiedTime: latest.GmtModifiedTime }),
  };
}
