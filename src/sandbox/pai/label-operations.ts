import { timestampWithMs } from '../identifiers.ts';
import type { Operation, Setting } from '../operation.ts';
import type { Arguments, Parameter } from '../parameters.ts';
import { readLabels, withLabels, withoutLabels } from './labels.ts';
import type { PaiLabel, PaiStore } from './store.ts';

const MODEL_PATH = '/api/v1/models/{ModelId}/labels';
const VERSION_PATH = '/api/v1/models/{ModelId}/versions/{VersionName}/labels';

type Change = (labels: readonly PaiLabel[]) => readonly PaiLabel[];

/** Adding and removing labels of models and versions. Without labels or keys nothing happens. */
export function labelOperations(store: PaiStore, setting: Setting): readonly Operation[] {
  const changeModel = (args: Arguments, change: Change) => {
    const { model, versions } = store.entry(args.text('ModelId'));
    const changed = { Labels: change(model.Labels), GmtModifiedTime: timestampWithMs(setting.now()) };
    store.put({ model: { ...model, ...changed }, versions });
    return {};
  };
  const changeVersion = (args: Arguments, change: Change) => {
    const version = store.version(args.text('ModelId'), args.text('VersionName'));
    const changed = { Labels: change(version.Labels), GmtModifiedTime: timestampWithMs(setting.now()) };
    store.replaceVersion(store.entry(args.text('ModelId')), { ...version, ...changed });
    return {};
  };
  return [
    {
      action: 'CreateModelLabels',
      method: 'POST',
      path: MODEL_PATH,
      parameters: [MODEL_ID, LABELS],
      answer: (args) => changeModel(args, addition(args)),
    },
    {
      action: 'DeleteModelLabels',
      method: 'DELETE',
      path: MODEL_PATH,
      parameters: [MODEL_ID, KEYS],
      answer: (args) => changeModel(args, removal(args)),
    },
    {
      action: 'CreateModelVersionLabels',
      method: 'POST',
      path: VERSION_PATH,
      parameters: [MODEL_ID, VERSION_NAME, LABELS],
      answer: (args) => changeVersion(args, addition(args)),
    },
    {
      action: 'DeleteModelVersionLabels',
      method: 'DELETE',
      path: VERSION_PATH,
      parameters: [MODEL_ID, VERSION_NAME, KEYS],
      answer: (args) => changeVersion(args, removal(args)),
    },
  ];
}

const MODEL_ID: Parameter = { name: 'ModelId', in: 'path', type: 'text', required: true };
const VERSION_NAME: Parameter = { name: 'VersionName', in: 'path', type: 'text', required: true };
const LABELS: Parameter = { name: 'Labels', in: 'body', type: 'list' };
const KEYS: Parameter = { name: 'LabelKeys', in: 'query', type: 'text' };

function addition(args: Arguments): Change {
  const added = readLabels('Labels', args.list('Labels') ?? []);
  return (labels) => withLabels(labels, added);
}

function removal(args: Arguments): Change {
  const keys = args.text('LabelKeys')?.split(',') ?? [];
  return (labels) => withoutLabels(labels, keys);
}
