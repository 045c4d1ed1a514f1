import { createServer } from 'node:http';
import SchemaBuilder from '@pothos/core';
import DataLoader from 'dataloader';
import { createYoga } from 'graphql-yoga';
import {
  type Join,
  type ModelRow,
  type OfferRow,
  openJoin,
  type PaiModelRow,
  type ProviderRow,
  type Read,
  type ServiceRow,
  type Upstream,
  upstreamOf,
  type VersionRow,
} from './rows.ts';

/* Yoga with Pothos and DataLoader, as each documents itself. Arguments: port, address of the backends. */

const [port, origin] = process.argv.slice(2);

interface Context {
  readonly upstream: Upstream;
  readonly models: DataLoader<string, ModelRow>;
  readonly versions: DataLoader<string, readonly VersionRow[]>;
  readonly join: Join;
}

const builder = new SchemaBuilder<{ Context: Context }>({});

const model = builder.objectRef<ModelRow>('Model').implement({
  fields: (t) => ({
    sourceId: t.id({ resolve: (row) => String(row.id) }),
    name: t.string({ resolve: (row) => row.name }),
    description: t.string({ nullable: true, resolve: (row) => row.description }),
    vendor: t.string({ nullable: true, resolve: (row) => row.symbol }),
    category: t.string({ nullable: true, resolve: (row) => row.modelType }),
    modelCode: t.string({ nullable: true, resolve: (row) => row.modelCode }),
    maxInputLength: t.string({ nullable: true, resolve: (row) => row.maxInputLength }),
    maxOutputLength: t.string({ nullable: true, resolve: (row) => row.maxOutputLength }),
    createdAt: t.string({ nullable: true, resolve: (row) => row.gmtCreate }),
    updatedAt: t.string({ nullable: true, resolve: (row) => row.gmtModified }),
  }),
});

const modelConnection = builder.objectRef<{ nodes: readonly ModelRow[] }>('ModelConnection').implement({
  fields: (t) => ({ nodes: t.field({ type: [model], resolve: ({ nodes }) => [...nodes] }) }),
});

const service = builder.objectRef<ServiceRow>('ModelService').implement({
  fields: (t) => ({
    sourceId: t.id({ resolve: (row) => row.ModelServiceId }),
    name: t.string({ resolve: (row) => row.Name }),
    vendor: t.string({ nullable: true, resolve: (row) => row.Vendor }),
    category: t.string({ nullable: true, resolve: (row) => row.ModelCategory }),
    rawProtocol: t.string({ nullable: true, resolve: (row) => row.Protocol }),
    rawStatus: t.string({ nullable: true, resolve: (row) => row.Status }),
    baseUrl: t.string({ nullable: true, resolve: (row) => row.BaseUrl }),
    createdAt: t.string({ nullable: true, resolve: (row) => row.GmtCreated }),
    models: t.field({
      type: modelConnection,
      nullable: true,
      resolve: async (row, _args, { join }) => ({ nodes: await join.modelsOf(row) }),
    }),
  }),
});

const serviceConnection = builder
  .objectRef<{ totalCount: number; nodes: readonly ServiceRow[] }>('ModelServiceConnection')
  .implement({
    fields: (t) => ({
      totalCount: t.exposeInt('totalCount', { nullable: true }),
      nodes: t.field({ type: [service], resolve: ({ nodes }) => [...nodes] }),
    }),
  });

const providerModel = builder.objectRef<OfferRow>('ProviderModel').implement({
  fields: (t) => ({
    identifier: t.string({ resolve: (row) => row.identifier }),
    category: t.string({ nullable: true, resolve: (row) => row.type }),
    inOut: t.string({ nullable: true, resolve: (row) => row.inOut }),
    maxInputLength: t.string({ nullable: true, resolve: (row) => row.inputToken }),
    maxOutputLength: t.string({ nullable: true, resolve: (row) => row.outputToken }),
  }),
});

const provider = builder.objectRef<ProviderRow>('Provider').implement({
  fields: (t) => ({
    name: t.string({ resolve: (row) => row.name }),
    symbol: t.string({ resolve: (row) => row.symbol }),
    models: t.field({ type: [providerModel], resolve: (row) => [...row.models] }),
  }),
});

