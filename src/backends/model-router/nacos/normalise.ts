import type { ModelProvider, ModelProviderModel, ModelTag } from '../../../domain/model-provider.ts';
import { maskUrl } from '../../../domain/secret-text.ts';
import { parseTokenCount } from '../../../domain/token-count.ts';
import type { NoteOdd } from '../../lenient.ts';
import { parsedText, textOf } from '../../normal-text.ts';
import { jsonOrText } from '../normalise.ts';
import type { ProviderWire, TagWire } from './wire.ts';

/** A vendor as the graph has it; undefined for one without a symbol, by which models name it. */
export function toProvider(wire: ProviderWire, noteOdd: NoteOdd): ModelProvider | undefined {
  const symbol = textOf(wire.symbol);
  if (symbol === undefined) {
    noteOdd('symbol');
    return undefined;
  }
  return {
    name: textOf(wire.name) ?? symbol,
    symbol,
    baseUrl: parsedText(noteOdd, 'baseUrl', wire.baseUrl, maskUrl),
    models: (wire.models ?? []).flatMap((model) => toProviderModel(model, noteOdd) ?? []),
  };
}

function toProviderModel(
  wire: NonNullable<ProviderWire['models']>[number],
  noteOdd: NoteOdd,
): ModelProviderModel | undefined {
  const identifier = textOf(wire?.identifier);
  if (wire === null || identifier === undefined) {
    noteOdd('models.identifier');
    return undefined;
  }
  const maxInputLength = textOf(wire.inputToken);
  const maxOutputLength = textOf(wire.outputToken);
  return {
    identifier,
    category: textOf(wire.type),
    inOut: textOf(wire.inOut),
    maxInputLength,
    maxOutputLength,
    maxInputTokens: parsedText(noteOdd, 'models.inputToken', maxInputLength, parseTokenCount),
    maxOutputTokens: parsedText(noteOdd, 'models.outputToken', maxOutputLength, parseTokenCount),
    extensions: jsonOrText(wire.extensions),
  };
}

/** A tag as the graph has it; undefined for one without a code. */
export function toTag(wire: TagWire, noteOdd: NoteOdd): ModelTag | undefined {
  const code = textOf(wire.value) ?? textOf(wire.tag);
  if (code === undefined) {
    noteOdd('value');
    return undefined;
  }
  return { code, name: textOf(wire.label) ?? textOf(wire.tagName) ?? code };
}
