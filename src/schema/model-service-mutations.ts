import * as z from 'zod';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import {
  type CreatedModelService,
  MODEL_SERVICE_KEY,
  type ModelService,
  type NewModelService,
  PROTOCOLS,
} from '../domain/model-service.ts';
import type { Created } from '../idempotency/create.ts';
import { changedRow } from './changed-row.ts';
import { createOnce, IDEMPOTENCY_KEY, idempotencyKey, searchedBy } from './create-once.ts';
import { type CreateOutcome, createOutcome } from './create-outcome.ts';
import { deletion } from './deletion.ts';
import { asResult, resultType } from './error-types.ts';
import {
  checkInput,
  checkUpdate,
  filledText,
  globalIdText,
  httpUrl,
  newKey,
  price,
  sourceIdText,
} from './input.ts';
import { lazyRow } from './lazy-row.ts';
import { modelService, protocol } from './model-service.ts';
import { changeCosts, changeInListCosts, createCosts } from './mutation-cost.ts';
import { tellsCreated, tellsDeleted, tellsUpdated } from './mutation-events.ts';

const createModelServiceInput = builder.inputType('CreateModelServiceInput', {
  description: 'A model service to add to an AI gateway.',
  fields: (t) => ({
    gatewaySourceId: t.id({ required: true, description: 'pg-… of the gateway.' }),
    name: t.string({ required: true, description: 'Its name.' }),
    category: t.string({ required: true, description: 'e.g. text. Upstream: ModelCategory.' }),
    protocol: t.field({ type: protocol, required: true, description: 'The API it speaks. Not OTHER.' }),
    baseUrl: t.field({
      type: 'URL',
      required: true,
      description: 'The address that the gateway is to call.',
    }),
    apiKey: t.string({ required: true, description: 'Key for that address. Never read back.' }),
    vendor: t.string({ required: true, description: 'e.g. bailian. Cannot be changed later.' }),
    inputCostPointsPerMillion: t.field({
      type: 'Decimal',
      description: 'Points for a million input tokens.',
    }),
    outputCostPointsPerMillion: t.field({
      type: 'Decimal',
      description: 'Points for a million output tokens.',
    }),
    requestCostPoints: t.field({ type: 'Decimal', description: 'Points for a request.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
});

const newModelService = z.object({
  gatewaySourceId: sourceIdText,
  name: filledText,
  category: filledText,
  protocol: z.enum(PROTOCOLS).exclude(['OTHER'], 'cannot be OTHER'),
  baseUrl: httpUrl,
  apiKey: newKey,
  vendor: filledText,
  inputCostPointsPerMillion: price.optional(),
  outputCostPointsPerMillion: price.optional(),
  requestCostPoints: price.optional(),
});

const keyedModelService = newModelService.extend({ idempotencyKey });

const createModelServiceSuccess = builder
  .objectRef<{
    readonly type: 'CreateModelServiceSuccess';
    readonly modelService: ModelService;
    readonly outcome: CreateOutcome;
  }>('CreateModelServiceSuccess')
  .implement({
    description: 'The model service exists.',
    fields: (t) => ({
      modelService: t.expose('modelService', {
        type: modelService,
        nullable: false,
        description:
          'The service. The backend answers its id and state only: selecting more than these and its place reads it, once. Upstream: DescribeModelServices.',
      }),
      outcome: t.expose('outcome', {
        type: createOutcome,
        nullable: false,
        description: 'What this create did.',
      }),
    }),
  });

const updateModelServiceInput = builder.inputType('UpdateModelServiceInput', {
  description:
    'Changes of a model service. A field left out keeps its value; none can be cleared. The vendor cannot change.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id.' }),
    name: t.string({ description: 'Its name.' }),
    category: t.string({ description: 'e.g. text. Upstream: ModelCategory.' }),
    protocol: t.field({ type: protocol, description: 'The API it speaks. Not OTHER.' }),
    baseUrl: t.field({ type: 'URL', description: 'The address that the gateway is to call, whole.' }),
    apiKey: t.string({ description: 'Key for that address. Never read back.' }),
    inputCostPointsPerMillion: t.field({
      type: 'Decimal',
      description: 'Points for a million input tokens.',
    }),
    outputCostPointsPerMillion: t.field({
      type: 'Decimal',
      description: 'Points for a million output tokens.',
    }),
    requestCostPoints: t.field({ type: 'Decimal', description: 'Points for a request.' }),
  }),
});

const changeOf = (region: string) =>
  newModelService
    .omit({ gatewaySourceId: true, vendor: true })
    .partial()
    .extend({ id: globalIdText(MODEL_SERVICE_KEY, region) });

