import { parseDecimal } from '../../domain/decimal.ts';
import { parseInstant } from '../../domain/instant.ts';
import type {
  AiGateway,
  AiGatewayDetail,
  AiGatewayEndpoint,
  ModelService,
  ModelServiceProtocol,
  ModelServiceStatus,
} from '../../domain/model-service.ts';
import { maskKey, maskUrl } from '../../domain/secret-text.ts';
import type { NoteOdd } from '../lenient.ts';
import { intOf, parsedText, textOf } from '../normal-text.ts';
import type { GatewayWire, ModelServiceWire } from './wire.ts';

/** How each protocol is sent. Source: the parameter's value list. */
export const PROTOCOL_ON_WIRE = {
  OPENAI: 'openai',
  ANTHROPIC: 'anthropic',
  BAILIAN: 'bailian',
  VLLM: 'vllm',
} as const satisfies Record<Exclude<ModelServiceProtocol, 'OTHER'>, string>;

/** How each state is sent. Source: `Enable` is documented, its opposite inferred. */
export const STATUS_ON_WIRE = {
  ENABLED: 'Enable',
  DISABLED: 'Disable',
} as const satisfies Record<Exclude<ModelServiceStatus, 'OTHER'>, string>;

/** Spellings the backend reads back, in lower case, and some that spare it. Source: `Model Studio` is the product's other name for bailian. */
const PROTOCOLS: ReadonlyMap<string, ModelServiceProtocol> = new Map([
  ['openai', 'OPENAI'],
  ['OpenAI', 'OPENAI'],
  ['anthropic', 'ANTHROPIC'],
  ['bailian', 'BAILIAN'],
  ['model studio', 'BAILIAN'],
  ['vllm', 'VLLM'],
]);

const STATUSES: ReadonlyMap<string, ModelServiceStatus> = new Map([
  ['Enable', 'ENABLED'],
  ['enable', 'ENABLED'],
  ['Disable', 'DISABLED'],
  ['disable', 'DISABLED'],
]);

/** The protocol behind any spelling of it. */
export function toProtocol(text: string | undefined): ModelServiceProtocol {
  return lookUp(PROTOCOLS, text) ?? 'OTHER';
}

/** The state behind any spelling of it. */
export function toServiceStatus(text: string | undefined): ModelServiceStatus {
  return lookUp(STATUSES, text) ?? 'OTHER';
}

function lookUp<T>(table: ReadonlyMap<string, T>, text = ''): T | undefined {
  return table.get(text) ?? table.get(text.trim().toLowerCase());
}

/** A model service with its name as it is stored, undefined where there is none: the graph has a stand-in then. */
export interface StoredService {
  readonly service: ModelService;
  readonly name: string | undefined;
}

/** Where a service was looked for. */
export interface ServicePlace {
  readonly region: string;
  readonly gatewaySourceId: string;
}

/** A row of the backend for the graph and for writing it back; undefined for one without an id. */
export function toStoredService(
  wire: ModelServiceWire,
  place: ServicePlace,
  noteOdd: NoteOdd,
): StoredService | undefined {
  const service = toModelService(wire, place, noteOdd);
  return service === undefined ? undefined : { service, name: textOf(wire.Name) };
}

/** A model service as the graph has it; undefined for one without an id. The raw key ends here, as a preview. */
export function toModelService(
  wire: ModelServiceWire,
  place: ServicePlace,
  noteOdd: NoteOdd,
): ModelService | undefined {
  const sourceId = textOf(wire.ModelServiceId);
  if (sourceId === undefined) {
    noteOdd('ModelServiceId');
    return undefined;
  }
  const rawProtocol = textOf(wire.Protocol);
  const rawStatus = textOf(wire.Status);
  return {
    type: 'ModelService',
    sourceId,
    gatewaySourceId: place.gatewaySourceId,
    region: place.region,
    name: textOf(wire.Name) ?? sourceId,
    vendor: textOf(wire.Vendor),
    category: textOf(wire.ModelCategory),
    protocol: toProtocol(rawProtocol),
    status: toServiceStatus(rawStatus),
    rawProtocol,
    rawStatus,
    baseUrl: parsedText(noteOdd, 'BaseUrl', wire.BaseUrl, maskUrl),
    apiKeyPreview: parsedText(noteOdd, 'ApiKey', wire.ApiKey, maskKey),
    inputCostPointsPerMillion: parsedText(
      noteOdd,
      'InputCostPointsPerMillion',
      wire.InputCostPointsPerMillion,
      parseDecimal,
    ),
    outputCostPointsPerMillion: parsedText(
      noteOdd,
      'OutputCostPointsPerMillion',
      wire.OutputCostPointsPerMillion,
      parseDecimal,
    ),
    requestCostPoints: parsedText(noteOdd, 'RequestCostPoints', wire.RequestCostPoints, parseDecimal),
    createdAt: parsedText(noteOdd, 'GmtCreated', wire.GmtCreated, parseInstant),
  };
}

/** A gateway as the graph has it, with its endpoints where the answer has them; undefined for one without an id. */
export function toGatewayDetail(
  wire: GatewayWire,
  region: string,
  noteOdd: NoteOdd,
): AiGatewayDetail | undefined {
  const sourceId = textOf(wire.GwClusterId);
  if (sourceId === undefined) {
    noteOdd('GwClusterId');
    return undefined;
  }
  const gateway: AiGateway = {
    type: 'AiGateway',
    sourceId,
    region,
    description: textOf(wire.GwDescription),
    status: textOf(wire.Status),
    createdAt: parsedText(noteOdd, 'CreateTime', wire.CreateTime, parseInstant),
    updatedAt: parsedText(noteOdd, 'ModifyTime', wire.ModifyTime, parseInstant),
    expiresAt: parsedText(noteOdd, 'ExpireTime', wire.ExpireTime, parseInstant),
  };
  return { gateway, endpoints: wire.Endpoints?.flatMap((endpoint) => toEndpoint(endpoint, noteOdd)) };
}

function toEndpoint(
  endpoint: NonNullable<GatewayWire['Endpoints']>[number],
  noteOdd: NoteOdd,
): readonly AiGatewayEndpoint[] {
  if (endpoint === null || endpoint === undefined) return [];
  return [
    {
      address: parsedText(noteOdd, 'Endpoints.Address', endpoint.Address, toAddress),
      port: parsedText(noteOdd, 'Endpoints.Port', endpoint.Port, intOf),
      netType: textOf(endpoint.NetType),
    },
  ];
}

/** A bare host as it is; where a whole URL stands instead, masked as one. */
export function toAddress(text: string): string | undefined {
  return text.includes('://') ? maskUrl(text) : text.slice(text.lastIndexOf('@') + 1).replace(/[?#].*$/s, '');
}
