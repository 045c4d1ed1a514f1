import type { Instant } from './instant.ts';

/** What a mutation can do to a thing. */
export const CATALOG_EVENT_KINDS = ['CREATED', 'UPDATED', 'DELETED'] as const;

/** One of {@link CATALOG_EVENT_KINDS}. */
export type CatalogEventKind = (typeof CATALOG_EVENT_KINDS)[number];

/** A mutation of this gateway changed something. */
export interface CatalogEvent {
  readonly kind: CatalogEventKind;
  /** The backend it lives in, as in the registry. */
  readonly source: string;
  /** Its GraphQL type. */
  readonly typeName: string;
  /** Its global id. */
  readonly nodeId: string;
  /** When the backend had confirmed it. */
  readonly at: Instant;
}
