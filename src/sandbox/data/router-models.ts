import { timestamp } from '../identifiers.ts';
import type { RouterModel } from '../model-router/store.ts';
import { CHAT_FAMILIES } from './router-chat-models.ts';
import type { RouterFamily } from './router-family.ts';
import { MEDIA_FAMILIES } from './router-media-models.ts';
import { readTable } from './table.ts';

const COLUMNS = ['code', 'name', 'type', 'input', 'output', 'tags', 'released', 'description'] as const;
const FAMILIES = [...CHAT_FAMILIES, ...MEDIA_FAMILIES];

const TAG_NAMES: Readonly<Record<string, string>> = {
  ASR: '语音识别',
  AUDIO: '音频',
  CODE: '代码',
  DEEP_THINK: '深度思考',
  EMBED: '向量',
  FUNC_CALL: '工具调用',
  IMG_EDIT: '图片编辑',
  IMG_GEN: '图片生成',
  LEGAL: '法律',
  LONG_CTX: '长文本',
  MATH: '数学',
  MEDICAL: '医疗',
  MULTIMODAL: '多模态',
  NLP: '自然语言处理',
  OCR: '文字识别',
  RERANK: '排序',
  TRANSLATE: '翻译',
  TTS: '语音合成',
  TXT_GEN: '文本生成',
  VIDEO_GEN: '视频生成',
  VISION: '视觉理解',
  WEB_SEARCH: '联网搜索',
  chat: '对话',
};

const DAY_MS = 24 * 60 * 60 * 1000;

/** Display names for comma-joined tag codes, in the same order; an unknown code is its own name. */
export function tagDisplayNames(tags: string): string {
  return tags
    .split(',')
    .map((code) => TAG_NAMES[code] ?? code)
    .join(',');
}

/** Every tag that has a display name, as the configuration lists them. */
export function demoTags() {
  return Object.entries(TAG_NAMES).map(([tag, tagName]) => ({ label: tagName, value: tag, tag, tagName }));
}

/** What is known of every vendor's demo model, for data that refers to them. */
export function routerModelFacts() {
  return FAMILIES.flatMap(({ symbol, baseUrl, table }) =>
    readTable(COLUMNS, table).map(({ code, type, input, output }, index) => ({
      code,
      type,
      input,
      output,
      inOut: inOutOf(type),
      symbol,
      baseUrl,
      isPriced: index % 3 === 0,
    })),
  );
}

/** The demo catalogue of Model Router: vendors' models, then the account's own, then rows with odd values. */
export function demoRouterModels(): RouterModel[] {
  const vendorModels = FAMILIES.flatMap(modelsOfFamily);
  return [...vendorModels, ...CUSTOM_MODELS]
    .map((model, index) => ({ id: BigInt(index + 1), ...model }))
    .concat(ODD_MODELS);
}

type UnnumberedModel = Omit<RouterModel, 'id'>;

function modelsOfFamily({ symbol, baseUrl, table, disabled = [] }: RouterFamily): UnnumberedModel[] {
  return readTable(COLUMNS, table).map((row, index) => {
    const createdMs = Date.parse(`${row.released}T02:00:00Z`) + index * 60_000;
    const version = index % 4;
    return {
      name: row.name,
      description: row.description,
      symbol,
      tags: row.tags,
      tagNames: tagDisplayNames(row.tags),
      modelCode: row.code,
      modelType: row.type,
      apiKeyPreview: `sk-${symbol.slice(0, 3)}****${row.code.slice(-3)}`,
      baseUrl,
      maxInputLength: row.input,
      maxOutputLength: row.output,
      isCustom: false,
      deleteTag: disabled.includes(row.code) ? 1 : 0,
      gmtCreate: timestamp(createdMs),
      gmtModified: timestamp(createdMs + version * DAY_MS),
      version,
      inOut: index % 2 === 0 ? inOutOf(row.type) : '',
      extensions: ['', '{}', JSON.stringify({ series: row.code.split('-')[0] })][index % 3] ?? '',
    };
  });
}

function inOutOf(modelType: string): string {
  if (modelType === 'ASR') return 'audio';
  return modelType.startsWith('Image') ? 'image' : 'text';
}

const CUSTOM_BASE: UnnumberedModel = {
  name: '',
  description: '',
  symbol: 'custom',
  tags: 'TXT_GEN',
  tagNames: '文本生成',
  modelCode: '',
  modelType: 'Chat',
  apiKeyPreview: 'sk-int****001',
  baseUrl: 'https://llm.internal.example.com/v1',
  maxInputLength: '32K',
  maxOutputLength: '8K',
  isCustom: true,
  deleteTag: 0,
  gmtCreate: '2025-11-03T06:12:40Z',
  gmtModified: '2026-02-10T09:30:00Z',
  version: 2,
  inOut: 'text',
  extensions: '{"owner":"platform"}',
};

const CUSTOM_MODELS: readonly UnnumberedModel[] = [
  {
    ...CUSTOM_BASE,
    name: '客服问答微调模型',
    modelCode: 'customer-service-qwen-7b',
    description: '客服团队',
  },
  { ...CUSTOM_BASE, name: 'Contract review', modelCode: 'contract-review-v2', description: 'Legal team' },
  { ...CUSTOM_BASE, name: '内部代码助手', modelCode: 'internal-coder-32b', tags: 'CODE', tagNames: '代码' },
  { ...CUSTOM_BASE, name: 'Risk scoring (retired)', modelCode: 'risk-scoring', deleteTag: 1 },
];

const { description, inOut, extensions, gmtModified, ...WITHOUT_OPTIONAL } = CUSTOM_BASE;

/** Values that the documentation shows as real: an id beyond 2^53, empty texts, fields left out. */
const ODD_MODELS: readonly RouterModel[] = [
  {
    id: 9007199254740993n,
    ...WITHOUT_OPTIONAL,
    name: 'Imported from an older region',
    modelCode: 'legacy-import',
  },
  {
    id: 9007199254740995n,
    ...CUSTOM_BASE,
    name: '',
    modelCode: 'nameless-model',
    tags: '',
    tagNames: '',
    maxInputLength: '',
    maxOutputLength: '',
    baseUrl: '',
    apiKeyPreview: '',
  },
];
