import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const THROUGH_A_PORT = [
  'test/security/*.test.ts',
  'test/telemetry/*.test.ts',
  'test/cost/call-budget.test.ts',
  'test/contract/{defer,errors,federation,joins,read-ahead,scalar-inputs,scopes,trusted-documents,upstream-calls}.test.ts',
];

export default defineConfig({
  resolve: {
    // One graphql for the tests, the code and the libraries, the one that Node itself resolves: two of them refuse
    // each other's types.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    // Projects of their own: npm run test:clients, npm run test:federation.
    exclude: ['**/node_modules/**', 'test/clients/**', 'test/federation/**'],
    passWithNoTests: false,
    // Else one core is left idle, which is half of a small machine.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'all', include: ['test/**/*.test.ts'], provide: { door: 'yoga' } } },
      // What concerns HTTP, once more through a port: most requests take another way there.
      { extends: true, test: { name: 'node', include: THROUGH_A_PORT, provide: { door: 'node' } } },
    ],
  },
});
