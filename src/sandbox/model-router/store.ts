import { Refusal } from '../refusal.ts';
import type { BillingType, Pricing } from './pricing.ts';

/** A Model Router entry as it is kept; answers say `hasBillingRule` as well and may lack any field. */
export interface RouterModel {
  readonly id: bigint;
  readonly name: string;
  readonly description?: string;
  readonly symbol: string;
  /** Codes joined by commas. */
  readonly tags: string;
  /** Display names joined by commas, in the order of `tags`. */
  readonly tagNames: string;
  readonly modelCode: string;
  readonly modelType: string;
  readonly apiKeyPreview: string;
  readonly baseUrl: string;
  /** Free text such as 8192, 32K or 1M. */
  readonly maxInputLength: string;
  readonly maxOutputLength: string;
  readonly isCustom: boolean;
  /** 0 is enabled. */
  readonly deleteTag: number;
  readonly gmtCreate: string;
  readonly gmtModified?: string;
  readonly version: number;
  readonly inOut?: string;
  /** JSON text or empty. */
  readonly extensions?: string;
}

/** What a billing rule keeps itself; answers describe its model as well. */
export interface BillingRule {
  readonly id: bigint;
  /** Id of an entry, which may be beyond int32 and beyond 2^53. */
  readonly modelId: bigint;
  readonly billingType: BillingType;
  readonly pricingConfig: Pricing;
  /** RFC 3339. */
  readonly effectiveTime: string;
  /** RFC 3339; left out where the rule has no end. */
  readonly expireTime?: string;
  readonly version: number;
  /** 0 is switched on. */
  readonly deleteTag: number;
  readonly gmtCreate: string;
  readonly gmtModified: string;
}

/** The entries of one account and their billing rules. */
export class RouterStore {
  #models: readonly RouterModel[];
  #rules: readonly BillingRule[];
  #lastModelId: bigint;
  #lastRuleId: bigint;

  constructor(models: readonly RouterModel[], rules: readonly BillingRule[]) {
    this.#models = models;
    this.#rules = rules;
    this.#lastModelId = BigInt(models.length);
    this.#lastRuleId = BigInt(rules.length);
  }

  get models(): readonly RouterModel[] {
    return this.#models;
  }

  get rules(): readonly BillingRule[] {
    return this.#rules;
  }

  /** Throws Refusal where no entry has that id. */
  model(id: bigint): RouterModel {
    const model = this.#models.find((candidate) => candidate.id === id);
    // The envelope has a status of its own, so a failure can travel under HTTP 200. The code is not documented.
    if (!model) throw new Refusal(404, 'MODEL_NOT_EXIST', `模型不存在: ${id}`, 200);
    return model;
  }

  /** Throws Refusal where no rule has that id. */
  rule(id: bigint): BillingRule {
    const rule = this.#rules.find((candidate) => candidate.id === id);
    // As for models, the code is not documented.
    if (!rule) throw new Refusal(404, 'BILLING_RULE_NOT_EXIST', `计费规则不存在: ${id}`, 200);
    return rule;
  }

  rulesOf(modelId: bigint): readonly BillingRule[] {
    return this.#rules.filter((rule) => rule.modelId === modelId);
  }

  addModel(fields: Omit<RouterModel, 'id'>): RouterModel {
    this.#lastModelId += 1n;
    const model = { id: this.#lastModelId, ...fields };
    this.#models = [...this.#models, model];
    return model;
  }

  addRule(fields: Omit<BillingRule, 'id'>): BillingRule {
    this.#lastRuleId += 1n;
    const rule = { id: this.#lastRuleId, ...fields };
    this.#rules = [...this.#rules, rule];
    return rule;
  }

  replaceModel(model: RouterModel): void {
    this.#models = this.#models.map((candidate) => (candidate.id === model.id ? model : candidate));
  }

  replaceRule(rule: BillingRule): void {
    this.#rules = this.#rules.map((candidate) => (candidate.id === rule.id ? rule : candidate));
  }

  /** Its billing rules go with it; the documentation does not say. */
  removeModel({ id }: RouterModel): void {
    this.#models = this.#models.filter((model) => model.id !== id);
    this.#rules = this.#rules.filter((rule) => rule.modelId !== id);
  }
}
