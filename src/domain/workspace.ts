import type { Instant } from './instant.ts';

/** A workspace of PAI: what models are registered in. */
export interface PaiWorkspace {
  readonly sourceId: string;
  readonly region: string;
  readonly name: string;
  readonly displayName: string | undefined;
  readonly description: string | undefined;
  readonly status: string | undefined;
  readonly isDefault: boolean | undefined;
  readonly creatorId: string | undefined;
  readonly adminNames: readonly string[];
  /** e.g. prod, dev. */
  readonly environments: readonly string[];
  readonly resourceGroupId: string | undefined;
  readonly createdAt: Instant | undefined;
  readonly updatedAt: Instant | undefined;
}

/** The backend's own filters of its list. */
export interface PaiWorkspaceFilter {
  readonly name?: string | undefined;
  readonly status?: string | undefined;
}
