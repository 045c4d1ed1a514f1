import type { Arguments } from '../parameters.ts';
import { Refusal } from '../refusal.ts';

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

/** A cost rule as DescribeCostRules answers it. */
export interface CostRule {
  /** 32 hex characters. */
  readonly CostRuleId: string;
  readonly GwClusterId: string;
  readonly ModelServiceId: string;
  /** Written as ModelName; any text, also one that no service and no model is called. */
  readonly Model: string;
  /** Points per million tokens, decimal text. */
  readonly InputCostPointsPerMillion: string;
  readonly OutputCostPointsPerMillion: string;
  readonly CacheCostPointsPerMillion: string;
  readonly EffectiveTargetType: string;
  /** Empty for everybody. */
  readonly EffectiveTargetValue: string;
  /** With an offset. */
  readonly GmtCreated: string;
  /** Without a zone. */
  readonly GmtModified: string;
}

/** A model API as DescribeModelApis answers it. */
export interface ModelApi {
  readonly ModelApiId: string;
  readonly Name: string;
  /** Written as ModelCategory. */
  readonly Category: string;
  readonly Protocol: string;
  readonly PathPrefix: string;
  readonly Status: string;
  readonly RecordInput?: string;
  readonly RecordOutput?: string;
  /** JSON text of an array. */
  readonly RouteRules: string;
  /** Without a zone. */
  readonly GmtCreated: string;
}

/** An instance and what is set up in it. */
export interface GatewayContents {
  readonly gateway: Gateway;
  services: readonly ModelService[];
  costRules: readonly CostRule[];
  modelApis: readonly ModelApi[];
}

/** The gateways of one region. */
export type GatewayStore = readonly GatewayContents[];

/** The instance that a request names. Throws Refusal. */
export function findContents(store: GatewayStore, args: Arguments): GatewayContents {
  const region = args.text('RegionId');
  const contents = store.find(
    ({ gateway }) =>
      gateway.GwClusterId === args.text('GwClusterId') && isSameOrAbsent(region, gateway.RegionId),
  );
  if (!contents) {
    throw new Refusal(404, 'Forbidden.InstanceNotFound', 'The specified gateway instance is not found.');
  }
  return contents;
}

/** The service that a request names by id. Throws Refusal. */
export function findService({ services }: GatewayContents, args: Arguments): ModelService {
  const service = services.find(({ ModelServiceId }) => ModelServiceId === args.text('ModelServiceId'));
  return service ?? refuseUnknown('ModelServiceId');
}

/** Throws Refusal. The codes of what is missing inside an instance are not documented. */
export function refuseUnknown(name: 'ModelServiceId' | 'ModelName' | 'CostRuleId' | 'ModelApiId'): never {
  throw new Refusal(404, `Invalid${name}.NotFound`, `The specified ${name} does not exist.`);
}

export function isSameOrAbsent(wanted: string | undefined, actual: string): boolean {
  return wanted === undefined || wanted === actual;
}
