import { parseInstant } from '../../../domain/instant.ts';
import { type JsonValue, toJsonValue } from '../../../domain/json-value.ts';
import type { ModelApi } from '../../../domain/model-api.ts';
import { parseExactJson } from '../../../transport/json.ts';
import type { NoteOdd } from '../../lenient.ts';
import { parsedText, textOf } from '../../normal-text.ts';
import { toProtocol } from '../normalise.ts';
import type { ModelApiWire } from './wire.ts';

/** A model API with its rules exactly as they are stored. */
export interface StoredModelApi {
  readonly api: ModelApi;
  readonly routeRules: string | undefined;
}

/** A row of the backend for the graph and for writing it back; undefined for one without an id. */
export function toStoredModelApi(
  wire: ModelApiWire,
  place: { readonly region: string; readonly gatewaySourceId: string },
  noteOdd: NoteOdd,
): StoredModelApi | undefined {
  const sourceId = textOf(wire.ModelApiId);
  if (sourceId === undefined) {
    noteOdd('ModelApiId');
    return undefined;
  }
  const rawProtocol = textOf(wire.Protocol);
  const routeRules = toText(wire.RouteRules);
  const api: ModelApi = {
    type: 'ModelApi',
    sourceId,
    ...place,
    name: textOf(wire.Name) ?? sourceId,
    category: textOf(wire.Category),
    protocol: toProtocol(rawProtocol),
    rawProtocol,
    pathPrefix: textOf(wire.PathPrefix),
    status: textOf(wire.Status),
    recordInput: textOf(wire.RecordInput),
    recordOutput: textOf(wire.RecordOutput),
    routeRules: routeRules === undefined ? undefined : toRouteRules(routeRules),
    createdAt: parsedText(noteOdd, 'GmtCreated', wire.GmtCreated, parseInstant),
  };
  return { api, routeRules };
}

function toText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return textOf(typeof value === 'string' ? value : JSON.stringify(toJsonValue(value)));
}

/** The documented example lacks a comma: text that is no JSON is passed on as it is. */
function toRouteRules(text: string): JsonValue | undefined {
  try {
    return toJsonValue(parseExactJson(text));
  } catch {
    return text;
  }
}
