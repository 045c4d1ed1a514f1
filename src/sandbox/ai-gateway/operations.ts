import { demoCostRules } from '../data/cost-rules.ts';
import { demoGateways } from '../data/gateways.ts';
import { demoModelApis } from '../data/model-apis.ts';
import { demoServices } from '../data/services.ts';
import type { Operation, Setting } from '../operation.ts';
import { costRuleOperations } from './cost-rules.ts';
import { gatewayOperations } from './gateways.ts';
import { modelApiOperations } from './model-apis.ts';
import { serviceOperations } from './services.ts';
import type { GatewayStore } from './store.ts';

/** The operations of the AI gateway (product polardb, 2017-08-01) over its instances and what is in them. */
export function aiGatewayOperations(setting: Setting): readonly Operation[] {
  const gateways = setting.data === 'demo' ? demoGateways(setting.region) : [];
  const store: GatewayStore = gateways.map((gateway) => {
    const services = demoServices(gateway.GwClusterId);
    return {
      gateway,
      services,
      costRules: demoCostRules(gateway.GwClusterId, services),
      modelApis: demoModelApis(gateway.GwClusterId),
    };
  });
  return [
    ...gatewayOperations(store),
    ...serviceOperations(store, setting),
    ...costRuleOperations(store, setting),
    ...modelApiOperations(store, setting),
  ];
}
