import type { KeyShape } from './global-id.ts';
import type { Instant } from './instant.ts';
import type { JsonValue } from './json-value.ts';
import type { PaiLabel } from './pai-label.ts';
import type { PaiModelVersion } from './pai-model-version.ts';

/** Global ids of PAI models: `PaiModel:cn-beijing/model-x`. */
export const PAI_MODEL_KEY = { typeName: 'PaiModel', parts: ['region', 'name'] } as const satisfies KeyShape;

/** Who may see a PAI model. */
export const ACCESSIBILITIES = ['PRIVATE', 'PUBLIC'] as const;

/** One of {@link ACCESSIBILITIES}. */
export type Accessibility = (typeof ACCESSIBILITIES)[number];

/** A model of the PAI registry. */
export interface PaiModel {
  readonly type: 'PaiModel';
  readonly sourceId: string;
  readonly region: string;
  readonly name: string;
  readonly description: string | undefined;
  /** The provider, else the origin. */
  readonly vendor: string | undefined;
  /** e.g. Checkpoint, LoRA. */
  readonly category: string | undefined;
  readonly workspaceId: string | undefined;
  readonly accessibility: Accessibility | undefined;
  readonly origin: string | undefined;
  readonly provider: string | undefined;
  readonly domain: string | undefined;
  readonly task: string | undefined;
  readonly documentation: string | undefined;
  readonly orderNumber: number | undefined;
  /** In millions of parameters. */
  readonly parameterSize: number | undefined;
  readonly labels: readonly PaiLabel[];
  readonly extraInfo: JsonValue | undefined;
  readonly ownerId: string | undefined;
  readonly userId: string | undefined;
  readonly createdAt: Instant | undefined;
  readonly updatedAt: Instant | undefined;
  readonly latestVersion: PaiModelVersion | undefined;
}

/** The backend's own filters of its list. */
export interface PaiModelFilter {
  readonly name?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly domain?: string | undefined;
  readonly task?: string | undefined;
  readonly category?: string | undefined;
  readonly origin?: string | undefined;
  /** Given: that provider's public models; left out: the account's own. */
  readonly provider?: string | undefined;
  /** `key=value`, or `key`. */
  readonly label?: string | undefined;
}

/** Direction of the only order the backend knows, by creation time. */
export type PaiModelOrder = 'ASC' | 'DESC';

/** What to change of a PAI model; what is undefined stays. Its workspace cannot be changed. */
export interface PaiModelChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly accessibility?: Accessibility | undefined;
  readonly origin?: string | undefined;
  readonly domain?: string | undefined;
  readonly task?: string | undefined;
  readonly documentation?: string | undefined;
  readonly orderNumber?: number | undefined;
  readonly category?: string | undefined;
  readonly extraInfo?: Readonly<Record<string, JsonValue>> | undefined;
  readonly parameterSize?: number | undefined;
  /** The whole wanted set. */
  readonly labels?: readonly PaiLabel[] | undefined;
}

/** A PAI model to be made; what is undefined is not sent. */
export interface NewPaiModel extends PaiModelChange {
  readonly name: string;
  readonly workspaceId?: string | undefined;
}
