import { registerHooks } from 'node:module';

/*
 * The fixture runs on the product's own libraries: these names are looked up from the root, though the tools installed
 * beside it bring copies of some.
 */

const FEDERATION = new URL('..', import.meta.url).href;
const ROOT = new URL('../../../package.json', import.meta.url).href;
const OWN: ReadonlySet<string> = new Set(['@graphql-tools/utils', '@pothos/core', 'graphql', 'graphql-yoga']);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isFromHere = context.parentURL?.startsWith(FEDERATION) === true;
    return nextResolve(
      specifier,
      isFromHere && OWN.has(specifier) ? { ...context, parentURL: ROOT } : context,
    );
  },
});
