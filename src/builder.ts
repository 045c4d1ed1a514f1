import SchemaBuilder from '@pothos/core';
import { Kind, type ValueNode } from 'graphql';
import type { Context } from './context.ts';
import type { Decimal } from './domain/decimal.ts';
import { formatInstant, type Instant, parseRfc3339 } from './domain/instant.ts';
import type { JsonValue } from './domain/json-value.ts';

/** The Pothos builder every schema file adds to. */
export const builder = new SchemaBuilder<{
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Instant; Output: Instant };
    Decimal: { Input: string; Output: Decimal };
    Long: { Input: number; Output: number };
    JSON: { Input: JsonValue; Output: JsonValue };
    URL: { Input: string; Output: string };
    _Any: { Input: JsonValue; Output: JsonValue };
  };
}>({});

/** An implemented object type whose rows are `Row`. */
export type ObjectTypeRef<Row> = ReturnType<ReturnType<typeof builder.objectRef<Row>>['implement']>;

/** A scalar's word about a value that it refuses. It never holds the value: what a client sends by mistake may be a secret. */
export class ScalarFault extends TypeError {}

/** Of a number that may have lost digits when it was read. */
export const ROUNDED = 'A number beyond ±(2^53-1) must be sent as a string, else it would be rounded.';

function textOnly(typeName: string) {
  return (value: unknown): string => {
    if (typeof value !== 'string') throw new ScalarFault(`${typeName} must be a string.`);
    return value;
  };
}

builder.scalarType('DateTime', {
  description:
    'RFC 3339 instant in UTC, e.g. 2026-03-31T14:40:48Z; milliseconds only where they are not zero. As input with Z or any offset, never without a zone.',
  serialize: formatInstant,
  parseValue: (value) => {
    const instant = parseRfc3339(textOnly('DateTime')(value));
    if (instant === undefined)
      throw new ScalarFault(
        'DateTime must be an RFC 3339 instant with Z or an offset, e.g. 2026-03-31T14:40:48Z.',
      );
    return instant;
  },
});

builder.scalarType('Decimal', {
  description: 'Exact decimal as a string, e.g. "10" or "0.25". Never a float.',
  serialize: (value) => value,
  parseValue: textOnly('Decimal'),
});

builder.scalarType('Long', {
  description: 'Whole number within ±(2^53-1), a JSON number. For what the backends send as int64.',
  serialize: (value) => value,
  parseValue: wholeNumber,
  parseLiteral: (node) => wholeNumber(node.kind === Kind.INT ? Number(node.value) : undefined),
});

const anyJson = {
  serialize: (value: JsonValue) => value,
  parseValue: (value: unknown) => exactJson(value as JsonValue),
  parseLiteral: (node: ValueNode, variables: Readonly<Record<string, unknown>> | null | undefined) =>
    jsonLiteral(node, variables ?? {}),
};

builder.scalarType('JSON', {
  description:
    'Any JSON value. Integers beyond ±(2^53-1) come as strings, so that none is rounded, and are taken as strings only.',
  ...anyJson,
});

builder.scalarType('_Any', {
  description:
    'An object as a router names it (Apollo Federation): its __typename and the fields of one of its keys.',
  ...anyJson,
});

builder.scalarType('URL', {
  description:
    'Absolute http(s) URL. Leaves without user information, and with the values of its query masked.',
  serialize: (value) => value,
  parseValue: textOnly('URL'),
});

function wholeNumber(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new ScalarFault('Long must be a whole number within ±(2^53-1).');
  return value as number;
}

/** The value as it is. Throws where it holds a number that may have lost digits when it was read. */
function exactJson(value: JsonValue): JsonValue {
  if (
    typeof value === 'number' &&
    !(Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value))
  ) {
    throw new ScalarFault(ROUNDED);
  }
  if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) exactJson(item);
  return value;
}

function jsonLiteral(node: ValueNode, variables: Readonly<Record<string, unknown>>): JsonValue {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return exactJson(Number(node.value));
    case Kind.STRING:
    case Kind.ENUM:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.LIST:
      return node.values.map((item) => jsonLiteral(item, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, jsonLiteral(value, variables)]),
      );
    case Kind.VARIABLE:
      return exactJson((variables[node.name.value] ?? null) as JsonValue);
  }
}

builder.queryType({
  description: 'Reads. A backend that fails nulls its own fields, with an error, and no others.',
});
builder.mutationType({
  description:
    'Writes. Each answers with its success or with an error as a union member; errors[] is for bugs and for bad requests.',
});