const version = builder.objectRef<VersionRow>('Version').implement({
  fields: (t) => ({
    versionName: t.string({ resolve: (row) => row.VersionName }),
    description: t.string({ nullable: true, resolve: (row) => row.VersionDescription }),
    uri: t.string({ nullable: true, resolve: (row) => row.Uri }),
    approvalStatus: t.string({ nullable: true, resolve: (row) => row.ApprovalStatus }),
    formatType: t.string({ nullable: true, resolve: (row) => row.FormatType }),
    frameworkType: t.string({ nullable: true, resolve: (row) => row.FrameworkType }),
    createdAt: t.string({ nullable: true, resolve: (row) => row.GmtCreateTime }),
  }),
});

const versionConnection = builder.objectRef<{ nodes: readonly VersionRow[] }>('VersionConnection').implement({
  fields: (t) => ({ nodes: t.field({ type: [version], resolve: ({ nodes }) => [...nodes] }) }),
});

const paiModel = builder.objectRef<PaiModelRow>('PaiModel').implement({
  fields: (t) => ({
    sourceId: t.id({ resolve: (row) => row.ModelId }),
    name: t.string({ resolve: (row) => row.ModelName }),
    domain: t.string({ nullable: true, resolve: (row) => row.Domain }),
    task: t.string({ nullable: true, resolve: (row) => row.Task }),
    versions: t.field({
      type: versionConnection,
      nullable: true,
      args: { first: t.arg.int({ defaultValue: 20 }) },
      resolve: async (row, _args, { versions }) => ({ nodes: await versions.load(row.ModelId) }),
    }),
  }),
});

const paiModelConnection = builder
  .objectRef<{ nodes: readonly PaiModelRow[] }>('PaiModelConnection')
  .implement({
    fields: (t) => ({ nodes: t.field({ type: [paiModel], resolve: ({ nodes }) => [...nodes] }) }),
  });

const paiModelFilter = builder.inputType('PaiModelFilter', { fields: (t) => ({ name: t.string() }) });

builder.queryType({
  fields: (t) => ({
    modelServices: t.field({
      type: serviceConnection,
      nullable: true,
      args: { gatewaySourceId: t.arg.id({ required: true }), first: t.arg.int({ defaultValue: 20 }) },
      resolve: async (_root, { gatewaySourceId, first }, { upstream }) => {
        const page = await upstream.services(String(gatewaySourceId), first ?? 20);
        const nodes = page.Items.map((row) => ({ ...row, gateway: String(gatewaySourceId) }));
        return { totalCount: page.TotalRecordCount, nodes };
      },
    }),
    model: t.field({
      type: model,
      nullable: true,
      args: { sourceId: t.arg.id({ required: true }) },
      resolve: (_root, { sourceId }, { models }) => models.load(String(sourceId)),
    }),
    providers: t.field({
      type: [provider],
      nullable: true,
      resolve: async (_root, _args, { upstream }) => [...(await upstream.providers()).data],
    }),
    paiModels: t.field({
      type: paiModelConnection,
      nullable: true,
      args: { first: t.arg.int({ defaultValue: 20 }), filter: t.arg({ type: paiModelFilter }) },
      resolve: async (_root, { first, filter }, { upstream }) => ({
        nodes: (await upstream.paiModels(filter?.name ?? undefined, first ?? 20)).Models,
      }),
    }),
  }),
});

function openContext(): Context {
  const read: Read = async <Answer>(method: 'GET' | 'POST', path: string, action: string) => {
    const response = await fetch(`${origin}${path}`, { method, headers: { 'x-acs-action': action } });
    return (await response.json()) as Answer;
  };
  const upstream = upstreamOf(read);
  return {
    upstream,
    models: new DataLoader((ids) => Promise.all(ids.map(async (id) => (await upstream.model(id)).data))),
    versions: new DataLoader((ids) =>
      Promise.all(ids.map(async (id) => (await upstream.versions(id, 3)).Versions)),
    ),
    join: openJoin(upstream),
  };
}

const yoga = createYoga<object, Context>({ schema: builder.toSchema(), context: openContext });
createServer(yoga as never).listen(Number(port), '127.0.0.1');
