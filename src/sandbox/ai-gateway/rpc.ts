import type { Arguments, Parameter } from '../parameters.ts';

/** Every operation of this product is a POST to `/`; the action header decides. */
export const RPC = { method: 'POST', path: '/' } as const;

export const GATEWAY_PARAMETERS: readonly Parameter[] = [
  { name: 'GwClusterId', in: 'query', type: 'text', required: true },
  { name: 'RegionId', in: 'query', type: 'text' },
];

/** Source: page sizes are 30, 50 or 100. */
export const PAGE_PARAMETERS: readonly Parameter[] = [
  { name: 'PageNumber', in: 'query', type: 'int32', min: 1 },
  { name: 'PageSize', in: 'query', type: 'int32', oneOf: ['30', '50', '100'] },
];

const PROTOCOLS = ['openai', 'anthropic', 'bailian', 'vllm'];
/** Source: the sibling operations spell the same four protocols differently. */
export const PROTOCOL_SPELLINGS = [...PROTOCOLS, 'OpenAI', 'Anthropic', 'Model Studio', 'vLLM'];

/** The lower-case spelling of a protocol. */
export function plainProtocol(protocol: string): string {
  const lower = protocol.toLowerCase();
  return lower === 'model studio' ? 'bailian' : lower;
}

/** Points are decimal texts. */
export function pointsParameters(names: readonly string[]): readonly Parameter[] {
  return names.map((name) => ({ name, in: 'query', type: 'text', pattern: /^\d+(\.\d+)?$/ }));
}

/** Source: PageRecordCount repeats the page size in the published samples, however few items are listed. */
export function pageOf<Item>(items: readonly Item[], args: Arguments) {
  const size = args.int32('PageSize') ?? 30;
  const page = args.int32('PageNumber') ?? 1;
  return {
    TotalRecordCount: items.length,
    PageNumber: page,
    PageSize: size,
    PageRecordCount: size,
    Items: items.slice((page - 1) * size, page * size),
  };
}
