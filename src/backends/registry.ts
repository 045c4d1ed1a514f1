/** The registry: one line a backend, and nothing else. */
export { aiGateway } from './ai-gateway/index.ts';
export { modelRouter } from './model-router/index.ts';
export { pai } from './pai/index.ts';
