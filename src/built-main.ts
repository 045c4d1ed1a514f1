import { enableCompileCache } from 'node:module';

/*
 * Where `dist/main.js` begins: with the code as V8 has compiled it, which the build leaves beside the bundle. Where that
 * is missing, or was left by another Node, another user or elsewhere, the gateway starts as it would without, an eighth
 * slower, and leaves its own where it may write.
 */

enableCompileCache(`${import.meta.dirname}/compile-cache`);
await import('./main.ts');
