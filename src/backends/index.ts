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

/** Opens one request's sessions, each when it is first used. */
export function openSessions(linkTo: (source: string) => BackendLink): Sessions {
  const sessions = {};
  for (const { name } of backends) {
    let session: BackendSession | undefined;
    Object.defineProperty(sessions, name, {
      enumerable: true,
      get() {
        const { source, openSession } = registered[name];
        session ??= openSession(linkTo(source));
        return session;
      },
    });
  }
  return sessions as Sessions;
}
