import * as z from 'zod';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import type { JsonValue } from '../domain/json-value.ts';
import { type CreatedModelApi, MODEL_API_KEY, type ModelApi, type NewModelApi } from '../domain/model-api.ts';
import { PROTOCOLS } from '../domain/model-service.ts';
import { changedRow } from './changed-row.ts';
import { createOnce, IDEMPOTENCY_KEY, idempotencyKey, searchedBy } from './create-once.ts';
import { type CreateOutcome, createOutcome } from './create-outcome.ts';
import { deletion } from './deletion.ts';
import { asResult, resultType } from './error-types.ts';
import { checkInput, checkUpdate, filledText, globalIdText, sourceIdText } from './input.ts';
import { lazyRow } from './lazy-row.ts';
import { modelApi } from './model-api.ts';
import { protocol } from './model-service.ts';
import { changeCosts, createCosts } from './mutation-cost.ts';
import { tellsCreated, tellsDeleted, tellsUpdated } from './mutation-events.ts';

const createModelApiInput = builder.inputType('CreateModelApiInput', {
  description: 'A model API to add to an AI gateway.',
  fields: (t) => ({
    gatewaySourceId: t.id({ required: true, description: 'pg-… of the gateway.' }),
    name: t.string({ required: true, description: 'Its name. Cannot be changed later.' }),
    category: t.string({
      required: true,
      description: 'text, embedding or rerank. Upstream: ModelCategory.',
    }),
    protocol: t.field({
      type: protocol,
      required: true,
      description: 'The API it is to speak to its callers. Not OTHER.',
    }),
    pathPrefix: t.string({
      required: true,
      description: 'What the paths of its calls begin with, e.g. /test.',
    }),
    routeRules: t.field({
      type: 'JSON',
      required: true,
      description: 'A list of rules, as the backend spells their fields. Sent as JSON text.',
    }),
    forceModel: t.string({
      description: 'Upstream: ForceModel; what it means is not documented. Cannot be changed later.',
    }),
    recordInput: t.string({
      description: 'Upstream: RecordInput, e.g. 10; what it means is not documented.',
    }),
    recordOutput: t.string({
      description: 'Upstream: RecordOutput, e.g. 10; what it means is not documented.',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
});

const newModelApi = z.object({
  gatewaySourceId: sourceIdText,
  name: filledText,
  category: filledText,
  protocol: z.enum(PROTOCOLS).exclude(['OTHER'], 'cannot be OTHER'),
  pathPrefix: filledText,
  routeRules: z.custom<readonly JsonValue[]>(Array.isArray, 'must be a list of rules'),
  forceModel: filledText.optional(),
  recordInput: filledText.optional(),
  recordOutput: filledText.optional(),
});

const keyedModelApi = newModelApi.extend({ idempotencyKey });

const createModelApiSuccess = builder
  .objectRef<{
    readonly type: 'CreateModelApiSuccess';
    readonly modelApi: ModelApi;
    readonly invokeEndpoint: string | undefined;
    readonly outcome: CreateOutcome;
  }>('CreateModelApiSuccess')
  .implement({
    description: 'The model API exists.',
    fields: (t) => ({
      modelApi: t.expose('modelApi', {
        type: modelApi,
        nullable: false,
        description:
          'The API. The backend answers its id and state only: selecting more than these and its place reads it, once. Upstream: DescribeModelApis.',
      }),
      invokeEndpoint: t.exposeString('invokeEndpoint', {
        description:
          'The address for its callers, told only by the answer to its making: null where the outcome is not CREATED. Upstream: InvokeEndpoint.',
      }),
      outcome: t.expose('outcome', {
        type: createOutcome,
        nullable: false,
        description: 'What this create did.',
      }),
    }),
  });

const updateModelApiInput = builder.inputType('UpdateModelApiInput', {
  description:
    'Changes of a model API. A field left out keeps its value; none can be cleared. Its name cannot change.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id.' }),
    category: t.string({ description: 'text, embedding or rerank. Upstream: ModelCategory.' }),
    protocol: t.field({
      type: protocol,
      description: 'The API it is to speak to its callers. Not OTHER.',
    }),
    pathPrefix: t.string({ description: 'What the paths of its calls begin with, e.g. /test.' }),
    routeRules: t.field({
      type: 'JSON',
      description: 'The whole list of rules, in place of the present one. Sent as JSON text.',
    }),
    recordInput: t.string({
      description: 'Upstream: RecordInput, e.g. 10; what it means is not documented.',
    }),
    recordOutput: t.string({
      description: 'Upstream: RecordOutput, e.g. 10; what it means is not documented.',
    }),
  }),
});

const changeOf = (region: string) =>
  newModelApi
    .omit({ gatewaySourceId: true, name: true, forceModel: true })
    .partial()
    .extend({ id: globalIdText(MODEL_API_KEY, region) });

