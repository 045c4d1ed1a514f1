/**
 * The backends as Tailcall has them declared: the vendor's own names, one worker, no cache.
 *
 * @param joinsRequests whether equal requests under way, and equal reads of them, are one
 */
export function tailcallSchema(port: number, upstream: string, joinsRequests: boolean): string {
  const dedupe = joinsRequests ? ', dedupe: true' : '';
  const http = (
    method: 'GET' | 'POST',
    path: string,
    action: string,
    query: Readonly<Record<string, string>>,
  ) => {
    const parameters = Object.entries(query).map(([key, value]) => `{ key: "${key}", value: "${value}" }`);
    return `@http(url: "${upstream}${path}", method: "${method}", query: [${parameters.join(', ')}], headers: [{ key: "x-acs-action", value: "${action}" }]${dedupe})`;
  };
  return `
schema @server(port: ${port}, hostname: "127.0.0.1", workers: 1) @upstream(httpCache: 0) { query: Query }

type Query {
  modelServices(gatewaySourceId: ID!, first: Int!): ModelServiceConnection ${http('POST', '/', 'DescribeModelServices', { RegionId: 'cn-beijing', GwClusterId: '{{.args.gatewaySourceId}}', PageNumber: '1', PageSize: '{{.args.first}}' })}
  model(sourceId: ID!): ModelEnvelope ${http('GET', '/api/v1/modelRouter/open/models/{{.args.sourceId}}', 'ModelRouterQueryModel', {})}
  providers: ProvidersEnvelope ${http('GET', '/api/v1/modelRouter/open/nacos/providers', 'ModelRouterQueryNacosProviders', {})}
  paiModels(first: Int!, filter: PaiModelFilter): PaiModelConnection ${http('GET', '/api/v1/models', 'ListModels', { PageNumber: '1', PageSize: '{{.args.first}}', ModelName: '{{.args.filter.name}}' })}
}
input PaiModelFilter { name: String }
type ModelEnvelope { data: Model }
type ProvidersEnvelope { data: [Provider!] }
type ModelServiceConnection { TotalRecordCount: Int Items: [ModelService!]! }
type ModelService {
  ModelServiceId: ID!
  Name: String!
  Vendor: String
  ModelCategory: String
  Protocol: String
  Status: String
  BaseUrl: String
  GmtCreated: String
}
type Model {
  id: Int!
  name: String!
  description: String
  symbol: String
  modelType: String
  modelCode: String
  maxInputLength: String
  maxOutputLength: String
  gmtCreate: String
  gmtModified: String
}
type Provider { name: String! symbol: String! models: [ProviderModel!]! }
type ProviderModel { identifier: String! type: String inOut: String inputToken: String outputToken: String }
type PaiModelConnection { Models: [PaiModel!]! @modify(name: "nodes") }
type PaiModel {
  ModelId: ID!
  ModelName: String!
  Domain: String
  Task: String
  versions(first: Int!): VersionConnection ${http('GET', '/api/v1/models/{{.value.ModelId}}/versions', 'ListModelVersions', { PageNumber: '1', PageSize: '{{.args.first}}' })}
}
type VersionConnection { Versions: [Version!]! }
type Version {
  VersionName: String!
  VersionDescription: String
  Uri: String
  ApprovalStatus: String
  FormatType: String
  FrameworkType: String
  GmtCreateTime: String
}
`;
}
