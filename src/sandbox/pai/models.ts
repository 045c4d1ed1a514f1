import { ACCOUNT_ID, WORKSPACE_IDS } from '../data/account.ts';
import { resourceId, timestampWithMs } from '../identifiers.ts';
import type { Operation, Setting } from '../operation.ts';
import { type Arguments, type Parameter, textParameters } from '../parameters.ts';
import { Refusal } from '../refusal.ts';
import { readLabels } from './labels.ts';
import { LIST_PARAMETERS, listModels } from './model-list.ts';
import { answeredModel, type PaiModel, type PaiStore } from './store.ts';

const PATH = '/api/v1/models';

/** Creating, reading, changing and deleting models, and their list. */
export function modelOperations(store: PaiStore, setting: Setting): readonly Operation[] {
  let created = 0;
  return [
    {
      action: 'GetModel',
      method: 'GET',
      path: `${PATH}/{ModelId}`,
      parameters: [MODEL_ID],
      answer: (args) => answeredModel(store.entry(args.text('ModelId'))),
    },
    {
      action: 'ListModels',
      method: 'GET',
      path: PATH,
      parameters: LIST_PARAMETERS,
      answer: (args) => listModels(store.entries, args),
    },
    {
      action: 'CreateModel',
      method: 'POST',
      path: PATH,
      parameters: [
        { name: 'ModelName', in: 'body', type: 'text', required: true, ...NAME_LIMITS },
        ...WRITABLE,
        { name: 'Labels', in: 'body', type: 'list' },
        { name: 'Tag', in: 'body', type: 'list' },
        { name: 'WorkspaceId', in: 'body', type: 'text', pattern: /^\d+$/ },
      ],
      answer: (args) => {
        created += 1;
        const model = newModel(resourceId('model-', `created ${created}`, 18), setting.now(), args);
        store.put({ model, versions: [] });
        return { ModelId: model.ModelId };
      },
    },
    {
      action: 'UpdateModel',
      method: 'PUT',
      path: `${PATH}/{ModelId}`,
      parameters: [MODEL_ID, { name: 'ModelName', in: 'body', type: 'text', ...NAME_LIMITS }, ...WRITABLE],
      answer: (args) => {
        const { model, versions } = store.entry(args.text('ModelId'));
        // What was not sent keeps its value, an empty text is a value; neither is documented.
        const changes = { ...writtenFields(args), ...args.texts(['ModelName']) };
        const GmtModifiedTime = timestampWithMs(setting.now());
        store.put({ model: { ...model, ...changes, GmtModifiedTime }, versions });
        return {};
      },
    },
    {
      action: 'DeleteModel',
      method: 'DELETE',
      path: `${PATH}/{ModelId}`,
      parameters: [MODEL_ID],
      answer: (args) => {
        store.remove(store.entry(args.text('ModelId')));
        return {};
      },
    },
  ];
}

const MODEL_ID: Parameter = { name: 'ModelId', in: 'path', type: 'text', required: true };
const NAME_LIMITS = { min: 1, max: 127 } as const;

const WRITABLE_TEXTS = [
  'ModelDescription',
  'ModelDoc',
  'ModelType',
  'Domain',
  'Task',
  'Origin',
] as const satisfies readonly (keyof PaiModel)[];

const WRITABLE: readonly Parameter[] = [
  ...textParameters('body', WRITABLE_TEXTS),
  { name: 'Accessibility', in: 'body', type: 'text', oneOf: ['PRIVATE', 'PUBLIC'] },
  { name: 'OrderNumber', in: 'body', type: 'int64' },
  { name: 'ParameterSize', in: 'body', type: 'int64' },
  { name: 'ExtraInfo', in: 'body', type: 'object' },
];

function writtenFields(args: Arguments) {
  return {
    ...args.texts([...WRITABLE_TEXTS, 'Accessibility']),
    ...args.integers(['OrderNumber', 'ParameterSize']),
    ...args.objects(['ExtraInfo']),
  };
}

function newModel(id: string, nowMs: number, args: Arguments): PaiModel {
  // Tag replaced the deprecated Labels; which wins is not documented.
  const labels = args.list('Tag')
    ? readLabels('Tag', args.list('Tag') ?? [])
    : readLabels('Labels', args.list('Labels') ?? []);
  const created = timestampWithMs(nowMs);
  return {
    ModelId: id,
    ModelName: args.text('ModelName') ?? '',
    ModelDescription: '',
    ModelDoc: '',
    ModelType: '',
    Accessibility: 'PRIVATE',
    Domain: '',
    Task: '',
    Origin: '',
    Provider: '',
    OrderNumber: 0,
    ExtraInfo: {},
    ...writtenFields(args),
    Labels: labels,
    WorkspaceId: existingWorkspace(args.text('WorkspaceId')),
    OwnerId: ACCOUNT_ID,
    UserId: ACCOUNT_ID,
    GmtCreateTime: created,
    GmtModifiedTime: created,
  };
}

/** Source: code 100400008 is what the vendor's own Terraform provider expects for a missing workspace. */
function existingWorkspace(workspaceId: string | undefined): string {
  if (workspaceId === undefined) return WORKSPACE_IDS[0];
  if (!WORKSPACE_IDS.some((id) => id === workspaceId)) {
    throw new Refusal(400, '100400008', `Workspace ${workspaceId} does not exist.`);
  }
  return workspaceId;
}