const updateModelServiceSuccess = builder
  .objectRef<{ readonly type: 'UpdateModelServiceSuccess'; readonly modelService: ModelService }>(
    'UpdateModelServiceSuccess',
  )
  .implement({
    description: 'The model service is changed.',
    fields: (t) => ({
      modelService: t.expose('modelService', {
        type: modelService,
        nullable: false,
        description:
          'The service, read again after the change. Where that read fails its fields carry the error.',
      }),
    }),
  });

const deleteModelService = deletion(MODEL_SERVICE_KEY, 'model service');

builder.mutationFields((t) => ({
  createModelService: t.field({
    type: resultType('CreateModelService', createModelServiceSuccess),
    description: `Adds a model service to an AI gateway. Upstream: CreateModelService, sent once. ${searchedBy('DescribeModelServices')}`,
    args: { input: t.arg({ type: createModelServiceInput, required: true, description: 'The service.' }) },
    extensions: {
      ...createCosts('AI_GATEWAY'),
      ...tellsCreated('AI_GATEWAY', (made: { readonly modelService: ModelService }) => [made.modelService]),
    },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const { row, outcome } = await create(input, context);
        return { type: 'CreateModelServiceSuccess' as const, modelService: row, outcome };
      }),
  }),
  updateModelService: t.field({
    type: resultType('UpdateModelService', updateModelServiceSuccess),
    description:
      'Changes a model service. Upstream: DescribeModelServices for what ModifyModelService requires although it does not change, ModifyModelService, DescribeModelServices for the answer. Of two changes at the same time the later one wins: the backend has no version check.',
    args: { input: t.arg({ type: updateModelServiceInput, required: true, description: 'The changes.' }) },
    extensions: { ...changeCosts(3), ...tellsUpdated('AI_GATEWAY') },
    resolve: (_root, { input }, context) =>
      asResult(async () => ({
        type: 'UpdateModelServiceSuccess' as const,
        modelService: await update(input, context),
      })),
  }),
  deleteModelService: t.field({
    type: deleteModelService.result,
    description:
      'Deletes a model service. Upstream: DeleteModelService, which takes a name: DescribeModelServices resolves the id and looks for another service of that name on the gateway, which is a GatewayConflictError; afterwards it confirms that the service is gone. Renaming a service at the same time can make it delete another one.',
    args: {
      input: t.arg({ type: deleteModelService.input, required: true, description: 'The service.' }),
    },
    extensions: { ...changeInListCosts('AI_GATEWAY', 4), ...tellsDeleted('AI_GATEWAY') },
    resolve: (_root, { input }, { sessions, region }) =>
      deleteModelService.run(input, region, ([gateway = '', id = '']) =>
        sessions.aiGateway.deleteModelService(gateway, id),
      ),
  }),
}));

async function update(input: { readonly id: string }, { sessions, region }: Context): Promise<ModelService> {
  const { id, ...change } = checkUpdate(changeOf(region), input);
  const [gateway = '', own = ''] = id;
  const changed = await sessions.aiGateway.updateModelService(gateway, own, change);
  const kept = ['type', 'sourceId', 'gatewaySourceId', 'region', 'name', 'protocol', 'status'] as const;
  return changedRow(changed, kept);
}

function create(input: object, context: Context): Promise<Created<ModelService>> {
  const { aiGateway } = context.sessions;
  const { idempotencyKey: key, ...wanted } = checkInput(keyedModelService, input);
  return createOnce(context, {
    source: 'AI_GATEWAY',
    typeName: 'ModelService',
    key,
    input: wanted,
    place: [wanted.gatewaySourceId],
    search: aiGateway.searchModelService(wanted),
    send: async () => {
      const created = await aiGateway.createModelService(wanted);
      return made(wanted, created, ['status', 'rawStatus'], context);
    },
    again: (sourceId) => made(wanted, { sourceId, status: 'OTHER', rawStatus: undefined }, [], context),
    idOf: ({ sourceId }) => sourceId,
  });
}

/** @param toldBesides what `created` tells for certain, beside the id */
function made(
  wanted: NewModelService,
  { sourceId, status: state, rawStatus }: CreatedModelService,
  toldBesides: readonly (keyof ModelService)[],
  { sessions, region }: Context,
): ModelService {
  const sent: ModelService = {
    type: 'ModelService',
    sourceId,
    gatewaySourceId: wanted.gatewaySourceId,
    region,
    name: wanted.name,
    vendor: undefined,
    category: undefined,
    protocol: wanted.protocol,
    status: state,
    rawProtocol: undefined,
    rawStatus,
    baseUrl: undefined,
    apiKeyPreview: undefined,
    inputCostPointsPerMillion: undefined,
    outputCostPointsPerMillion: undefined,
    requestCostPoints: undefined,
    createdAt: undefined,
  };
  const told = ['type', 'sourceId', 'gatewaySourceId', 'region', ...toldBesides] as const;
  return lazyRow(sent, told, ['name', 'protocol', 'status'], () =>
    sessions.aiGateway.modelService(wanted.gatewaySourceId, sourceId),
  );
}
