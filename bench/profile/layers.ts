/** A part of the work, as the table has it. */
export type Layer =
  | 'http'
  | 'parse and validate'
  | 'plan and cost'
  | 'execution'
  | 'resolvers and adapters'
  | 'zod validation'
  | 'signing'
  | 'upstream client'
  | 'JSON'
  | 'logging and metrics'
  | 'garbage collection'
  | 'native code of Node'
  | 'idle'
  | 'promises, timers and streams of Node'
  | 'the profiler';

/** What a V8 profile holds of a function in a place of the call tree. */
export interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** A CPU profile of V8; `timeDeltas` are µs. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** How much of the time a layer had. */
export interface LayerTime {
  readonly layer: Layer;
  readonly ms: number;
}

/** Where a script belongs; the first that matches decides. What matches none belongs to what called it. */
const BY_URL: readonly (readonly [RegExp, Layer])[] = [
  [/^node:(internal\/)?inspector/, 'the profiler'],
  [/\/bench\/profile\//, 'the profiler'],
  [/\/graphql-yoga\/.*\/stringify\.js$/, 'JSON'],
  [/\/node_modules\/zod\//, 'zod validation'],
  [/\/node_modules\/undici\//, 'upstream client'],
  [
    /\/node_modules\/(pino|sonic-boom|@opentelemetry|quick-format-unescaped|pino-std-serializers)\//,
    'logging and metrics',
  ],
  [/\/node_modules\/graphql\/(language|validation)\//, 'parse and validate'],
  [/\/node_modules\/(@escape\.tech|@graphql-yoga\/plugin-persisted-operations)\//, 'parse and validate'],
  [/\/node_modules\/(graphql|@graphql-tools\/executor|graphql-jit|@pothos)\//, 'execution'],
  [
    /\/node_modules\/(@graphql-tools|@envelop|graphql-yoga|@whatwg-node|cross-inspect|urlpattern-polyfill)\//,
    'http',
  ],
  [/\/node_modules\/(dataloader)\//, 'resolvers and adapters'],
  [/\/node_modules\/limiter\//, 'upstream client'],
  [/\/src\/transport\/(sign|send-signed|credentials|hmac)\.ts/, 'signing'],
  [/\/src\/transport\/json\.ts/, 'JSON'],
  [/\/src\/transport\//, 'upstream client'],
  [/\/src\/telemetry\//, 'logging and metrics'],
  [/\/src\/http\/(request-log|scrape)\.ts/, 'logging and metrics'],
  [/\/src\/http\/(limits|document-cache|trusted-documents|introspection)\.ts/, 'parse and validate'],
  [/\/src\/http\/call-budget\.ts/, 'plan and cost'],
  [/\/src\/cost\//, 'plan and cost'],
  [/\/src\/(http|server|main)/, 'http'],
  [/\/src\/(schema|backends|domain|idempotency|snapshots|context|builder)/, 'resolvers and adapters'],
  [/^node:internal\/crypto\//, 'signing'],
  [/^node:_http_(client|agent)/, 'upstream client'],
  [/^node:(_http|internal\/http|internal\/webstreams|internal\/fetch)/, 'http'],
];

/** What V8 itself names so. */
const BY_NAME: Readonly<Record<string, Layer>> = {
  '(garbage collector)': 'garbage collection',
  '(idle)': 'idle',
  '(program)': 'native code of Node',
};

/** Functions of the engine that have no script. */
const ENGINE_JSON = new Set(['parse', 'stringify', 'JSON.parse', 'JSON.stringify']);

function ownLayer({ callFrame: { functionName, url } }: ProfileNode): Layer | undefined {
  const named = Object.hasOwn(BY_NAME, functionName) ? BY_NAME[functionName] : undefined;
  if (named !== undefined) return named;
  if (url === '') return ENGINE_JSON.has(functionName) ? 'JSON' : undefined;
  return BY_URL.find(([pattern]) => pattern.test(url))?.[1];
}

/** The time of each layer, most first; a function of no layer of its own counts to that of its caller. */
export function layersOf({ nodes, samples, timeDeltas }: CpuProfile): readonly LayerTime[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const layers = new Map<number, Layer>();
  const assign = (from: ProfileNode, caller: Layer) => {
    const stack = [{ node: from, caller }];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const layer = ownLayer(next.node) ?? next.caller;
      layers.set(next.node.id, layer);
      for (const id of next.node.children ?? []) {
        const child = byId.get(id);
        if (child !== undefined) stack.push({ node: child, caller: layer });
      }
    }
  };
  const [root] = nodes;
  if (root !== undefined) assign(root, 'promises, timers and streams of Node');
  const sums = new Map<Layer, number>();
  for (const [index, id] of samples.entries()) {
    const layer = layers.get(id) ?? 'promises, timers and streams of Node';
    sums.set(layer, (sums.get(layer) ?? 0) + (timeDeltas[index] ?? 0) / 1_000);
  }
  return [...sums].map(([layer, ms]) => ({ layer, ms })).sort((a, b) => b.ms - a.ms);
}

/** The functions that took most time themselves, most first. */
export function hottest({ nodes, samples, timeDeltas }: CpuProfile, count: number) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sums = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const frame = byId.get(id)?.callFrame;
    if (frame === undefined) continue;
    const place = frame.url.replace(/^.*\/(?=node_modules\/|src\/)/, '');
    const name = `${frame.functionName === '' ? '(anonymous)' : frame.functionName} ${place}`.trim();
    sums.set(name, (sums.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1_000);
  }
  return [...sums]
    .map(([name, ms]) => ({ name, ms }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, count);
}
