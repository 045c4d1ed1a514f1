import type { Join, PaiModelRow, ServiceRow, Upstream } from './rows.ts';

/** The part of the graph that the queries ask for. */
export const typeDefs = /* GraphQL */ `
  type Query {
    modelServices(gatewaySourceId: ID!, first: Int): ModelServiceConnection
    model(sourceId: ID!): Model
    providers: [Provider!]
    paiModels(first: Int, filter: PaiModelFilter): PaiModelConnection
  }
  input PaiModelFilter { name: String }
  type ModelServiceConnection { totalCount: Int nodes: [ModelService!]! }
  type ModelService {
    sourceId: ID!
    name: String!
    vendor: String
    category: String
    rawProtocol: String
    rawStatus: String
    baseUrl: String
    createdAt: String
    models: ModelConnection
  }
  type ModelConnection { nodes: [Model!]! }
  type Model {
    sourceId: ID!
    name: String!
    description: String
    vendor: String
    category: String
    modelCode: String
    maxInputLength: String
    maxOutputLength: String
    createdAt: String
    updatedAt: String
  }
  type Provider { name: String! symbol: String! models: [ProviderModel!]! }
  type ProviderModel {
    identifier: String!
    category: String
    inOut: String
    maxInputLength: String
    maxOutputLength: String
  }
  type PaiModelConnection { nodes: [PaiModel!]! }
  type PaiModel {
    sourceId: ID!
    name: String!
    domain: String
    task: String
    versions(first: Int): VersionConnection
  }
  type VersionConnection { nodes: [Version!]! }
  type Version {
    versionName: String!
    description: String
    uri: String
    approvalStatus: String
    formatType: String
    frameworkType: String
    createdAt: String
  }
`;

/** What a request's context holds. */
export interface Context {
  readonly upstream: Upstream;
  readonly join: Join;
}

interface Args {
  readonly gatewaySourceId: string;
  readonly sourceId: string;
  readonly first: number;
  readonly filter?: { readonly name?: string };
}
const from = (name: string) => (row: Readonly<Record<string, unknown>>) => row[name];

/** Resolvers over it: each field reads its own from the row of the wire. */
export const resolvers = {
  Query: {
    modelServices: async (_root: unknown, { gatewaySourceId, first }: Args, { upstream }: Context) => {
      const page = await upstream.services(gatewaySourceId, first);
      return {
        totalCount: page.TotalRecordCount,
        nodes: page.Items.map((row) => ({ ...row, gateway: gatewaySourceId })),
      };
    },
    model: async (_root: unknown, { sourceId }: Args, { upstream }: Context) =>
      (await upstream.model(sourceId)).data,
    providers: async (_root: unknown, _args: Args, { upstream }: Context) =>
      (await upstream.providers()).data,
    paiModels: async (_root: unknown, { first, filter }: Args, { upstream }: Context) => ({
      nodes: (await upstream.paiModels(filter?.name, first)).Models,
    }),
  },
  ModelService: {
    sourceId: from('ModelServiceId'),
    name: from('Name'),
    vendor: from('Vendor'),
    category: from('ModelCategory'),
    rawProtocol: from('Protocol'),
    rawStatus: from('Status'),
    baseUrl: from('BaseUrl'),
    createdAt: from('GmtCreated'),
    models: async (row: ServiceRow, _args: Args, { join }: Context) => ({ nodes: await join.modelsOf(row) }),
  },
  Model: {
    sourceId: from('id'),
    vendor: from('symbol'),
    category: from('modelType'),
    createdAt: from('gmtCreate'),
    updatedAt: from('gmtModified'),
  },
  ProviderModel: {
    category: from('type'),
    maxInputLength: from('inputToken'),
    maxOutputLength: from('outputToken'),
  },
  PaiModel: {
    sourceId: from('ModelId'),
    name: from('ModelName'),
    domain: from('Domain'),
    task: from('Task'),
    versions: async (row: PaiModelRow, { first }: Args, { upstream }: Context) => ({
      nodes: (await upstream.versions(row.ModelId, first)).Versions,
    }),
  },
  Version: {
    versionName: from('VersionName'),
    description: from('VersionDescription'),
    uri: from('Uri'),
    approvalStatus: from('ApprovalStatus'),
    formatType: from('FormatType'),
    frameworkType: from('FrameworkType'),
    createdAt: from('GmtCreateTime'),
  },
};
