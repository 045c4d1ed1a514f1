import type { Operation } from '../operation.ts';
import type { Arguments, Parameter } from '../parameters.ts';
import { GATEWAY_PARAMETERS, PAGE_PARAMETERS, pageOf, RPC } from './rpc.ts';
import { findContents, type Gateway, type GatewayStore, isSameOrAbsent } from './store.ts';

/** Reading and listing instances. */
export function gatewayOperations(store: GatewayStore): readonly Operation[] {
  return [
    {
      action: 'DescribeGatewayList',
      ...RPC,
      parameters: LIST_PARAMETERS,
      answer: (args) => listGateways(store, args),
    },
    {
      action: 'DescribeGatewayAttribute',
      ...RPC,
      parameters: GATEWAY_PARAMETERS,
      answer: (args) => ({ ...findContents(store, args).gateway }),
    },
  ];
}

const LIST_PARAMETERS: readonly Parameter[] = [
  { name: 'RegionId', in: 'query', type: 'text', required: true },
  { name: 'GwClusterId', in: 'query', type: 'text' },
  { name: 'GwDescription', in: 'query', type: 'text' },
  ...PAGE_PARAMETERS,
];

function listGateways(store: GatewayStore, args: Arguments) {
  const matching = store
    .map(({ gateway }) => gateway)
    .filter(
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
