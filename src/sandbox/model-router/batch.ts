import { vendorBaseUrl } from '../data/providers.ts';
import { timestamp } from '../identifiers.ts';
import type { Operation, Setting } from '../operation.ts';
import { isObject } from '../parameters.ts';
import { invalidParameter } from '../refusal.ts';
import { answered, newModel } from './models.ts';
import type { RouterStore } from './store.ts';

/** Creating many entries of one vendor, each of which succeeds or fails alone. */
export function batchOperations(store: RouterStore, setting: Setting): readonly Operation[] {
  return [
    {
      action: 'ModelRouterBatchCreateModel',
      method: 'POST',
      path: '/api/v1/modelRouter/open/models/batch',
      parameters: [
        { name: 'apiKey', in: 'body', type: 'text', required: true },
        { name: 'models', in: 'body', type: 'list', required: true },
        { name: 'symbol', in: 'body', type: 'text', required: true },
        { name: 'baseUrl', in: 'body', type: 'text' },
      ],
      answer: (args) => {
        const items = args.list('models') ?? [];
        if (items.length === 0) throw invalidParameter('models', 'at least one item is needed');
        const symbol = args.text('symbol') ?? '';
        const shared = {
          symbol,
          apiKey: args.text('apiKey') ?? '',
          baseUrl: args.text('baseUrl') ?? (setting.data === 'demo' ? vendorBaseUrl(symbol) : ''),
        };
        return { data: createAll(store, timestamp(setting.now()), items.map(readItem), shared) };
      },
    },
  ];
}

const ITEM_TEXTS = [
  'name',
  'modelId',
  'modelType',
  'description',
  'tags',
  'maxInputLength',
  'maxOutputLength',
  'inOut',
  'extensions',
] as const;

type ItemText = (typeof ITEM_TEXTS)[number];
type Item = { readonly [name in ItemText]?: string };
interface Failure {
  readonly modelId: string;
  readonly name: string;
  readonly errorMsg: string;
}

const REQUIRED: readonly (readonly [ItemText, string])[] = [
  ['modelId', '模型标识不能为空'],
  ['name', '模型名称不能为空'],
  ['modelType', '模型类型不能为空'],
];

/** What of an item can be read, and why it cannot be created, if so. */
function readItem(given: unknown): { readonly item: Item; readonly errorMsg?: string } {
  if (!isObject(given)) return { item: {}, errorMsg: '模型必须是对象' };
  const sent = ITEM_TEXTS.filter((name) => given[name] !== undefined && given[name] !== null);
  const misfit = sent.find((name) => typeof given[name] !== 'string');
  const item: Item = Object.fromEntries(
    sent.filter((name) => typeof given[name] === 'string').map((name) => [name, given[name]]),
  );
  if (misfit !== undefined) return { item, errorMsg: `${misfit} 必须是字符串` };
  // Source: the published failure says 模型类型不能为空 of an item without a type.
  const missing = REQUIRED.find(([name]) => (item[name] ?? '').trim() === '');
  return missing ? { item, errorMsg: missing[1] } : { item };
}

/** The first of two items with one modelId is created; what the catalogue already has is no obstacle. */
function createAll(
  store: RouterStore,
  created: string,
  items: readonly ReturnType<typeof readItem>[],
  shared: { readonly symbol: string; readonly apiKey: string; readonly baseUrl: string },
) {
  const models: ReturnType<typeof answered>[] = [];
  const failures: Failure[] = [];
  const seen = new Set<string>();
  for (const { item, errorMsg } of items) {
    const { modelId = '', name = '' } = item;
    const reason = errorMsg ?? (seen.has(modelId) ? '同一批次中模型标识重复' : undefined);
    if (reason !== undefined) {
      failures.push({ modelId, name, errorMsg: reason });
      continue;
    }
    seen.add(modelId);
    models.push(answered(store, store.addModel(newModel(created, { ...item, ...shared }))));
  }
  return { successCount: models.length, failCount: failures.length, created: models, failures };
}
