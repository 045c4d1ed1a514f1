import { builder } from '../builder.ts';
import { payOnce } from '../cost/ledger.ts';
import { costs } from '../cost/statement.ts';
import type { ModelProvider, ModelProviderModel, ModelTag } from '../domain/model-provider.ts';

const providerModel = builder.objectRef<ModelProviderModel>('ModelProviderModel').implement({
  description: 'A model that a vendor of the Model Router offers. Upstream: ModelRouterQueryNacosProviders.',
  fields: (t) => ({
    identifier: t.exposeString('identifier', {
      nullable: false,
      description: 'The identifier callers invoke, e.g. qwen-turbo; modelCode of a Model.',
    }),
    category: t.exposeString('category', { description: 'Kind of model, e.g. Chat. Upstream: type.' }),
    inOut: t.exposeString('inOut', { description: 'Input and output data types.' }),
    maxInputLength: t.exposeString('maxInputLength', {
      description: 'Longest input as the backend has it: 32K. Upstream: inputToken.',
    }),
    maxOutputLength: t.exposeString('maxOutputLength', {
      description: 'Longest output as the backend has it: 8K. Upstream: outputToken.',
    }),
    maxInputTokens: t.expose('maxInputTokens', {
      type: 'Long',
      description: 'Longest input in tokens: 32K is 32768; null where the text is not a length.',
    }),
    maxOutputTokens: t.expose('maxOutputTokens', {
      type: 'Long',
      description: 'Longest output in tokens, read like maxInputTokens.',
    }),
    extensions: t.expose('extensions', {
      type: 'JSON',
      description: 'Anything else the backend tells, e.g. { "async": false }.',
    }),
  }),
});

const provider = builder.objectRef<ModelProvider>('ModelProvider').implement({
  description: 'A vendor that the Model Router is set up for. Upstream: ModelRouterQueryNacosProviders.',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'Name for people; else the symbol.' }),
    symbol: t.exposeString('symbol', {
      nullable: false,
      description: 'What models name it by, e.g. qwen; vendor of a Model.',
    }),
    baseUrl: t.expose('baseUrl', { type: 'URL', description: 'Its address.' }),
    models: t.field({
      type: [providerModel],
      nullable: false,
      description: 'The models it offers.',
      resolve: ({ models }) => [...models],
    }),
  }),
});

const tag = builder.objectRef<ModelTag>('ModelTag').implement({
  description: 'A tag that models of the Model Router can bear. Upstream: ModelRouterQueryNacosTags.',
  fields: (t) => ({
    code: t.exposeString('code', {
      nullable: false,
      description: 'What models are tagged with, e.g. TXT_GEN. Upstream: value, else tag.',
    }),
    name: t.exposeString('name', {
      nullable: false,
      description: 'Name for people; else the code. Upstream: label, else tagName.',
    }),
  }),
});

builder.queryFields((t) => ({
  providers: t.field({
    type: [provider],
    description:
      'The vendors that the Model Router is set up for, with the models they offer. Upstream: ModelRouterQueryNacosProviders, once a query.',
    extensions: costs(() => ({ once: [{ what: 'providers', calls: 1 }] })),
    resolve: async (_root, _args, { sessions }) => [
      ...(await payOnce('providers', () => sessions.modelRouter.providers())),
    ],
  }),
  tags: t.field({
    type: [tag],
    description:
      'The tags that models of the Model Router can bear. Upstream: ModelRouterQueryNacosTags, once a query.',
    extensions: costs(() => ({ once: [{ what: 'tags', calls: 1 }] })),
    resolve: async (_root, _args, { sessions }) => [
      ...(await payOnce('tags', () => sessions.modelRouter.tags())),
    ],
  }),
}));
