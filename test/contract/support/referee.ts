import { createHash } from 'node:crypto';
import type { SandboxRequest } from '../../../src/sandbox/index.ts';
import { operationFacts } from '../../sandbox/support/wire-facts.ts';

interface ParameterFacts {
  readonly name: string;
  readonly in: 'path' | 'query' | 'body';
  readonly required: boolean;
  readonly type: 'string' | 'integer' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly (string | number)[];
  readonly serialize?: 'json-string' | 'comma-joined' | 'percent-encode';
}

/** Headers a request may carry; the rest is x-acs-*. */
const PLAIN_HEADERS = [
  'accept',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'host',
  'user-agent',
];

/** Every way in which a request differs from its documented form; empty for one that any server would take. */
export function faultsOf(request: SandboxRequest): readonly string[] {
  const facts = operationFacts(request.action);
  const parameters = facts.request as readonly ParameterFacts[];
  const hasBody = parameters.some((parameter) => parameter.in === 'body');
  const of = (place: ParameterFacts['in']) => parameters.filter((parameter) => parameter.in === place);
  const body = hasBody ? (JSON.parse(request.bodyText) as Readonly<Record<string, unknown>>) : {};
  return [
    ...(request.method === facts.method ? [] : [`method ${request.method}`]),
    ...(pathPattern(facts.path).test(request.path) ? [] : [`path ${request.path}`]),
    ...placeFaults('query', of('query'), request.query),
    ...placeFaults('body', of('body'), body),
    ...headerFaults(request, facts.version, hasBody),
    ...(facts.style === 'RPC' ? rpcFaults(request) : []),
  ];
}

/** Placeholders stand for one segment, percent-encoded to the last special character. */
function pathPattern(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '(?:[\\w.~-]|%[0-9A-F]{2})+')}$`);
}

function placeFaults(
  place: 'query' | 'body',
  documented: readonly ParameterFacts[],
  sent: Readonly<Record<string, unknown>>,
): readonly string[] {
  const missing = documented.filter(({ name, required }) => required && !(name in sent));
  return [
    ...missing.map(({ name }) => `${place} lacks ${name}`),
    ...Object.entries(sent).flatMap(([name, value]) => {
      const facts = documented.find((parameter) => parameter.name === name);
      if (facts === undefined) return [`${place} ${name} is not documented`];
      const isFitting = place === 'query' ? fitsAsText(facts, String(value)) : fitsAsJson(facts, value);
      return isFitting ? [] : [`${place} ${name} cannot be ${JSON.stringify(value)}`];
    }),
  ];
}

function fitsAsText({ type, enum: values, serialize }: ParameterFacts, text: string): boolean {
  if (values !== undefined && !values.map(String).includes(text)) return false;
  if (serialize === 'json-string') return Array.isArray(JSON.parse(text)) === (type === 'array');
  if (type === 'integer') return /^\d+$/.test(text);
  return type !== 'boolean' || /^(true|false)$/.test(text);
}

function fitsAsJson({ type, enum: values, serialize }: ParameterFacts, value: unknown): boolean {
  if (values !== undefined && !values.includes(value as string)) return false;
  if (serialize === 'json-string') return typeof value === 'string' && JSON.parse(value) !== undefined;
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'array') return Array.isArray(value);
  return typeof value === type;
}

function headerFaults(request: SandboxRequest, version: string, hasBody: boolean): readonly string[] {
  const { headers, bodyText } = request;
  const digest = createHash('sha256').update(bodyText).digest('hex');
  const expected = {
    accept: 'application/json',
    'content-type': hasBody ? 'application/json; charset=utf-8' : undefined,
    'x-acs-version': version,
    'x-acs-content-sha256': digest,
  };
  return [
    ...Object.keys(headers)
      .filter((name) => !PLAIN_HEADERS.includes(name) && !name.startsWith('x-acs-'))
      .map((name) => `header ${name} is not wanted`),
    ...Object.entries(expected)
      .filter(([name, value]) => headers[name] !== value)
      .map(([name]) => `header ${name} is ${headers[name]}`),
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(headers['x-acs-date'] ?? '') ? [] : ['header x-acs-date']),
    ...(headers['x-acs-signature-nonce'] ? [] : ['header x-acs-signature-nonce']),
    ...(/^ACS3-HMAC-SHA256 Credential=/.test(headers['authorization'] ?? '') ? [] : ['header authorization']),
    ...(hasBody || bodyText === '' ? [] : ['a body where none belongs']),
  ];
}

/** Source: the generic client sends none of the old signature's parameters, and an empty body. */
function rpcFaults({ query, headers }: SandboxRequest): readonly string[] {
  return [
    ...Object.keys(query)
      .filter((name) => /^(Action|Version|Format|Timestamp|AccessKeyId|Signature\w*)$/.test(name))
      .map((name) => `query ${name} belongs to the old signature`),
    ...(headers['content-length'] === '0' ? [] : [`header content-length is ${headers['content-length']}`]),
  ];
}
