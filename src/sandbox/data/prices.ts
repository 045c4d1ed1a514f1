import { readTable } from './table.ts';

/** Points per million tokens, about the vendors' list prices in CNY. */
const TABLE = `
  qwen-turbo             | 0.3    | 0.6
  qwen-max               | 2.4    | 9.6
  qwen-plus              | 0.8    | 2
  qwen-flash             | 0.15   | 1.5
  qwen-long              | 0.5    | 2
  qwen3-max              | 6      | 24
  qwen3-coder-plus       | 4      | 16
  qwen-vl-max            | 1.6    | 4
  deepseek-v3            | 2      | 8
  deepseek-v3.1          | 4      | 12
  deepseek-r1            | 4      | 16
  deepseek-chat          | 2      | 3
  glm-4.6                | 3      | 14
  glm-4.5                | 3      | 14
  glm-4.5-air            | 0.8    | 6
  kimi-k2-0905-preview   | 4      | 16
  moonshot-v1-128k       | 10     | 30
  Baichuan4-Turbo        | 15     | 15
  yi-lightning           | 0.99   | 0.99
  gpt-5                  | 8.9    | 71
  gpt-4.1                | 14.2   | 56.9
  gpt-4o                 | 17.8   | 71.1
  gpt-4o-mini            | 1.07   | 4.27
  claude-opus-4-1        | 106.7  | 533.5
  claude-sonnet-4-5      | 21.34  | 106.7
  claude-haiku-4-5       | 7.11   | 35.57
  gemini-2.5-pro         | 8.9    | 71
  gemini-2.5-flash       | 2.13   | 17.8
  text-embedding-v4      | 0.5    | 0
  text-embedding-v3      | 0.5    | 0
  gte-rerank-v2          | 0.8    | 0
`;

const PRICES = new Map(readTable(['code', 'input', 'output'], TABLE).map((row) => [row.code, row]));

/** Decimal texts of points per million tokens; a plausible pair where the model has no row. */
export function priceOf(modelCode: string): { readonly input: string; readonly output: string } {
  return PRICES.get(modelCode) ?? { input: '1', output: '4' };
}
