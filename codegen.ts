import type { CodegenConfig } from '@graphql-codegen/cli';
import { type DocumentNode, Kind, print } from 'graphql';
import { documentId } from './src/http/trusted-documents.ts';

/** A manifest of the operations: the SHA-256 of each text and the text. */
function writeManifest(_schema: unknown, documents: readonly { readonly document?: DocumentNode }[]): string {
  const texts = documents.flatMap(({ document }) =>
    (document?.definitions ?? [])
      .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
      .map((operation) => print(operation)),
  );
  const byId = texts
    .map((text) => [documentId(text), text] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(byId), null, 2)}\n`;
}

/** Types and documents for the operations that tests, GraphiQL's examples and the README use. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['src/examples.ts', 'test/**/*.graphql', '!test/federation/**'],
  generates: {
    'test/generated/operations.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        useTypeImports: true,
        enumType: 'string-literal',
        strictScalars: true,
        defaultScalarType: 'unknown',
        scalars: { DateTime: 'string', Decimal: 'string', JSON: 'unknown', Long: 'number', URL: 'string' },
        skipTypename: false,
      },
    },
    // What TRUSTED_DOCUMENTS_FILE takes, for clients that send these operations by their id.
    'test/generated/trusted-documents.json': {
      plugins: [{ trustedDocuments: {} }],
    },
  },
  // The library loads a plugin by its name; this one is small enough to stand here.
  pluginLoader: async (name) =>
    name.endsWith('trustedDocuments') ? { plugin: writeManifest } : import(name),
};

export default config;
