import { join } from 'node:path';
import graphqlPlugin from '@graphql-eslint/eslint-plugin';
import { withExceptions } from './support/schema-exceptions.js';

const { configs, parser } = graphqlPlugin;

/**
 * Where the schema breaks a rule and is to go on doing so: the place, and why. No rule is switched off, and an
 * exception that is no longer needed is an error.
 */
const EXCEPTIONS = {
  'strict-id-in-types': {
    '*Connection': 'A page of a list. It is what its arguments make it, and nobody asks for it by an id.',
    '*Edge': 'A place in a list. Its cursor is its name, for that list only.',
    '*Success': 'The answer of one mutation, gone with it. What it holds has the ids.',
    AiGatewayEndpoint: 'A part of its gateway: an address, which the backend gives no id.',
    CatalogEvent: 'Told once and not kept; nodeId is the id of what it speaks of.',
    CatalogSourceResult: 'How one source took part in one page.',
    CreateModelsItem: 'One line of the answer of one mutation.',
    GatewayConflictError: 'An error is an event, not a thing that is kept.',
    GatewayFieldError: 'A part of an error.',
    GatewayForbiddenError: 'An error is an event, not a thing that is kept.',
    GatewayInvalidInputError: 'An error is an event, not a thing that is kept.',
    GatewayNotFoundError: 'An error is an event, not a thing that is kept.',
    GatewayRateLimitedError: 'An error is an event, not a thing that is kept.',
    GatewayUpstreamError: 'An error is an event, not a thing that is kept.',
    ModelProvider: 'An entry of a list that is read whole; its symbol tells it apart.',
    ModelProviderModel: 'A part of its provider, told apart by its code there.',
    ModelTag: 'An entry of a list that is read whole; its code tells it apart.',
    PageInfo: 'A part of a page, named so by the Relay specification, which gives it no id.',
    PaiLabel: 'A part of what bears it, told apart by its key there.',
    PaiWorkspace: 'Read by its list only; sourceId tells it apart, and nothing here looks one up.',
    SourceError: 'An error is an event, not a thing that is kept.',
    SourceStatus: 'What this process sees at the moment; source tells it apart.',
  },
  'relay-edge-types': {
    '*Connection.nodes': 'The rows without their cursors, beside edges, for who does not page on.',
    PaiWorkspaceEdge: 'PaiWorkspace is no Node: nothing here looks one up.',
    'AiGateway.endpoints': 'A handful of addresses, told with their gateway.',
    'CatalogConnection.sources': 'One entry for each backend.',
    'CreateModelsSuccess.createdModels': 'As many as the mutation was given.',
    'CreateModelsSuccess.results': 'As many as the mutation was given.',
    'GatewayFieldError.path': 'The parts of one path.',
    'GatewayInvalidInputError.fieldErrors': 'Faults of one input, all of them at once.',
    'GatewayUpstreamError.completedSteps': 'The steps of one mutation.',
    'Model.tagNames': 'A handful of words, told with their model.',
    'Model.tags': 'A handful of words, told with their model.',
    'ModelModelServicesEdge.matchedBy': 'At most one of each reason.',
    'ModelServiceModelsEdge.matchedBy': 'At most one of each reason.',
    'ModelProvider.models': 'Read whole by one call, which has no pages.',
    'PaiModel.labels': 'A handful of words, told with their model.',
    'PaiModelVersion.labels': 'A handful of words, told with their version.',
    'PaiWorkspace.adminNames': 'A handful of names, told with their workspace.',
    'PaiWorkspace.environments': 'A handful of names, told with their workspace.',
    'Query.nodes': "The Relay specification's plural lookup: as many as it is given.",
    'Query.providers': 'Read whole by one call, which has no pages.',
    'Query.sources': 'One entry for each backend.',
    'Query.tags': 'Read whole by one call, which has no pages.',
  },
  'no-typename-prefix': {
    'Model.modelCode': "The contract's name: modelId is the vendor's word for it, and means a row elsewhere.",
    'Model.modelServices': "The contract's name: services of the gateway which the type ModelService names.",
  },
};

export default [
  {
    files: ['**/*.graphql'],
    languageOptions: {
      parser,
      parserOptions: { graphQLConfig: { schema: join(import.meta.dirname, '../../schema.graphql') } },
    },
    plugins: { '@graphql-eslint': graphqlPlugin },
    processor: withExceptions(EXCEPTIONS),
    rules: { ...configs['flat/schema-recommended'].rules, ...configs['flat/schema-relay'].rules },
  },
];
