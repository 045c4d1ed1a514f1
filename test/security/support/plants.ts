import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  isRequiredInputField,
  isUnionType,
} from 'graphql';

/** Makes secrets, and finds them again in whatever leaves the gateway. */
export class Plants {
  #planted = 0;
  #seen = 0;
  #found = 0;
  #hits: string[] = [];

  /** A new secret. It looks like no key, so that nothing takes it out for its looks. */
  next(): string {
    this.#planted += 1;
    return `Pl4nt${String(this.#planted).padStart(6, '0')}Wq8z`;
  }

  /** Notes a text that left the gateway: a hit where it holds a secret but for its ends, which a preview may show. */
  left(where: string, text: string): void {
    this.#seen += 1;
    if (!/t0\d{5}/.test(text)) return;
    this.#found += 1;
    this.#hits.push(`${where}: ${text.slice(0, 400)}`);
  }

  /** The hits since it was last asked. */
  newHits(): readonly string[] {
    const hits = this.#hits;
    this.#hits = [];
    return hits;
  }

  /** Secrets made, texts seen, hits among them. */
  get counts() {
    return { planted: this.#planted, seen: this.#seen, found: this.#found };
  }
}

/** A value and the text of a literal that stands for it. */
export interface Planted {
  readonly shape: string;
  readonly value: unknown;
  readonly literal: string;
}

/** A secret in every shape that JSON and GraphQL have. */
export function shapes(secret: string): readonly Planted[] {
  const text = JSON.stringify(secret);
  return [
    { shape: 'text', value: secret, literal: text },
    { shape: 'block text', value: secret, literal: `"""${secret}"""` },
    { shape: 'enum', value: secret, literal: secret },
    { shape: 'list', value: [secret], literal: `[${text}]` },
    { shape: 'lists', value: [[secret], [[secret]]], literal: `[[${text}], [[${text}]]]` },
    { shape: 'object', value: { key: secret }, literal: `{key: ${text}}` },
    { shape: 'misspelt key', value: { apiKye: secret, name: 1 }, literal: `{apiKye: ${text}, name: 1}` },
    {
      shape: 'list of objects',
      value: [{ key: secret, value: [secret] }],
      literal: `[{key: ${text}, value: [${text}]}]`,
    },
    {
      shape: 'URL',
      value: `https://u:${secret}@h.example/?token=${secret}`,
      literal: `"https://u:${secret}@h.example/?token=${secret}"`,
    },
    { shape: 'broken URL', value: `https:/u:${secret}@h`, literal: `"https:/u:${secret}@h"` },
    { shape: 'list with a comma', value: `${secret},${secret}`, literal: `"${secret},${secret}"` },
  ];
}

/** One place where a client can put a value: a path below an argument. */
export interface Place {
  readonly operation: 'query' | 'mutation';
  readonly field: string;
  readonly argument: string;
  readonly argumentType: GraphQLInputType;
  readonly path: readonly string[];
  readonly selection: string;
}

/** Every argument of every field of Query and Mutation, and every field of the inputs in them. */
export function everyPlace(schema: GraphQLSchema): readonly Place[] {
  return (['query', 'mutation'] as const).flatMap((operation) => {
    const root = operation === 'query' ? schema.getQueryType() : schema.getMutationType();
    return Object.values(root?.getFields() ?? {}).flatMap((field) =>
      field.args.flatMap(({ name, type }) =>
        pathsOf(type, []).map((path) => ({
          operation,
          field: field.name,
          argument: name,
          argumentType: type,
          path,
          selection: selectionOf(getNamedType(field.type)),
        })),
      ),
    );
  });
}

function pathsOf(type: GraphQLInputType, path: readonly string[]): readonly (readonly string[])[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named) || path.length > 3) return [path];
  const below = Object.values(named.getFields()).flatMap((field) =>
    pathsOf(field.type, [...path, field.name]),
  );
  // A field that the input does not have, too.
  return [path, [...path, 'apiKye'], ...below];
}

/** What makes the field run and shows every error text, but nothing that the client itself has stored. */
function selectionOf(type: GraphQLNamedType): string {
  if (!isCompositeType(type)) return '';
  if (isUnionType(type) && type.getTypes().some(({ name }) => name === 'GatewayInvalidInputError')) {
    return '{ __typename ... on GatewayError { message code upstreamCode upstreamMessage requestId } ... on GatewayInvalidInputError { fieldErrors { path message } } }';
  }
  const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
  const known = ['id', 'totalCount', 'apiKeyPreview'].filter((name) => fields[name] !== undefined);
  return `{ __typename ${known.join(' ')} }`;
}

const VALID: Readonly<Record<string, unknown>> = {
  URL: 'https://h.example/v1',
  Decimal: '1.5',
  Long: 1,
  Int: 1,
  Float: 1,
  Boolean: true,
  JSON: {},
  String: 'x',
  DateTime: '2026-01-01T00:00:00Z',
};

/** A value of the type that is fine: what must be given, and no more. */
function validValue(type: GraphQLInputType, name = ''): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [validValue(nullable.ofType as GraphQLInputType, name)];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  if (isInputObjectType(nullable)) {
    return Object.fromEntries(
      Object.values(nullable.getFields())
        .filter(isRequiredInputField)
        .map((field) => [field.name, validValue(field.type, field.name)]),
    );
  }
  return getNamedType(type).name === 'ID' ? 'pc-1' : VALID[getNamedType(type).name];
}

/** `valid` with `value` at `path`; where an input on the way is in a list, in its only item. */
export function withValue(type: GraphQLInputType, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [withValue(nullable.ofType as GraphQLInputType, path, value)];
  const fields = isInputObjectType(nullable) ? nullable.getFields() : {};
  const field = fields[name];
  return {
    ...(validValue(type) as object),
    [name]: field === undefined ? value : withValue(field.type, rest, value),
  };
}

/** A literal stands where this is in a value. */
export class Literal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A value as a GraphQL literal; names of enum values are told by the type. */
export function print(value: unknown, type?: GraphQLInputType): string {
  if (value instanceof Literal) return value.text;
  const nullable = type === undefined ? undefined : getNullableType(type);
  if (Array.isArray(value)) {
    const inner = isListType(nullable) ? (nullable.ofType as GraphQLInputType) : undefined;
    return `[${value.map((item) => print(item, inner)).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = isInputObjectType(nullable) ? nullable.getFields() : {};
    const entries = Object.entries(value).map(
      ([name, item]) => `${name}: ${print(item, fields[name]?.type)}`,
    );
    return `{${entries.join(', ')}}`;
  }
  return isEnumType(nullable) ? String(value) : JSON.stringify(value);
}
