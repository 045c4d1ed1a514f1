import { routerModelFacts } from './router-models.ts';

const VENDOR_NAMES: Readonly<Record<string, string>> = {
  alibaba: '通义千问',
  deepseek: 'DeepSeek',
  meta: 'Meta Llama',
  mistral: 'Mistral AI',
  zhipu: '智谱 AI',
  moonshot: '月之暗面',
  baichuan: '百川智能',
  '01ai': '零一万物',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google Gemini',
  minimax: 'MiniMax',
  bytedance: '豆包',
  tencent: '腾讯混元',
  baidu: '百度文心',
  xai: 'xAI',
  blackforestlabs: 'Black Forest Labs',
  stability: 'Stability AI',
  kuaishou: '可灵',
  baai: '智源',
  cohere: 'Cohere',
};

/** Kinds whose results are fetched later. */
const ASYNCHRONOUS = /^(Image|Video)|^ASR$/;

/** Every vendor of the demo catalogue with the models it offers. */
export function demoProviders() {
  return [...Map.groupBy(routerModelFacts(), ({ symbol }) => symbol)].map(([symbol, models]) => ({
    name: VENDOR_NAMES[symbol] ?? symbol,
    symbol,
    baseUrl: models[0]?.baseUrl ?? '',
    models: models.map(({ code, type, input, output, inOut }) => ({
      identifier: code,
      type,
      inOut,
      inputToken: input,
      outputToken: output,
      extensions: { async: ASYNCHRONOUS.test(type) },
    })),
  }));
}

/** The vendor's own address; empty for an unknown vendor. */
export function vendorBaseUrl(symbol: string): string {
  return routerModelFacts().find((model) => model.symbol === symbol)?.baseUrl ?? '';
}
