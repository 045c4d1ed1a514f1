import { readFileSync } from 'node:fs';

/** A documented answer field. */
export interface Shape {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'any';
  readonly fields?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly additionalProperties?: boolean;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
}

/** A documented operation. */
export interface OperationFacts {
  readonly product: string;
  readonly version: string;
  readonly style: 'ROA' | 'RPC';
  readonly method: string;
  readonly path: string;
  readonly reqBodyType: string;
  readonly request: readonly {
    name: string;
    in: 'path' | 'query' | 'body';
    required: boolean;
    type: 'string' | 'integer' | 'boolean' | 'object' | 'array';
    format?: 'int32' | 'int64';
    enum?: readonly unknown[];
  }[];
  readonly response: Shape;
}

interface ProductFacts {
  readonly version: string;
  readonly style: 'ROA' | 'RPC';
  readonly operations: Readonly<Record<string, Omit<OperationFacts, 'product' | 'version' | 'style'>>>;
}

/** A JSON document of the wire facts. */
export function readWireFacts<Document>(name: string): Document {
  return JSON.parse(
    readFileSync(new URL(`../../fixtures/wire/${name}`, import.meta.url), 'utf8'),
  ) as Document;
}

const products = readWireFacts<Readonly<Record<string, ProductFacts>>>('operations.json');

/** The name of every documented operation. */
export function documentedOperations(): readonly string[] {
  return Object.values(products).flatMap(({ operations }) => Object.keys(operations ?? {}));
}

/** The documented facts of an operation. */
export function operationFacts(action: string): OperationFacts {
  for (const [product, facts] of Object.entries(products)) {
    const operation = facts.operations?.[action];
    if (operation) return { product, version: facts.version, style: facts.style, ...operation };
  }
  throw new Error(`${action} is not documented`);
}

/** Every way in which an answer differs from the documented fields; a field that is left out is not one. */
export function differences(shape: Shape, value: unknown, path = 'answer'): readonly string[] {
  if (value === null) return shape.nullable ? [] : [`${path} is null`];
  switch (shape.type) {
    case 'any':
      return [];
    case 'array':
      if (!Array.isArray(value) || !shape.items) return [`${path} is no array`];
      return value.flatMap((item, index) => differences(shape.items as Shape, item, `${path}[${index}]`));
    case 'object':
      return objectDifferences(shape, value, path);
    case 'integer':
      return Number.isInteger(value) ? [] : [`${path} is no integer`];
    default:
      if (shape.type !== typeof value) return [`${path} is no ${shape.type}`];
      return shape.enum && value !== '' && !shape.enum.includes(value) ? [`${path} is not in its list`] : [];
  }
}

function objectDifferences(shape: Shape, value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || Array.isArray(value) || value === null) return [`${path} is no object`];
  if (shape.additionalProperties || !shape.fields) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const field = shape.fields?.[name];
    return field ? differences(field, item, `${path}.${name}`) : [`${path}.${name} is not documented`];
  });
}
