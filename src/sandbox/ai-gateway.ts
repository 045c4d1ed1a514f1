import { demoGateways } from './data/gateways.ts';
import { demoServices } from './data/services.ts';
import { resourceId, timestamp } from './identifiers.ts';
import type { Operation, Setting } from './operation.ts';
import type { Arguments, Parameter } from './parameters.ts';
import { Refusal } from './refusal.ts';

/** An AI gateway instance as DescribeGatewayAttribute answers it. */
export interface Gateway {
  readonly GwClusterId: string;
  readonly GwDescription: string;
  readonly ClassCode: string;
  readonly DbType: string;
  readonly Status: string;
  readonly PayType: string;
  readonly RegionId: string;
  readonly VpcId: string;
  readonly VSwitchId: string;
  readonly CreateTime: string;
  readonly ModifyTime: string;
  /** Empty for pay-as-you-go. */
  readonly ExpireTime: string;
  readonly Expired: boolean;
  readonly CurrentVersion: string;
  readonly LatestVersion: string;
  readonly RunningVersion: string;
  readonly Endpoints: readonly Readonly<Record<string, string>>[];
  readonly SecurityIPArrays: readonly Readonly<Record<string, string>>[];
}

/** A model service as DescribeModelServices answers it, the raw key included. */
export interface ModelService {
  readonly ModelServiceId: string;
  readonly Name: string;
  readonly ModelCategory: string;
  readonly Protocol: string;
  readonly Status: string;
  readonly BaseUrl: string;
  readonly GmtCreated?: string;
  /** Points per million tokens, decimal text. */
  readonly InputCostPointsPerMillion?: string;
  readonly OutputCostPointsPerMillion?: string;
  /** Points per request, decimal text. */
  readonly RequestCostPoints?: string;
  readonly ApiKey: string;
  readonly Vendor: string;
}

interface Store {
  readonly gateways: readonly Gateway[];
  readonly services: ReadonlyMap<string, ModelService[]>;
}

const PAGE_SIZES = ['30', '50', '100'];
const PROTOCOLS = ['openai', 'anthropic', 'bailian', 'vllm'];
/** Source: the sibling operations spell the same four protocols differently. */
const PROTOCOL_SPELLINGS = [...PROTOCOLS, 'OpenAI', 'Anthropic', 'Model Studio', 'vLLM'];

/** The operations of the AI gateway (product polardb, 2017-08-01) over its instances and their services. */
export function aiGatewayOperations(setting: Setting): readonly Operation[] {
  const gateways = setting.data === 'demo' ? demoGateways(setting.region) : [];
  const services = new Map(gateways.map(({ GwClusterId }) => [GwClusterId, demoServices(GwClusterId)]));
  const store: Store = { gateways, services };
  let created = 0;

  return [
    {
      action: 'DescribeGatewayList',
      ...RPC,
      parameters: GATEWAY_LIST_PARAMETERS,
      answer: (args) => listGateways(store, args),
    },
    {
      action: 'DescribeGatewayAttribute',
      ...RPC,
      parameters: GATEWAY_PARAMETERS,
      answer: (args) => ({ ...findGateway(store, args) }),
    },
    {
      action: 'DescribeModelServices',
      ...RPC,
      parameters: SERVICE_LIST_PARAMETERS,
      answer: (args) => listServices(servicesOf(store, args), args),
    },
    {
      action: 'CreateModelService',
      ...RPC,
      parameters: CREATE_PARAMETERS,
      answer: (args) => {
        const siblings = servicesOf(store, args);
        refuseDuplicateName(siblings, args.text('Name'));
        created += 1;
        const service = newService(resourceId('ms-', `created ${created}`, 12), setting.now(), args);
        siblings.push(service);
        return { ModelServiceId: service.ModelServiceId, Status: service.Status };
      },
    },
  ];
}

const RPC = { method: 'POST', path: '/' } as const;

const GATEWAY_PARAMETERS: readonly Parameter[] = [
  { name: 'GwClusterId', in: 'query', type: 'text', required: true },
  { name: 'RegionId', in: 'query', type: 'text' },
];

const GATEWAY_LIST_PARAMETERS: readonly Parameter[] = [
  { name: 'RegionId', in: 'query', type: 'text', required: true },
  { name: 'GwClusterId', in: 'query', type: 'text' },
  { name: 'GwDescription', in: 'query', type: 'text' },
  { name: 'PageNumber', in: 'query', type: 'int32', min: 1 },
  { name: 'PageSize', in: 'query', type: 'int32', oneOf: PAGE_SIZES },
];

const SERVICE_LIST_PARAMETERS: readonly Parameter[] = [
  ...GATEWAY_PARAMETERS,
  { name: 'ModelServiceIds', in: 'query', type: 'text' },
  { name: 'Name', in: 'query', type: 'text' },
  { name: 'ModelCategory', in: 'query', type: 'text' },
  { name: 'Protocol', in: 'query', type: 'text', oneOf: PROTOCOL_SPELLINGS },
  { name: 'Status', in: 'query', type: 'text' },
  { name: 'PageNumber', in: 'query', type: 'int32', min: 1 },
  { name: 'PageSize', in: 'query', type: 'int32', oneOf: PAGE_SIZES },
];

