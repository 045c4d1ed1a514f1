import { defineConfig } from 'rolldown';

/*
 * Starting takes as long as finding, reading and compiling a thousand small files does: in a few large ones it is a
 * third. What only some gateways load stays a package of its own.
 */
export default defineConfig({
  input: {
    main: 'src/main.ts',
    doctor: 'src/doctor.ts',
    'auth/main': 'src/auth/main.ts',
    'sandbox/main': 'src/sandbox/main.ts',
  },
  platform: 'node',
  external: [/^@alicloud\//, /^@opentelemetry\//, '@graphql-yoga/render-graphiql'],
  output: { dir: 'dist', format: 'esm', cleanDir: true, chunkFileNames: 'chunks/[name]-[hash].js' },
});
