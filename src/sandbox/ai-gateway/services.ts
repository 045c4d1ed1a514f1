import { resourceId, timestamp } from '../identifiers.ts';
import type { Operation, Setting } from '../operation.ts';
import { type Arguments, type Parameter, textParameters } from '../parameters.ts';
import { Refusal } from '../refusal.ts';
import {
  GATEWAY_PARAMETERS,
  PAGE_PARAMETERS,
  PROTOCOL_SPELLINGS,
  pageOf,
  plainProtocol,
  pointsParameters,
  RPC,
} from './rpc.ts';
import {
  findContents,
  findService,
  type GatewayStore,
  isSameOrAbsent,
  type ModelService,
  refuseUnknown,
} from './store.ts';

/** Creating, listing, changing and deleting the model services of an instance. */
export function serviceOperations(store: GatewayStore, setting: Setting): readonly Operation[] {
  let created = 0;
  const refuseTakenName = (others: readonly ModelService[], args: Arguments) => {
    if (setting.serviceNames === 'repeatable') return;
    if (!others.some(({ Name }) => Name === args.text('Name'))) return;
    // Uniqueness and its code are not documented.
    throw new Refusal(400, 'ModelServiceName.Duplicate', 'The model service name is already in use.');
  };

  return [
    {
      action: 'DescribeModelServices',
      ...RPC,
      parameters: LIST_PARAMETERS,
      answer: (args) => listServices(findContents(store, args).services, args),
    },
    {
      action: 'CreateModelService',
      ...RPC,
      parameters: CREATE_PARAMETERS,
      answer: (args) => {
        const contents = findContents(store, args);
        refuseTakenName(contents.services, args);
        created += 1;
        const service = newService(resourceId('ms-', `created ${created}`, 12), setting.now(), args);
        contents.services = [...contents.services, service];
        return { ModelServiceId: service.ModelServiceId, Status: service.Status };
      },
    },
    {
      action: 'ModifyModelService',
      ...RPC,
      parameters: [
        ...GATEWAY_PARAMETERS,
        { name: 'ModelServiceId', in: 'query', type: 'text', required: true },
        ...REQUIRED,
        ...textParameters('query', ['BaseUrl', 'ApiKey']),
        ...pointsParameters(POINTS),
      ],
      answer: (args) => {
        const contents = findContents(store, args);
        const service = findService(contents, args);
        const others = contents.services.filter((other) => other !== service);
        refuseTakenName(others, args);
        // What was not sent keeps its value; the documentation does not say.
        const modified = { ...service, ...args.texts(WRITABLE_TEXTS) };
        contents.services = contents.services.map((other) => (other === service ? modified : other));
        return { ModelServiceId: service.ModelServiceId, Status: service.Status };
      },
    },
    {
      action: 'DeleteModelService',
      ...RPC,
      parameters: [...GATEWAY_PARAMETERS, { name: 'ModelName', in: 'query', type: 'text', required: true }],
      answer: (args) => {
        const contents = findContents(store, args);
        // What the name is compared with is not documented; the samples suggest the Name of the service.
        const doomed = contents.services.filter(({ Name }) => Name === args.text('ModelName'));
        if (doomed.length === 0) refuseUnknown('ModelName');
        const ids = new Set(doomed.map(({ ModelServiceId }) => ModelServiceId));
        contents.services = contents.services.filter((service) => !doomed.includes(service));
        // Cost rules go with their service, model APIs that route to it stay; neither is documented.
        contents.costRules = contents.costRules.filter(({ ModelServiceId }) => !ids.has(ModelServiceId));
        return {};
      },
    },
  ];
}

const POINTS = ['InputCostPointsPerMillion', 'OutputCostPointsPerMillion', 'RequestCostPoints'] as const;
const WRITABLE_TEXTS = ['Name', 'ModelCategory', 'Protocol', 'BaseUrl', 'ApiKey', ...POINTS] as const;

/** What creating and modifying both require. */
const REQUIRED: readonly Parameter[] = [
  { name: 'Name', in: 'query', type: 'text', required: true },
  { name: 'ModelCategory', in: 'query', type: 'text', required: true },
  { name: 'Protocol', in: 'query', type: 'text', required: true, oneOf: PROTOCOL_SPELLINGS },
];

const LIST_PARAMETERS: readonly Parameter[] = [
  ...GATEWAY_PARAMETERS,
  { name: 'ModelServiceIds', in: 'query', type: 'text' },
  { name: 'Name', in: 'query', type: 'text' },
  { name: 'ModelCategory', in: 'query', type: 'text' },
  { name: 'Protocol', in: 'query', type: 'text', oneOf: PROTOCOL_SPELLINGS },
  { name: 'Status', in: 'query', type: 'text' },
  ...PAGE_PARAMETERS,
];

const CREATE_PARAMETERS: readonly Parameter[] = [
  ...GATEWAY_PARAMETERS,
  ...REQUIRED,
  { name: 'Vendor', in: 'query', type: 'text', required: true },
  { name: 'BaseUrl', in: 'query', type: 'text', required: true },
  { name: 'ApiKey', in: 'query', type: 'text', required: true },
  ...pointsParameters(POINTS),
];

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
