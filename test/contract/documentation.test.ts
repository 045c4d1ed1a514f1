import { describe, expect, it } from 'vitest';
import { DOCUMENTATION as aiGateway } from '../../src/backends/ai-gateway/documented.ts';
import type { BackendLink, DriftKind } from '../../src/backends/backend.ts';
import type { Documentation, DocumentedField, DocumentedFields } from '../../src/backends/documented.ts';
import { reportDrift } from '../../src/backends/drift.ts';
import { DOCUMENTATION as modelRouter } from '../../src/backends/model-router/documented.ts';
import { DOCUMENTATION as pai } from '../../src/backends/pai/documented.ts';
import type { Operation } from '../../src/transport/request.ts';
import {
  documentedOperations,
  operationFacts,
  readWireFacts,
  type Shape,
} from '../sandbox/support/wire-facts.ts';

const DOCUMENTATION: Documentation = { ...modelRouter, ...pai, ...aiGateway };

/** One line for each field below: its path, what it holds, and out of which list. */
function linesOfShape(shape: Shape, path: string): readonly string[] {
  const at = shape.type === 'array' ? (shape.items as Shape) : shape;
  if (at.fields === undefined || at.additionalProperties === true) {
    return [`${path}: ${[...(shape.enum ?? [])].toSorted().join(' | ') || 'a value'}`];
  }
  const below = Object.entries(at.fields).flatMap(([name, field]) => linesOfShape(field, `${path}.${name}`));
  return [`${path}: ${shape.type}`, ...below];
}

function linesOfField(field: DocumentedField, path: string): readonly string[] {
  if (field.holds === 'value') return [`${path}: a value`];
  if (field.holds === 'choice') return [`${path}: ${field.choices.toSorted().join(' | ')}`];
  return [`${path}: ${field.holds}`, ...linesOf(field.fields, path)];
}

function linesOf(fields: DocumentedFields, path: string): readonly string[] {
  return Object.entries(fields).flatMap(([name, field]) => linesOfField(field, `${path}.${name}`));
}

const WRITTEN_BILLING_TYPES = [
  ...listOfParameter('ModelRouterCreateBillingRule', 'billingType'),
  ...listOfParameter('ModelRouterUpdateBillingRule', 'billingType'),
];
/** In words, at the parameters of the writes. */
const PROTOCOLS = [...listOfParameter('DescribeModelServices', 'Protocol'), 'Model Studio'];
/** The one is the printed example, the other its likely opposite. */
const SERVICE_STATUSES = ['Enable', 'Disable'];

/** Lists that are documented elsewhere than at the answer's field, mostly at the parameter that it comes from. */
const LISTS_FROM_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'ModelRouterCreateBillingRule.data.billingType': WRITTEN_BILLING_TYPES,
  'ModelRouterUpdateBillingRule.data.billingType': WRITTEN_BILLING_TYPES,
  'ModelRouterQueryBillingRuleList.data.list.billingType': WRITTEN_BILLING_TYPES,
  'DescribeModelServices.Items.Protocol': PROTOCOLS,
  'DescribeModelApis.Items.Protocol': PROTOCOLS,
  'DescribeCostRules.Items.EffectiveTargetType': listOfParameter('CreateCostRule', 'EffectiveTargetType'),
  'DescribeModelServices.Items.Status': SERVICE_STATUSES,
  'CreateModelService.Status': SERVICE_STATUSES,
  'ModifyModelService.Status': SERVICE_STATUSES,
};

function listOfParameter(action: string, name: string): readonly string[] {
  const parameter = operationFacts(action).request.find((one) => one.name === name);
  if (parameter?.enum === undefined) throw new Error(`${action} has no list at ${name}`);
  return parameter.enum.map(String);
}

function documentedLines(action: string): readonly string[] {
  const { fields = {} } = operationFacts(action).response;
  const lines = Object.entries(fields).flatMap(([name, field]) => linesOfShape(field, `${action}.${name}`));
  return lines.map((line) => {
    const path = line.slice(0, line.indexOf(':'));
    const list = LISTS_FROM_ELSEWHERE[path];
    return list === undefined ? line : `${path}: ${list.toSorted().join(' | ')}`;
  });
}

describe('the documentation of the answers', () => {
  it('is of every documented operation, and of no other', () => {
    expect(Object.keys(DOCUMENTATION).toSorted()).toEqual(documentedOperations().toSorted());
  });

  it.each(documentedOperations())('of %s names every documented field, and no other', (action) => {
    const fields = DOCUMENTATION[action] as DocumentedFields;
    expect(linesOf(fields, action).toSorted()).toEqual(documentedLines(action).toSorted());
  });

  it.each(documentedOperations())('of %s fits its documented sample', (name) => {
    const found: (readonly [field: string, kind: DriftKind])[] = [];
    const report = {
      drift: (_source: string, _operation: string, field: string, kind: DriftKind) =>
        found.push([field, kind]),
    };
    const link = { source: 'ANY', report } as unknown as BackendLink;
    const operation = { name } as Operation;
    const answer = { status: 200, headers: {}, body: '' };
    reportDrift(link, operation, DOCUMENTATION, answer, readWireFacts(`responses/${name}.json`));
    expect(found.filter(([, kind]) => kind !== 'missing')).toEqual([]);
  });

  it('takes its further lists from fields that exist', () => {
    const paths = Object.entries(DOCUMENTATION).flatMap(([action, fields]) => linesOf(fields, action));
    for (const path of Object.keys(LISTS_FROM_ELSEWHERE)) {
      expect(paths.some((line) => line.startsWith(`${path}:`))).toBe(true);
    }
  });
});
