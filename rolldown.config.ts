import { execFileSync } from 'node:child_process';
import { defineConfig, type Plugin } from 'rolldown';

const DIST = 'dist';

/** Of a library of a hundred modules only those that are used: it is CommonJS, of which nothing can be left out. */
const undiciParts: Plugin = {
  name: 'undici-parts',
  resolveId: (id) => (id === 'undici' ? '\0undici-parts' : undefined),
  load: (id) =>
    id === '\0undici-parts'
      ? `export { default as Client } from 'undici/lib/dispatcher/client.js';
         export { default as Pool } from 'undici/lib/dispatcher/pool.js';
         export { default as errors } from 'undici/lib/core/errors.js';`
      : undefined,
};

/**
 * Writes what is not ASCII as escapes, which mean the same in a text, a pattern and a comment. A file that holds one such
 * character is kept in memory at two bytes each, and takes as much longer to read and to compare with its compiled code.
 */
const plainAscii: Plugin = {
  name: 'plain-ascii',
  // Not a chunk at a time: what is changed then is printed anew.
  generateBundle: (_options, bundle) => {
    for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = escaped(file.code);
  },
};

function escaped(code: string): string {
  // Behind a backslash an escape would mean something else, and in a raw text it would mean itself.
  const place = /\\[\u0080-\uffff]|\.raw`[^`]*[\u0080-\uffff]/.exec(code);
  if (place !== null) throw new Error(`cannot be written in ASCII: ${place[0]}`);
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Has the bundle loaded once, which leaves its compiled code for all later starts. */
const compileCache: Plugin = {
  name: 'compile-cache',
  closeBundle: () => {
    execFileSync(process.execPath, [`${DIST}/main.js`, '--help'], { stdio: ['ignore', 'ignore', 'inherit'] });
  },
};

/*
 * Starting takes as long as finding, reading and compiling a thousand small files does: in a few large ones it is a
 * third. What only some gateways load stays a package of its own.
 */
export default defineConfig({
  input: {
    main: 'src/built-main.ts',
    doctor: 'src/doctor.ts',
    'auth/main': 'src/auth/main.ts',
    'sandbox/main': 'src/sandbox/main.ts',
  },
  platform: 'node',
  external: [/^@alicloud\//, /^@opentelemetry\//, '@graphql-yoga/render-graphiql'],
  plugins: [undiciParts, plainAscii, compileCache],
  output: { dir: DIST, format: 'esm', cleanDir: true, chunkFileNames: 'chunks/[name]-[hash].js' },
});