const POINTS = /^\d+(\.\d+)?$/;

const CREATE_PARAMETERS: readonly Parameter[] = [
  ...GATEWAY_PARAMETERS,
  { name: 'Name', in: 'query', type: 'text', required: true },
  { name: 'ModelCategory', in: 'query', type: 'text', required: true },
  { name: 'Protocol', in: 'query', type: 'text', required: true, oneOf: PROTOCOL_SPELLINGS },
  { name: 'Vendor', in: 'query', type: 'text', required: true },
  { name: 'BaseUrl', in: 'query', type: 'text', required: true },
  { name: 'ApiKey', in: 'query', type: 'text', required: true },
  { name: 'InputCostPointsPerMillion', in: 'query', type: 'text', pattern: POINTS },
  { name: 'OutputCostPointsPerMillion', in: 'query', type: 'text', pattern: POINTS },
  { name: 'RequestCostPoints', in: 'query', type: 'text', pattern: POINTS },
];

function listGateways({ gateways }: Store, args: Arguments) {
  const matching = gateways.filter(
    (gateway) =>
      gateway.RegionId === args.text('RegionId') &&
      isSameOrAbsent(args.text('GwClusterId'), gateway.GwClusterId) &&
      gateway.GwDescription.includes(args.text('GwDescription') ?? ''),
  );
  const { Items, ...numbers } = pageOf(matching, args);
  // This one list has its numbers as text.
  const texts = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
  return { ...texts, Items: Items.map(listedGateway) };
}

function listedGateway(gateway: Gateway) {
  const { ClassCode, CurrentVersion, LatestVersion, RunningVersion, Endpoints, SecurityIPArrays, ...rest } =
    gateway;
  // The samples of the two operations name the database differently.
  return { ...rest, DbType: 'polardb_mysql' };
}

function findGateway({ gateways }: Store, args: Arguments): Gateway {
  const gateway = gateways.find(
    ({ GwClusterId, RegionId }) =>
      GwClusterId === args.text('GwClusterId') && isSameOrAbsent(args.text('RegionId'), RegionId),
  );
  if (!gateway) {
    throw new Refusal(404, 'Forbidden.InstanceNotFound', 'The specified gateway instance is not found.');
  }
  return gateway;
}

function servicesOf(store: Store, args: Arguments): ModelService[] {
  return store.services.get(findGateway(store, args).GwClusterId) ?? [];
}

function listServices(services: readonly ModelService[], args: Arguments) {
  const ids = args.text('ModelServiceIds')?.split(',');
  const protocol = args.text('Protocol');
  const matching = services.filter(
    (service) =>
      (ids === undefined || ids.includes(service.ModelServiceId)) &&
      // Exact or fuzzy is not documented. Fuzzy is the harder case for a caller.
      service.Name.toLowerCase().includes(args.text('Name')?.toLowerCase() ?? '') &&
      isSameOrAbsent(args.text('ModelCategory')?.toLowerCase(), service.ModelCategory.toLowerCase()) &&
      (protocol === undefined || plainProtocol(protocol) === plainProtocol(service.Protocol)) &&
      isSameOrAbsent(args.text('Status'), service.Status),
  );
  return pageOf(matching, args);
}

/** Source: PageRecordCount repeats the page size in the published samples, however few items are listed. */
function pageOf<Item>(items: readonly Item[], args: Arguments) {
  const size = args.int32('PageSize') ?? 30;
  const page = args.int32('PageNumber') ?? 1;
  return {
    TotalRecordCount: items.length,
    PageNumber: page,
    PageSize: size,
    PageRecordCount: size,
    Items: items.slice((page - 1) * size, page * size),
  };
}

function isSameOrAbsent(wanted: string | undefined, actual: string): boolean {
  return wanted === undefined || wanted === actual;
}

function plainProtocol(protocol: string): string {
  const lower = protocol.toLowerCase();
  return lower === 'model studio' ? 'bailian' : lower;
}

function refuseDuplicateName(siblings: readonly ModelService[], name: string | undefined): void {
  if (!siblings.some((sibling) => sibling.Name === name)) return;
  // Uniqueness and its code are not documented.
  throw new Refusal(400, 'ModelServiceName.Duplicate', 'The model service name is already in use.');
}

function newService(id: string, nowMs: number, args: Arguments): ModelService {
  return {
    ModelServiceId: id,
    Name: args.text('Name') ?? '',
    ModelCategory: args.text('ModelCategory') ?? '',
    Protocol: args.text('Protocol') ?? '',
    Status: 'Enable',
    BaseUrl: args.text('BaseUrl') ?? '',
    GmtCreated: timestamp(nowMs),
    InputCostPointsPerMillion: args.text('InputCostPointsPerMillion') ?? '0',
    OutputCostPointsPerMillion: args.text('OutputCostPointsPerMillion') ?? '0',
    RequestCostPoints: args.text('RequestCostPoints') ?? '0',
    ApiKey: args.text('ApiKey') ?? '',
    Vendor: args.text('Vendor') ?? '',
  };
}