const updateModelApiSuccess = builder
  .objectRef<{ readonly type: 'UpdateModelApiSuccess'; readonly modelApi: ModelApi }>('UpdateModelApiSuccess')
  .implement({
    description: 'The model API is changed.',
    fields: (t) => ({
      modelApi: t.expose('modelApi', {
        type: modelApi,
        nullable: false,
        description:
          'The API, read again after the change. Where that read fails its fields carry the error.',
      }),
    }),
  });

const deleteModelApi = deletion(MODEL_API_KEY, 'model API');

builder.mutationFields((t) => ({
  createModelApi: t.field({
    type: resultType('CreateModelApi', createModelApiSuccess),
    description: `Adds a model API to an AI gateway. Upstream: CreateModelApi, sent once. ${searchedBy('DescribeModelApis')}`,
    args: { input: t.arg({ type: createModelApiInput, required: true, description: 'The API.' }) },
    extensions: {
      ...createCosts('AI_GATEWAY'),
      ...tellsCreated('AI_GATEWAY', (made: { readonly modelApi: ModelApi }) => [made.modelApi]),
    },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const { row, ...how } = await create(input, context);
        return { type: 'CreateModelApiSuccess' as const, modelApi: row, ...how };
      }),
  }),
  updateModelApi: t.field({
    type: resultType('UpdateModelApi', updateModelApiSuccess),
    description:
      'Changes a model API. Upstream: DescribeModelApis for what ModifyModelApi requires although it does not change, ModifyModelApi, DescribeModelApis for the answer. Of two changes at the same time the later one wins: the backend has no version check.',
    args: { input: t.arg({ type: updateModelApiInput, required: true, description: 'The changes.' }) },
    extensions: { ...changeCosts(3), ...tellsUpdated('AI_GATEWAY') },
    resolve: (_root, { input }, context) =>
      asResult(async () => ({
        type: 'UpdateModelApiSuccess' as const,
        modelApi: await update(input, context),
      })),
  }),
  deleteModelApi: t.field({
    type: deleteModelApi.result,
    description:
      'Deletes a model API. Upstream: DescribeModelApis, to know that it exists, and DeleteModelApi.',
    args: { input: t.arg({ type: deleteModelApi.input, required: true, description: 'The API.' }) },
    extensions: { ...changeCosts(2), ...tellsDeleted('AI_GATEWAY') },
    resolve: (_root, { input }, { sessions, region }) =>
      deleteModelApi.run(input, region, ([gateway = '', id = '']) =>
        sessions.aiGateway.deleteModelApi(gateway, id),
      ),
  }),
}));

async function create(input: object, context: Context) {
  const { aiGateway } = context.sessions;
  const { idempotencyKey: key, ...wanted } = checkInput(keyedModelApi, input);
  let invokeEndpoint: string | undefined;
  const created = await createOnce<ModelApi>(context, {
    source: 'AI_GATEWAY',
    typeName: 'ModelApi',
    key,
    input: wanted,
    place: [wanted.gatewaySourceId],
    search: aiGateway.searchModelApi(wanted),
    async send() {
      const answer = await aiGateway.createModelApi(wanted);
      ({ invokeEndpoint } = answer);
      return made(wanted, answer, ['status'], context);
    },
    again: (sourceId) => made(wanted, { sourceId, status: undefined }, [], context),
    idOf: ({ sourceId }) => sourceId,
  });
  return { ...created, invokeEndpoint };
}

/** @param toldBesides what is told for certain, beside the id */
function made(
  wanted: NewModelApi,
  { sourceId, status }: Pick<CreatedModelApi, 'sourceId' | 'status'>,
  toldBesides: readonly (keyof ModelApi)[],
  { sessions, region }: Context,
): ModelApi {
  const { gatewaySourceId } = wanted;
  const sent: ModelApi = {
    type: 'ModelApi',
    sourceId,
    gatewaySourceId,
    region,
    name: wanted.name,
    category: undefined,
    protocol: wanted.protocol,
    rawProtocol: undefined,
    pathPrefix: undefined,
    status,
    recordInput: undefined,
    recordOutput: undefined,
    routeRules: undefined,
    createdAt: undefined,
  };
  const told = ['type', 'sourceId', 'gatewaySourceId', 'region', ...toldBesides] as const;
  return lazyRow(sent, told, ['name', 'protocol'], () =>
    sessions.aiGateway.modelApi(gatewaySourceId, sourceId),
  );
}

async function update(input: { readonly id: string }, { sessions, region }: Context): Promise<ModelApi> {
  const { id, ...change } = checkUpdate(changeOf(region), input);
  const [gateway = '', own = ''] = id;
  const changed = await sessions.aiGateway.updateModelApi(gateway, own, change);
  return changedRow(changed, ['type', 'sourceId', 'gatewaySourceId', 'region', 'name', 'protocol']);
}
