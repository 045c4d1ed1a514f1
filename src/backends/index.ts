import type { Backend, BackendLink, BackendSession } from './backend.ts';
import * as registry from './registry.ts';

type Registry = typeof registry;

const registered: Registry = { ...registry };

/** Name of a backend in the registry, e.g. `pai`. */
export type BackendName = keyof Registry;

/** One request's sessions, by backend. */
export type Sessions = {
  readonly [Name in BackendName]: Registry[Name] extends Backend<infer Session> ? Session : never;
};

/** A backend and its name. */
export interface RegisteredBackend extends Omit<Backend<BackendSession>, 'openSession'> {
  readonly name: BackendName;
}

/** Every backend, in catalogue order. Configuration, enum values, readiness and metric labels derive from it. */
export const backends: readonly RegisteredBackend[] = (Object.keys(registered) as BackendName[])
  .map((name) => ({ ...registered[name], name }))
  .toSorted((a, b) => a.position - b.position);

type LinkTo = (source: string) => BackendLink;

/** Opens one request's sessions, each when it is first used. */
export function openSessions(linkTo: LinkTo): Sessions {
  // Its properties are defined below, from the registry, where the compiler does not see them.
  return new LazySessions(linkTo) as unknown as Sessions;
}

class LazySessions {
  readonly linkTo: LinkTo;
  readonly opened: Partial<Record<BackendName, BackendSession>> = {};

  constructor(linkTo: LinkTo) {
    this.linkTo = linkTo;
  }
}

// Once for all requests: a property that is defined for each of them costs more than all that most of them read.
for (const { name } of backends) {
  const { source, openSession } = registered[name];
  Object.defineProperty(LazySessions.prototype, name, {
    enumerable: true,
    get(this: LazySessions) {
      this.opened[name] ??= openSession(this.linkTo(source));
      return this.opened[name];
    },
  });
}
