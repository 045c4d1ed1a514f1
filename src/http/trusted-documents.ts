import { createHash } from 'node:crypto';
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import { parse } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import * as z from 'zod';
import { Refusal } from './refuse.ts';

/** Documents that were known before anyone asked, by their id. */
export interface TrustedDocuments {
  /** `allow`: an id stands for its document, and any other document runs as well. `only`: nothing else runs. */
  readonly mode: 'allow' | 'only';
  readonly byId: ReadonlyMap<string, string>;
}

/** The two forms that clients' tools write: id to text, and Apollo's. */
const manifest = z.union([
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      version: z.literal(1),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => operations.map(({ id, body }) => [id, body] as const)),
  z.record(z.string(), z.string()).transform((documents) => Object.entries(documents)),
]);

/**
 * Reads a manifest of documents.
 *
 * @returns the documents by id, or what is wrong with the text
 */
export function readManifest(text: string): ReadonlyMap<string, string> | { readonly fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { fault: 'is not JSON' };
  }
  const result = manifest.safeParse(json);
  if (!result.success)
    return { fault: 'must be a JSON object of ids and documents, or a manifest of Apollo' };
  for (const [index, [, document]] of result.data.entries()) {
    try {
      parse(document);
    } catch {
      return { fault: `holds at place ${index + 1} a text that is no GraphQL document` };
    }
  }
  return new Map(result.data);
}

/** The id that a client which sends a document's SHA-256 uses for it. */
export function documentId(document: string): string {
  return createHash('sha256').update(document, 'utf8').digest('hex');
}

/** Runs documents by their id. */
export function useTrustedDocuments({ mode, byId }: TrustedDocuments): Plugin {
  const trusted = usePersistedOperations({
    extractPersistedOperationId: idOf,
    getPersistedOperation: (id) => byId.get(id) ?? null,
    allowArbitraryOperations: mode === 'allow',
    customErrors: {
      // By this text and code Apollo's clients know to send the whole document.
      // Apollo's routers look for them in an answer of status 200 only.
      notFound: () => refusal('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND', true),
      keyNotFound: () =>
        refusal(
          'Send a query, or the id of a trusted document as extensions.persistedQuery.',
          'BAD_USER_INPUT',
        ),
      persistedQueryOnly: () =>
        refusal(
          'Only trusted documents run here: send the id of one as extensions.persistedQuery, and no query.',
          'BAD_USER_INPUT',
        ),
    },
  });
  return trusted as Plugin;
}

/** As Apollo's clients and the draft of GraphQL over HTTP send it. */
function idOf({ extensions, documentId }: GraphQLParams & { readonly documentId?: unknown }): string | null {
  const persisted: unknown = extensions?.['persistedQuery'];
  if (typeof persisted === 'object' && persisted !== null && 'sha256Hash' in persisted) {
    return typeof persisted.sha256Hash === 'string' ? persisted.sha256Hash : null;
  }
  return typeof documentId === 'string' ? documentId.replace(/^sha256:/, '') : null;
}

function refusal(
  message: string,
  code: 'BAD_USER_INPUT' | 'PERSISTED_QUERY_NOT_FOUND',
  isOkInJson = false,
): Refusal {
  return new Refusal({ status: 400, code, message, isOkInJson });
}
