import { demoBillingRules } from '../data/billing-rules.ts';
import { demoRouterModels } from '../data/router-models.ts';
import type { Operation, Setting } from '../operation.ts';
import { batchOperations } from './batch.ts';
import { billingOperations } from './billing-rules.ts';
import { modelOperations } from './models.ts';
import { nacosOperations } from './nacos.ts';
import { RouterStore } from './store.ts';

/** The operations of Model Router (product aicontent, 20240611) over one store. */
export function modelRouterOperations(setting: Setting): readonly Operation[] {
  const models = setting.data === 'demo' ? demoRouterModels() : [];
  const store = new RouterStore(models, demoBillingRules(models));
  return [
    ...modelOperations(store, setting),
    ...batchOperations(store, setting),
    ...billingOperations(store, setting),
    ...nacosOperations(setting),
  ];
}
