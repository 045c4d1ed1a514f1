import { enableCompileCache } from 'node:module';

/*
 * Where `dist/main.js` begins: with the code as V8 has compiled it, which the build leaves beside the bundle. Where that
 * is missing, or was left by another Node, the gateway starts as it would without, a fifth slower.
 */

enableCompileCache(`${import.meta.dirname}/compile-cache`);
await import('./main.ts');
