import { fromJson } from '../exact-json.ts';
import { resourceId, timestampWithoutZone } from '../identifiers.ts';
import type { Operation, Setting } from '../operation.ts';
import { type Arguments, isObject, type Parameter, textParameters } from '../parameters.ts';
import { invalidParameter } from '../refusal.ts';
import {
  GATEWAY_PARAMETERS,
  PAGE_PARAMETERS,
  PROTOCOL_SPELLINGS,
  pageOf,
  plainProtocol,
  RPC,
} from './rpc.ts';
import {
  findContents,
  type Gateway,
  type GatewayContents,
  type GatewayStore,
  isSameOrAbsent,
  type ModelApi,
  refuseUnknown,
} from './store.ts';

/** Creating, listing, changing and deleting the model APIs of an instance. */
export function modelApiOperations(store: GatewayStore, setting: Setting): readonly Operation[] {
  let created = 0;
  return [
    {
      action: 'CreateModelApi',
      ...RPC,
      parameters: [
        ...GATEWAY_PARAMETERS,
        { name: 'Name', in: 'query', type: 'text', required: true },
        ...WRITABLE,
        ...textParameters('query', ['ForceModel']),
      ],
      answer: (args) => {
        const contents = findContents(store, args);
        const written = writtenFields(args);
        created += 1;
        const api: ModelApi = {
          ModelApiId: resourceId('mi-', `created ${created}`, 12),
          Name: args.text('Name') ?? '',
          ...written,
          Status: 'Enable',
          GmtCreated: timestampWithoutZone(setting.now()),
        };
        contents.modelApis = [...contents.modelApis, api];
        const InvokeEndpoint = invokeEndpoint(contents.gateway, api.PathPrefix);
        return { ModelApiId: api.ModelApiId, InvokeEndpoint, Status: api.Status };
      },
    },
    {
      action: 'DescribeModelApis',
      ...RPC,
      parameters: LIST_PARAMETERS,
      answer: (args) => listApis(findContents(store, args), args),
    },
    {
      action: 'ModifyModelApi',
      ...RPC,
      parameters: [...GATEWAY_PARAMETERS, ID, ...WRITABLE],
      answer: (args) => {
        const contents = findContents(store, args);
        const api = findApi(contents, args);
        const modified = { ...api, ...writtenFields(args) };
        contents.modelApis = contents.modelApis.map((other) => (other === api ? modified : other));
        return { ModelApiId: api.ModelApiId };
      },
    },
    {
      action: 'DeleteModelApi',
      ...RPC,
      parameters: [...GATEWAY_PARAMETERS, ID],
      answer: (args) => {
        const contents = findContents(store, args);
        const doomed = findApi(contents, args);
        contents.modelApis = contents.modelApis.filter((api) => api !== doomed);
        return {};
      },
    },
  ];
}

const CATEGORIES = ['text', 'embedding', 'rerank'];
const ID: Parameter = { name: 'ModelApiId', in: 'query', type: 'text', required: true };

const WRITABLE: readonly Parameter[] = [
  { name: 'ModelCategory', in: 'query', type: 'text', required: true, oneOf: CATEGORIES },
  { name: 'PathPrefix', in: 'query', type: 'text', required: true },
  { name: 'Protocol', in: 'query', type: 'text', required: true, oneOf: PROTOCOL_SPELLINGS },
  { name: 'RouteRules', in: 'query', type: 'text', required: true },
  { name: 'RecordInput', in: 'query', type: 'text' },
  { name: 'RecordOutput', in: 'query', type: 'text' },
];

const LIST_PARAMETERS: readonly Parameter[] = [
  ...GATEWAY_PARAMETERS,
  { name: 'ModelApiIds', in: 'query', type: 'text' },
  { name: 'ModelCategory', in: 'query', type: 'text', oneOf: CATEGORIES },
  { name: 'Name', in: 'query', type: 'text' },
  { name: 'PathPrefix', in: 'query', type: 'text' },
  { name: 'Protocol', in: 'query', type: 'text', oneOf: PROTOCOL_SPELLINGS },
  { name: 'Status', in: 'query', type: 'text' },
  ...PAGE_PARAMETERS,
];

function findApi({ modelApis }: GatewayContents, args: Arguments): ModelApi {
  const api = modelApis.find(({ ModelApiId }) => ModelApiId === args.text('ModelApiId'));
  return api ?? refuseUnknown('ModelApiId');
}

/** Source: answers list protocols in lower case only. The rules are kept as the text that was sent. */
function writtenFields(args: Arguments) {
  return {
    Category: args.text('ModelCategory') ?? '',
    Protocol: plainProtocol(args.text('Protocol') ?? ''),
    PathPrefix: args.text('PathPrefix') ?? '',
    RouteRules: checkedRules(args.text('RouteRules') ?? ''),
    ...args.texts(['RecordInput', 'RecordOutput']),
  };
}

function checkedRules(text: string): string {
  let rules: unknown;
  try {
    rules = fromJson(text);
  } catch {
    throw invalidParameter('RouteRules', 'it is not JSON');
  }
  if (!Array.isArray(rules) || !rules.every(isObject)) {
    throw invalidParameter('RouteRules', 'a JSON array of objects is expected');
  }
  return text;
}

/** Where callers reach the API; the form is not documented. */
function invokeEndpoint({ Endpoints }: Gateway, pathPrefix: string): string {
  const { Address = '', Port = '' } = Endpoints.find(({ NetType }) => NetType === 'Public') ?? {};
  return `http://${Address}:${Port}/${pathPrefix.replace(/^\//, '')}`;
}

/** Name is fuzzy as for services and PathPrefix exact; neither is documented. */
function listApis({ modelApis }: GatewayContents, args: Arguments) {
  const ids = args.text('ModelApiIds')?.split(',');
  const protocol = args.text('Protocol');
  const matching = modelApis.filter(
    (api) =>
      (ids === undefined || ids.includes(api.ModelApiId)) &&
      api.Name.toLowerCase().includes(args.text('Name')?.toLowerCase() ?? '') &&
      isSameOrAbsent(args.text('ModelCategory'), api.Category) &&
      isSameOrAbsent(args.text('PathPrefix'), api.PathPrefix) &&
      (protocol === undefined || plainProtocol(protocol) === api.Protocol) &&
      isSameOrAbsent(args.text('Status'), api.Status),
  );
  return pageOf(matching, args);
}
