import { array, type Documentation, type DocumentedFields, oneOf, rows, values } from '../documented.ts';

const SILENT = values('RequestId');

/** Source: the value list, and `Model Studio`, which the pages of the writes print in place of bailian. */
const PROTOCOL = oneOf('openai', 'anthropic', 'bailian', 'vllm', 'Model Studio');

/** Source: `Enable` is the printed example, its opposite inferred. */
const SERVICE_STATUS = oneOf('Enable', 'Disable');

const GATEWAY = {
  ...values(
    'CreateTime',
    'DbType',
    'ExpireTime',
    'Expired',
    'GwClusterId',
    'GwDescription',
    'ModifyTime',
    'RegionId',
    'VSwitchId',
    'VpcId',
  ),
  PayType: oneOf('Postpaid', 'Prepaid'),
  Status: oneOf('CREATE', 'ACTIVATION'),
};

const SERVICE = {
  ...values(
    'ApiKey',
    'BaseUrl',
    'GmtCreated',
    'InputCostPointsPerMillion',
    'ModelCategory',
    'ModelServiceId',
    'Name',
    'OutputCostPointsPerMillion',
    'RequestCostPoints',
    'Vendor',
  ),
  Protocol: PROTOCOL,
  Status: SERVICE_STATUS,
};

const COST_RULE = {
  ...values(
    'CacheCostPointsPerMillion',
    'CostRuleId',
    'EffectiveTargetValue',
    'GmtCreated',
    'GmtModified',
    'GwClusterId',
    'InputCostPointsPerMillion',
    'Model',
    'ModelServiceId',
    'OutputCostPointsPerMillion',
  ),
  // Source: the list of the parameter of the same name.
  EffectiveTargetType: oneOf('global', 'consumerGroup', 'consumer'),
};

const MODEL_API = {
  ...values(
    'GmtCreated',
    'ModelApiId',
    'Name',
    'PathPrefix',
    'RecordInput',
    'RecordOutput',
    'RouteRules',
    'Status',
  ),
  Category: oneOf('text', 'embedding', 'rerank'),
  Protocol: PROTOCOL,
};

function page(items: DocumentedFields): DocumentedFields {
  return {
    ...values('RequestId', 'PageNumber', 'PageRecordCount', 'PageSize', 'TotalRecordCount'),
    Items: rows(items),
  };
}

/** What the AI gateway's answers are documented to hold. Source: version 2017-08-01. */
export const DOCUMENTATION = {
  DescribeGatewayList: page(GATEWAY),
  DescribeGatewayAttribute: {
    ...SILENT,
    ...GATEWAY,
    ...values('ClassCode', 'CurrentVersion', 'LatestVersion', 'RunningVersion'),
    Endpoints: array({
      ...values('Address', 'EndpointId', 'GwClusterId', 'Port', 'TunnelId', 'VpcId'),
      NetType: oneOf('Private', 'Public'),
    }),
    SecurityIPArrays: array(values('SecurityIPArrayName', 'SecurityIPArrayTag', 'SecurityIPList')),
  },
  CreateModelService: { ...values('RequestId', 'ModelServiceId'), Status: SERVICE_STATUS },
  DescribeModelServices: page(SERVICE),
  ModifyModelService: { ...values('RequestId', 'ModelServiceId'), Status: SERVICE_STATUS },
  DeleteModelService: SILENT,
  CreateCostRule: values('RequestId', 'CostRuleId'),
  DescribeCostRules: page(COST_RULE),
  ModifyCostRule: values('RequestId', 'CostRuleId'),
  DeleteCostRule: SILENT,
  CreateModelApi: values('RequestId', 'ModelApiId', 'InvokeEndpoint', 'Status'),
  DescribeModelApis: page(MODEL_API),
  ModifyModelApi: values('RequestId', 'ModelApiId'),
  DeleteModelApi: SILENT,
} satisfies Documentation;
