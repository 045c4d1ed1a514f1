import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types and documents for the operations that tests, GraphiQL's examples and the README use. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['src/examples.ts', 'test/**/*.graphql'],
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
  },
};

export default config;
