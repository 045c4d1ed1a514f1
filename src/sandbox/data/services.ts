import type { ModelService } from '../ai-gateway/store.ts';
import { demoApiKey, resourceId, timestamp } from '../identifiers.ts';
import { GATEWAY_IDS } from './gateways.ts';
import { priceOf } from './prices.ts';
import { routerModelFacts } from './router-models.ts';
import { readTable } from './table.ts';

const MANY_COUNT = 130;
const FIRST_CREATED_MS = Date.parse('2026-01-05T03:20:10Z');
const HOUR_MS = 60 * 60 * 1000;

/** Name, vendor, protocol as documented somewhere, category, input, output and request points. */
const COLUMNS = ['name', 'vendor', 'protocol', 'category', 'input', 'output', 'request'] as const;
const DOZEN = `
  qwen-max                 | bailian   | openai       | text      | 2.4   | 9.6  | 0
  QWEN-PLUS                | bailian   | OpenAI       | text      | 0.8   | 2    | 0
  qwen-turbo               | bailian   | Model Studio | text      | 0.3   | 0.6  | 0
  qwen3-coder-plus         | bailian   | bailian      | text      | 4     | 16   | 0
  deepseek-r1              | bailian   | openai       | text      | 4     | 16   | 0
  DeepSeek-V3              | deepseek  | OpenAI       | text      | 2     | 8    | 0
  claude-sonnet-4-5        | anthropic | anthropic    | text      | 21.34 | 106.7 | 0
  Claude-Opus-4-1          | anthropic | Anthropic    | text      | 106.7 | 533.5 | 0.01
  text-embedding-v4        | bailian   | openai       | embedding | 0.5   | 0    | 0
  gte-rerank-v2            | bailian   | bailian      | rerank    | 0.8   | 0    | 0
  customer-service-qwen-7b | custom    | vLLM         | text      | 0     | 0    | 0.002
  test                     | bailian   | openai       | text      | 10    | 10   | 10
`;

type ServiceFacts = Readonly<Record<(typeof COLUMNS)[number], string>> & { readonly baseUrl: string };

/** The model services of a demo gateway; none for an unknown one. */
export function demoServices(gatewayId: string): ModelService[] {
  if (gatewayId === GATEWAY_IDS.dozen) return dozen().map((facts, index) => service(gatewayId, facts, index));
  if (gatewayId !== GATEWAY_IDS.many) return [];
  return many().map((facts, index) => odd(service(gatewayId, facts, index), index));
}

function dozen(): readonly ServiceFacts[] {
  return readTable(COLUMNS, DOZEN).map((row) => ({ ...row, baseUrl: 'https://dashscope.aliyuncs.com' }));
}

/** Every language, vector and ranking model of the router under its own vendor, then self-hosted copies. */
function many(): readonly ServiceFacts[] {
  const models = routerModelFacts().filter(({ type }) => categoryOf(type) !== undefined);
  const hosted = models.map(({ code, type, symbol, baseUrl }, index) => ({
    ...factsOf(code, type),
    name: index % 7 === 3 ? code.toUpperCase() : code,
    vendor: symbol === 'alibaba' ? 'bailian' : symbol,
    protocol: protocolOf(symbol, index),
    baseUrl,
  }));
  const selfHosted = models.map(({ code, type }, index) => ({
    ...factsOf(code, type),
    name: `${code}-selfhosted`,
    vendor: 'custom',
    protocol: index % 2 === 0 ? 'vLLM' : 'vllm',
    baseUrl: 'http://10.0.12.8:8000/v1',
  }));
  return [...hosted, ...selfHosted].slice(0, MANY_COUNT);
}

function factsOf(code: string, type: string) {
  const { input, output } = priceOf(code);
  return { category: categoryOf(type) ?? 'text', input, output, request: '0' };
}

function categoryOf(modelType: string): string | undefined {
  if (/^chat/i.test(modelType)) return 'text';
  if (modelType.endsWith('Embedding')) return 'embedding';
  return modelType.endsWith('Rerank') ? 'rerank' : undefined;
}

function protocolOf(symbol: string, index: number): string {
  if (symbol === 'anthropic') return index % 2 === 0 ? 'anthropic' : 'Anthropic';
  if (symbol === 'alibaba' && index % 5 === 0) return index % 2 === 0 ? 'bailian' : 'Model Studio';
  return index % 3 === 0 ? 'OpenAI' : 'openai';
}

function service(gatewayId: string, facts: ServiceFacts, index: number): ModelService {
  const seed = `${gatewayId} ${facts.name}`;
  return {
    ModelServiceId: resourceId('ms-', seed, 12),
    Name: facts.name,
    ModelCategory: facts.category,
    Protocol: facts.protocol,
    Status: 'Enable',
    BaseUrl: facts.baseUrl,
    GmtCreated: timestamp(FIRST_CREATED_MS + index * 7 * HOUR_MS),
    InputCostPointsPerMillion: facts.input,
    OutputCostPointsPerMillion: facts.output,
    RequestCostPoints: facts.request,
    ApiKey: demoApiKey(seed),
    Vendor: facts.vendor,
  };
}

/** A few rows that a caller must survive: fields left out, empty prices, a status whose name is a guess. */
function odd(row: ModelService, index: number): ModelService {
  if (index === 17 || index === 84) return { ...row, Status: 'Disable' };
  if (index === 40) {
    const { GmtCreated, RequestCostPoints, ...rest } = row;
    return rest;
  }
  return index === 41 ? { ...row, InputCostPointsPerMillion: '', OutputCostPointsPerMillion: '' } : row;
}
