import type { CostRule, ModelService } from '../ai-gateway/store.ts';
import { costRuleId, timestampWithOffset, timestampWithoutZone } from '../identifiers.ts';
import { GATEWAY_IDS } from './gateways.ts';
import { priceOf } from './prices.ts';
import { routerModelFacts } from './router-models.ts';
import { readTable } from './table.ts';

const FIRST_CREATED_MS = Date.parse('2026-02-03T08:09:29Z');
const HOUR_MS = 60 * 60 * 1000;

/**
 * Service, the model that the rule names, and whom it is for. A text in quotes keeps its blanks. A service that
 * is not here has no rule.
 */
const COLUMNS = ['service', 'model', 'targetType', 'target'] as const;
const DOZEN = `
  qwen-max          | qwen-max
  QWEN-PLUS         | qwen-plus
  QWEN-PLUS         | Qwen-Flash
  QWEN-PLUS         | " qwen-long "
  QWEN-PLUS         | qwen-plus          | consumerGroup | research
  deepseek-r1       | DEEPSEEK-R1
  deepseek-r1       | deepseek-r1-distill-qwen-32b
  DeepSeek-V3       | deepseek-v3.1      | consumer | alice
  claude-sonnet-4-5 | claude-3-7-sonnet
  text-embedding-v4 | "text-embedding-v3 "
  test              | qwen3-max
  test              | gpt-4
`;

/** The service whose rules need more than one page of 30, and how many it has. */
const MANY_RULES = { service: 'qwen-plus', count: 35 };

/** The cost rules of a demo gateway; none for an unknown one. */
export function demoCostRules(gatewayId: string, services: readonly ModelService[]): CostRule[] {
  const rows = gatewayId === GATEWAY_IDS.dozen ? readTable(COLUMNS, DOZEN).map(unquoted) : [];
  const facts = gatewayId === GATEWAY_IDS.many ? manyRows(services) : rows;
  return facts.map((row, index) => {
    const service = services.find(({ Name }) => Name === row.service);
    if (!service) throw new Error(`The demo data has no service ${row.service}`);
    return ruleOf(gatewayId, service.ModelServiceId, row, index);
  });
}

type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

function unquoted(row: Row): Row {
  return { ...row, model: row.model.replaceAll('"', '') };
}

/** Many rules of one service, and one of each third service whose name is a model's, in that spelling. */
function manyRows(services: readonly ModelService[]): readonly Row[] {
  const codes = routerModelFacts().map(({ code }) => code);
  const known = new Set(codes.map((code) => code.toLowerCase()));
  const row = (service: string, model: string): Row => ({ service, model, targetType: '', target: '' });
  const single = services
    .filter(({ Name }, index) => index % 3 === 1 && known.has(Name.toLowerCase()))
    .map(({ Name }) => row(Name, Name));
  const repeated = codes
    .filter((code) => code !== MANY_RULES.service)
    .slice(0, MANY_RULES.count)
    .map((code, index) => row(MANY_RULES.service, index % 5 === 4 ? ` ${code.toUpperCase()}` : code));
  return [...single, ...repeated];
}

function ruleOf(gatewayId: string, serviceId: string, row: Row, index: number): CostRule {
  const { model, targetType, target } = row;
  const { input, output } = priceOf(model.trim().toLowerCase());
  const createdMs = FIRST_CREATED_MS + index * 5 * HOUR_MS;
  return {
    CostRuleId: costRuleId(`${gatewayId} ${index}`),
    GwClusterId: gatewayId,
    ModelServiceId: serviceId,
    Model: model,
    InputCostPointsPerMillion: input,
    OutputCostPointsPerMillion: output,
    CacheCostPointsPerMillion: index % 2 === 0 ? '0' : '0.25',
    EffectiveTargetType: targetType === '' ? 'global' : targetType,
    EffectiveTargetValue: target,
    GmtCreated: timestampWithOffset(createdMs),
    GmtModified: timestampWithoutZone(createdMs + (index % 4) * 24 * HOUR_MS),
  };
}
