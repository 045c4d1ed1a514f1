import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { useJIT } from '@graphql-mesh/plugin-jit';
import http from '@graphql-mesh/transport-rest';

/* Hive Gateway over REST, from one subgraph written by hand, jit on. Arguments: port, address of the backends. */

const [port, origin] = process.argv.slice(2);

const ofGateway = (action: string) =>
  `@httpOperation(subgraph: "backends", httpMethod: POST, path: "/?RegionId=cn-beijing&GwClusterId={args.gatewaySourceId}&PageNumber=1&PageSize={args.first}", operationSpecificHeaders: [["x-acs-action", "${action}"]])`;
const get = (path: string, action: string) =>
  `@httpOperation(subgraph: "backends", httpMethod: GET, path: "${path}", operationSpecificHeaders: [["x-acs-action", "${action}"]])`;

const subgraph = /* GraphQL */ `
  schema @transport(subgraph: "backends", kind: "rest", location: "${origin}") { query: Query }
  directive @transport(subgraph: String, kind: String, location: String) repeatable on SCHEMA
  directive @httpOperation(subgraph: String, path: String, httpMethod: HTTPMethod, operationSpecificHeaders: [[String]]) on FIELD_DEFINITION
  enum HTTPMethod { GET POST }
  type Query {
    modelServices(gatewaySourceId: ID!, first: Int): ModelServiceConnection ${ofGateway('DescribeModelServices')}
    model(sourceId: ID!): ModelEnvelope ${get('/api/v1/modelRouter/open/models/{args.sourceId}', 'ModelRouterQueryModel')}
    providers: ProvidersEnvelope ${get('/api/v1/modelRouter/open/nacos/providers', 'ModelRouterQueryNacosProviders')}
    paiModels(first: Int, filter: PaiModelFilter): PaiModelConnection ${get('/api/v1/models?PageNumber=1&PageSize={args.first}&ModelName={args.filter.name}', 'ListModels')}
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
    id: ID!
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
  type PaiModelConnection { Models: [PaiModel!]! }
  type PaiModel {
    ModelId: ID!
    ModelName: String!
    Domain: String
    Task: String
    versions(first: Int): VersionConnection ${get('/api/v1/models/{root.ModelId}/versions?PageNumber=1&PageSize={args.first}', 'ListModelVersions')}
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

const gateway = createGatewayRuntime({
  subgraph,
  transports: { rest: http },
  plugins: () => [useJIT() as never],
  logging: false,
  landingPage: false,
});
// The runtime takes the signal, and does not end.
process.on('SIGTERM', () => process.exit(0));
createServer(gateway as never).listen(Number(port), '127.0.0.1');
