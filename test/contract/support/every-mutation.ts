import type { TestGateway } from '../../support/gateway.ts';
import { dataOf } from './backend-cases.ts';

/** A mutation that succeeds on the sandbox's data. */
export interface MutationCase {
  readonly name: string;
  readonly source: string;
  readonly input: Readonly<Record<string, unknown>>;
}

interface Found {
  readonly models: { readonly nodes: readonly { readonly id: string; readonly billingRules: Nodes }[] };
  readonly paiModels: {
    readonly nodes: readonly { readonly id: string; readonly labels: Labels; readonly versions: Versions }[];
  };
  readonly aiGateway: {
    readonly sourceId: string;
    readonly modelServices: { readonly nodes: readonly { readonly id: string; readonly costRules: Nodes }[] };
    readonly modelApis: Nodes;
  };
}
type Nodes = { readonly nodes: readonly { readonly id: string }[] };
type Labels = readonly { readonly key: string }[];
type Versions = { readonly nodes: readonly { readonly id: string; readonly labels: Labels }[] };

const GATEWAY_SOURCE_ID = 'pg-6713xu76l98vu7';

const FIND = `query ($gateway: ID!) {
  models(first: 100) { nodes { id billingRules(first: 1) { nodes { id } } } }
  paiModels(first: 20) { nodes { id labels { key } versions(first: 2) { nodes { id labels { key } } } } }
  aiGateway(sourceId: $gateway) {
    sourceId
    modelServices(first: 5) { nodes { id costRules(first: 1) { nodes { id } } } }
    modelApis(first: 1) { nodes { id } }
  }
}`;

/** Every mutation of the graph with an input that its backend would carry out. */
export async function everyMutation(gateway: TestGateway): Promise<readonly MutationCase[]> {
  const { models, paiModels, aiGateway } = dataOf<Found>(
    await gateway.query(FIND, { gateway: GATEWAY_SOURCE_ID }),
  );
  const [model] = models.nodes;
  const rule = models.nodes.flatMap(({ billingRules }) => billingRules.nodes)[0];
  const paiModel = paiModels.nodes.find(({ labels }) => labels.length > 0);
  const version = paiModels.nodes
    .flatMap(({ versions }) => versions.nodes)
    .find(({ labels }) => labels.length > 0);
  const service = aiGateway.modelServices.nodes.find(({ costRules }) => costRules.nodes.length > 0);
  const costRule = service?.costRules.nodes[0];
  const [api] = aiGateway.modelApis.nodes;
  const name = 'changed';
  const labels = [{ key: 'new', value: '1' }];
  const onGateway = { gatewaySourceId: aiGateway.sourceId, name: 'made', category: 'text' };
  const cases: Readonly<Record<string, Readonly<Record<string, MutationCase['input']>>>> = {
    MODEL_ROUTER: {
      createModel: { name: 'made', modelCode: 'made' },
      createModels: {
        vendor: 'alibaba',
        apiKey: 'key of a batch',
        models: [{ name: 'made', modelCode: 'made', category: 'Chat' }],
      },
      updateModel: { id: model?.id, name },
      deleteModel: { id: model?.id },
      createBillingRule: { modelId: model?.id },
      updateBillingRule: { id: rule?.id, version: 2 },
    },
    PAI: {
      createPaiModel: { name: 'made' },
      updatePaiModel: { id: paiModel?.id, name },
      deletePaiModel: { id: paiModels.nodes.find(({ versions }) => versions.nodes.length === 0)?.id },
      addPaiModelLabels: { id: paiModel?.id, labels },
      removePaiModelLabels: { id: paiModel?.id, keys: [paiModel?.labels[0]?.key] },
      createPaiModelVersion: { modelId: paiModel?.id, uri: 'https://models.example/made/' },
      updatePaiModelVersion: { id: version?.id, description: name },
      deletePaiModelVersion: { id: version?.id },
      addPaiModelVersionLabels: { id: version?.id, labels },
      removePaiModelVersionLabels: { id: version?.id, keys: [version?.labels[0]?.key] },
    },
    AI_GATEWAY: {
      createModelService: {
        ...{ ...onGateway, protocol: 'OPENAI', vendor: 'bailian' },
        ...{ baseUrl: 'https://example.com/v1', apiKey: 'key of a service' },
      },
      updateModelService: { id: service?.id, name },
      deleteModelService: { id: service?.id },
      createCostRule: { modelServiceId: service?.id, modelName: 'made' },
      updateCostRule: { id: costRule?.id, inputCostPointsPerMillion: '2' },
      deleteCostRule: { id: costRule?.id },
      createModelApi: {
        ...onGateway,
        protocol: 'OPENAI',
        pathPrefix: '/made',
        routeRules: [{ RuleName: 'r' }],
      },
      updateModelApi: { id: api?.id, pathPrefix: '/changed' },
      deleteModelApi: { id: api?.id },
    },
  };
  return Object.entries(cases).flatMap(([source, mutations]) =>
    Object.entries(mutations).map(([mutation, input]) => ({ name: mutation, source, input })),
  );
}
