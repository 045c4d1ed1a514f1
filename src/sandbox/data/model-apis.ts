import type { ModelApi } from '../ai-gateway/store.ts';
import { resourceId, timestampWithoutZone } from '../identifiers.ts';
import { GATEWAY_IDS } from './gateways.ts';
import { readTable } from './table.ts';

const FIRST_CREATED_MS = Date.parse('2026-02-01T08:46:20Z');
const DAY_MS = 24 * 60 * 60 * 1000;

/** Services are joined by commas; the last one is only the fallback where there are two or more. */
const COLUMNS = ['gateway', 'name', 'category', 'protocol', 'prefix', 'record', 'services'] as const;
const APIS = `
  dozen | chat            | text      | openai    | /chat           | 10 | qwen-max,QWEN-PLUS,deepseek-r1
  dozen | claude          | text      | anthropic | /claude         | 0  | claude-sonnet-4-5,Claude-Opus-4-1
  dozen | 向量检索        | embedding | bailian   | tests/embed/    |    | text-embedding-v4
  many  | everything      | text      | openai    | /v1             | 10 | qwen-turbo,qwen-plus,QWEN-FLASH
  many  | selfhosted      | text      | vllm      | /internal       | 0  | qwen3-8b-selfhosted
  many  | rerank          | rerank    | bailian   | /rerank         |    | gte-rerank-v2
`;

/** The model APIs of a demo gateway; none for an unknown one. */
export function demoModelApis(gatewayId: string): ModelApi[] {
  return readTable(COLUMNS, APIS)
    .map((row, index) => ({ row, index }))
    .filter(({ row }) => gatewayId === GATEWAY_IDS[row.gateway === 'dozen' ? 'dozen' : 'many'])
    .map(({ row, index }) => ({
      ModelApiId: resourceId('mi-', `${gatewayId} ${row.name}`, 12),
      Name: row.name,
      Category: row.category,
      Protocol: row.protocol,
      PathPrefix: row.prefix,
      Status: 'Enable',
      ...(row.record !== '' && { RecordInput: row.record, RecordOutput: row.record }),
      RouteRules: routeRules(row.services.split(','), row.protocol),
      GmtCreated: timestampWithoutZone(FIRST_CREATED_MS + index * DAY_MS),
    }));
}

/** Source: field names mix three spellings, weights are texts, and two lists are JSON texts again. */
function routeRules(services: readonly string[], protocol: string): string {
  const [first = '', ...rest] = services;
  const fallback = rest.at(-1);
  const provider = (name: string, weight: number) => ({
    ModelServiceName: name,
    Weight: String(weight),
    model_protocol: protocol,
    ModelList: '[]',
  });
  const balanced = [first, ...rest.slice(0, -1)];
  return JSON.stringify([
    {
      RuleName: 'default',
      FallbackMode: fallback === undefined ? 'none' : 'failover',
      MatchModelListJson: '[]',
      providerBalancerAlgorithm: 'round-robin',
      Providers: balanced.map((name) => provider(name, Math.floor(100 / balanced.length))),
      FallbackProviders: fallback === undefined ? [] : [provider(fallback, 10)],
    },
  ]);
}
