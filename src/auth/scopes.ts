import { backends } from '../backends/index.ts';
import { GatewayError } from '../errors.ts';
import type { Operation } from '../transport/request.ts';

type Access = Operation['access'];

const ACCESSES = ['read', 'write'] as const satisfies readonly Access[];

/** Stands for every source. */
const ANY_SOURCE = '*';

/** Every scope there is: reading and writing of each source in the registry, e.g. `PAI:read`. */
export const SCOPES: readonly string[] = backends.flatMap(({ source }) =>
  ACCESSES.map((access) => scopeOf(source, access)),
);

/** What a caller may do: some of {@link SCOPES}, wildcards resolved. */
export type Scopes = ReadonlySet<string>;

/** The scopes of who is not asked who they are. */
export const EVERY_SCOPE: Scopes = new Set(SCOPES);

/** The scopes of who should not have come so far. */
export const NO_SCOPE: Scopes = new Set();

/** What a list of names grants: `*:read` and `*:write` stand for every source, and a write implies no read. */
export function parseScopes(names: readonly string[]): {
  readonly granted: Scopes;
  readonly unknown: readonly string[];
} {
  const meaning = new Map(SCOPES.map((scope) => [scope, [scope]]));
  for (const access of ACCESSES) {
    meaning.set(
      scopeOf(ANY_SOURCE, access),
      backends.map(({ source }) => scopeOf(source, access)),
    );
  }
  return {
    granted: new Set(names.flatMap((name) => meaning.get(name) ?? [])),
    unknown: names.filter((name) => !meaning.has(name)),
  };
}

/** @throws GatewayError FORBIDDEN, which says that it is the caller who may not, and what is missing */
export function requireScope(scopes: Scopes, source: string, access: Access): void {
  if (hasScope(scopes, source, access)) return;
  throw new GatewayError('FORBIDDEN', `The caller lacks the scope ${scopeOf(source, access)}.`, { source });
}

/** Whether the caller may read, or write, a source. */
export function hasScope(scopes: Scopes, source: string, access: Access): boolean {
  return scopes.has(scopeOf(source, access));
}

function scopeOf(source: string, access: Access): string {
  return `${source}:${access}`;
}
