import { demoPaiEntries } from '../data/pai-models.ts';
import type { Operation, Setting } from '../operation.ts';
import { labelOperations } from './label-operations.ts';
import { modelOperations } from './models.ts';
import { PaiStore } from './store.ts';
import { versionOperations } from './versions.ts';
import { workspaceOperations } from './workspaces.ts';

/** The operations of the PAI model registry (product aiworkspace, 2021-02-04) over one store. */
export function paiOperations(setting: Setting): readonly Operation[] {
  const store = new PaiStore(setting.data === 'demo' ? demoPaiEntries(setting.region) : []);
  return [
    ...modelOperations(store, setting),
    ...versionOperations(store, setting),
    ...labelOperations(store, setting),
    ...workspaceOperations(),
  ];
}
