import { parseInstant } from '../../domain/instant.ts';
import { type JsonValue, toJsonValue } from '../../domain/json-value.ts';
import type { Model } from '../../domain/model.ts';
import { maskPreview, maskUrl } from '../../domain/secret-text.ts';
import { parseTokenCount } from '../../domain/token-count.ts';
import { parseExactJson } from '../../transport/json.ts';
import type { NoteOdd } from '../lenient.ts';
import { intOf, parsedText, textOf } from '../normal-text.ts';
import type { ModelWire } from './wire.ts';

/** An entry as the graph has it; undefined for one without an id. What does not fit is undefined and noted. */
export function toModel(wire: ModelWire, noteOdd: NoteOdd): Model | undefined {
  const sourceId = textOf(wire.id);
  if (sourceId === undefined) {
    noteOdd('id');
    return undefined;
  }
  const modelCode = textOf(wire.modelCode);
  const maxInputLength = textOf(wire.maxInputLength);
  const maxOutputLength = textOf(wire.maxOutputLength);
  return {
    type: 'Model',
    sourceId,
    name: textOf(wire.name) ?? modelCode ?? sourceId,
    description: textOf(wire.description),
    vendor: textOf(wire.symbol),
    category: textOf(wire.modelType),
    modelCode,
    tags: toList(wire.tags),
    tagNames: toList(wire.tagNames),
    apiKeyPreview: parsedText(noteOdd, 'apiKeyPreview', wire.apiKeyPreview, maskPreview),
    baseUrl: parsedText(noteOdd, 'baseUrl', wire.baseUrl, maskUrl),
    maxInputLength,
    maxOutputLength,
    maxInputTokens: parsedText(noteOdd, 'maxInputLength', maxInputLength, parseTokenCount),
    maxOutputTokens: parsedText(noteOdd, 'maxOutputLength', maxOutputLength, parseTokenCount),
    isCustom: wire.isCustom ?? undefined,
    isEnabled: toEnabled(wire.deleteTag),
    hasBillingRule: wire.hasBillingRule ?? undefined,
    inOut: textOf(wire.inOut),
    extensions: jsonOrText(wire.extensions),
    version: parsedText(noteOdd, 'version', wire.version, intOf),
    createdAt: parsedText(noteOdd, 'gmtCreate', wire.gmtCreate, parseInstant),
    updatedAt: parsedText(noteOdd, 'gmtModified', wire.gmtModified, parseInstant),
  };
}

/** Source: one text joined by commas, no blanks. */
function toList(text: string | null | undefined): readonly string[] {
  const items: string[] = [];
  if (text === null || text === undefined) return items;
  for (const part of text.split(',')) {
    const item = part.trim();
    if (item !== '') items.push(item);
  }
  return items;
}

/** Source: `deleteTag` 0 is enabled, any other value disabled; it is the only place where the state is read back. */
export function toEnabled(deleteTag: string | null | undefined): boolean | undefined {
  const text = textOf(deleteTag);
  return text === undefined ? undefined : text === '0';
}

/** Source: a text that holds JSON, or an empty one. Text that is no JSON is passed on as it is. */
export function jsonOrText(value: unknown): JsonValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return toJsonValue(value);
  if (value.trim() === '') return undefined;
  try {
    return toJsonValue(parseExactJson(value));
  } catch {
    return value;
  }
}
