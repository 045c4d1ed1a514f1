import type { KeyShape } from './global-id.ts';
import type { Instant } from './instant.ts';
import type { JsonValue } from './json-value.ts';
import type { PaiLabel } from './pai-label.ts';

/** Global ids of versions: `PaiModelVersion:cn-beijing/model-x/0.1.0`. */
export const PAI_MODEL_VERSION_KEY = {
  typeName: 'PaiModelVersion',
  parts: ['region', 'name', 'name'],
} as const satisfies KeyShape;

/** A version of a PAI model. */
export interface PaiModelVersion {
  readonly type: 'PaiModelVersion';
  readonly region: string;
  /** The model it is a version of. */
  readonly modelSourceId: string;
  /** Unique within the model only. */
  readonly versionName: string;
  readonly description: string | undefined;
  /** Without user information, the values of its query masked. */
  readonly uri: string | undefined;
  readonly approvalStatus: string | undefined;
  readonly formatType: string | undefined;
  readonly frameworkType: string | undefined;
  readonly sourceType: string | undefined;
  /** What made it: free text, or `region=…,workspaceId=…,kind=…,id=…`. */
  readonly sourceRef: string | undefined;
  readonly labels: readonly PaiLabel[];
  readonly metrics: JsonValue | undefined;
  readonly inferenceSpec: JsonValue | undefined;
  readonly trainingSpec: JsonValue | undefined;
  readonly extraInfo: JsonValue | undefined;
  readonly createdAt: Instant | undefined;
  readonly updatedAt: Instant | undefined;
}

/** The backend's own filters of its list. */
export interface PaiModelVersionFilter {
  readonly approvalStatus?: string | undefined;
  readonly formatType?: string | undefined;
  readonly frameworkType?: string | undefined;
}

type JsonObject = Readonly<Record<string, JsonValue>>;

/** What to change of a version; what is undefined stays. Its place and its formats cannot be changed. */
export interface PaiModelVersionChange {
  readonly description?: string | undefined;
  readonly approvalStatus?: string | undefined;
  readonly sourceType?: string | undefined;
  readonly sourceRef?: string | undefined;
  readonly metrics?: JsonObject | undefined;
  readonly inferenceSpec?: JsonObject | undefined;
  readonly trainingSpec?: JsonObject | undefined;
  readonly extraInfo?: JsonObject | undefined;
  /** The whole wanted set. */
  readonly labels?: readonly PaiLabel[] | undefined;
}

/** A version to be made; what is undefined is not sent. */
export interface NewPaiModelVersion extends PaiModelVersionChange {
  readonly uri: string;
  /** Undefined: the backend picks the next one. */
  readonly versionName?: string | undefined;
  readonly formatType?: string | undefined;
  readonly frameworkType?: string | undefined;
}
