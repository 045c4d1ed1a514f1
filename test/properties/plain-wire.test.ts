import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { costRuleWire } from '../../src/backends/ai-gateway/cost-rules/wire.ts';
import { modelApiWire } from '../../src/backends/ai-gateway/model-apis/wire.ts';
import { gatewayWire, modelServiceWire } from '../../src/backends/ai-gateway/wire.ts';
import { wireScalar, wireText } from '../../src/backends/lenient.ts';
import { batchFailureWire } from '../../src/backends/model-router/batch/wire.ts';
import { billingRuleWire } from '../../src/backends/model-router/billing/wire.ts';
import { providerWire, tagWire } from '../../src/backends/model-router/nacos/wire.ts';
import { modelWire } from '../../src/backends/model-router/wire.ts';
import { paiModelVersionWire } from '../../src/backends/pai/versions/wire.ts';
import { paiModelWire } from '../../src/backends/pai/wire.ts';
import { workspaceWire } from '../../src/backends/pai/workspaces/wire.ts';
import { plainCheckOf } from '../../src/backends/plain-wire.ts';

const SCHEMAS: Readonly<Record<string, z.ZodObject>> = {
  batchFailureWire,
  billingRuleWire,
  costRuleWire,
  gatewayWire,
  modelApiWire,
  modelServiceWire,
  modelWire,
  paiModelVersionWire,
  paiModelWire,
  providerWire,
  tagWire,
  workspaceWire,
};

const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, '', 0, -0, {}, []),
);

/** What fits a schema nearly always, so that whole rows often do. */
function fitting(schema: z.ZodType): fc.Arbitrary<unknown> {
  if (schema === wireScalar) return fc.oneof(fc.string(), fc.integer(), fc.bigInt(), fc.double());
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    const inner = fitting(schema.unwrap() as z.ZodType);
    return fc.oneof({ weight: 6, arbitrary: inner }, fc.constantFrom(null, undefined));
  }
  if (schema instanceof z.ZodString) return fc.string();
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodArray) return fc.array(odd(schema.element as z.ZodType), { maxLength: 3 });
  return schema instanceof z.ZodObject ? rowOf(schema) : leaf;
}

/** What fits, and now and then what does not. */
function odd(schema: z.ZodType): fc.Arbitrary<unknown> {
  const anything = fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string(), leaf));
  return fc.oneof({ weight: 40, arbitrary: fitting(schema) }, anything);
}

function rowOf({ shape }: z.ZodObject): fc.Arbitrary<unknown> {
  const fields = Object.entries(shape).map(([name, schema]) => [name, odd(schema as z.ZodType)] as const);
  return fc.record({ ...Object.fromEntries(fields), Unknown: leaf }, { requiredKeys: [] });
}

describe('the fast check of rows', () => {
  it.each(Object.entries(SCHEMAS))(
    'says of any row what %s says, and leaves what that makes',
    (_name, schema) => {
      const isPlain = plainCheckOf(schema, wireScalar);
      let plain = 0;
      const check = (row: unknown) => {
        const verdict = schema.safeParse(structuredClone(row));
        const seen = structuredClone(row);
        expect(isPlain(seen)).toBe(verdict.success);
        if (verdict.success) expect(seen).toMatchObject(verdict.data);
        // What it has changed is judged as it was before.
        expect(schema.safeParse(seen)).toEqual(verdict);
        plain += Number(verdict.success);
      };
      fc.assert(fc.property(odd(schema), check), { numRuns: 500 });
      expect(plain).toBeGreaterThan(50);
    },
  );

  it.each([
    ['a check', z.object({ a: z.string().min(2).optional() })],
    ['a format', z.object({ a: z.email().optional() })],
    ['a coercion', z.object({ a: z.coerce.string() })],
    ['a transform', z.object({ a: z.string().transform(Number) })],
    ['a refinement', z.object({ a: wireText }).refine(() => false)],
    ['a word about unknown names', z.strictObject({ a: wireText })],
    ['no object', z.array(wireText)],
  ])('leaves a schema with %s to the schema', (_what, schema) => {
    const isPlain = plainCheckOf(schema, wireScalar);
    for (const row of [{ a: 'text' }, { a: 'a@b.example' }, {}, []]) expect(isPlain(row)).toBe(false);
  });
});
