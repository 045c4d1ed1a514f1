import { fromJson } from './exact-json.ts';
import { invalidParameter, missingParameter } from './refusal.ts';

/** What one request parameter must look like. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'body';
  /** `json-list` is an array serialised to one JSON text. */
  readonly type: 'text' | 'int32' | 'int64' | 'boolean' | 'object' | 'list' | 'json-list';
  readonly required?: true;
  readonly oneOf?: readonly string[];
  /** Bounds of an integer, or of the length of a text in characters. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
}

/** Parameters that may be any text, or nothing. */
export function textParameters(place: Parameter['in'], names: readonly string[]): readonly Parameter[] {
  return names.map((name) => ({ name, in: place, type: 'text' }));
}

/** Where the raw values of a request are found; query and path are decoded. */
export interface RawParameters {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Checked parameter values by name; what was not sent is undefined. */
export class Arguments {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    return this.#values.get(name) as string | undefined;
  }

  int32(name: string): number | undefined {
    return this.#values.get(name) as number | undefined;
  }

  int64(name: string): number | bigint | undefined {
    return this.#values.get(name) as number | bigint | undefined;
  }

  /** The texts among these names that were sent. */
  texts<Name extends string>(names: readonly Name[]): { readonly [name in Name]?: string } {
    return this.#sent(names);
  }

  /** The integers among these names that were sent. */
  integers<Name extends string>(names: readonly Name[]): { readonly [name in Name]?: number | bigint } {
    return this.#sent(names);
  }

  /** The objects among these names that were sent. */
  objects<Name extends string>(
    names: readonly Name[],
  ): { readonly [name in Name]?: Readonly<Record<string, unknown>> } {
    return this.#sent(names);
  }

  #sent<Name extends string, Value>(names: readonly Name[]): { readonly [name in Name]?: Value } {
    const sent = names.filter((name) => this.#values.has(name));
    return Object.fromEntries(sent.map((name) => [name, this.#values.get(name)])) as {
      [name in Name]?: Value;
    };
  }

  flag(name: string): boolean {
    return this.#values.get(name) === true;
  }

  object(name: string): Readonly<Record<string, unknown>> | undefined {
    return this.#values.get(name) as Readonly<Record<string, unknown>> | undefined;
  }

  list(name: string): readonly unknown[] | undefined {
    return this.#values.get(name) as readonly unknown[] | undefined;
  }
}

/** Throws `MissingParameter` or `InvalidParameter`; parameters that are not described are ignored. */
export function readArguments(parameters: readonly Parameter[], raw: RawParameters): Arguments {
  const values = new Map<string, unknown>();
  for (const parameter of parameters) {
    const given = raw[parameter.in][parameter.name];
    // An empty query value says nothing, while an empty text in a body is a value.
    const isAbsent = given === undefined || given === null || (parameter.in !== 'body' && given === '');
    if (isAbsent && parameter.required) throw missingParameter(parameter.name);
    if (!isAbsent) values.set(parameter.name, readValue(parameter, given));
  }
  return new Arguments(values);
}

function readValue(parameter: Parameter, given: unknown): unknown {
  switch (parameter.type) {
    case 'text':
      return readText(parameter, given);
    case 'int32':
    case 'int64':
      return readInteger(parameter, given);
    case 'boolean':
      return readBoolean(parameter, given);
    case 'object':
      if (!isObject(given)) throw invalidParameter(parameter.name, 'an object is expected');
      return given;
    case 'list':
      if (!Array.isArray(given)) throw invalidParameter(parameter.name, 'an array is expected');
      return given;
    case 'json-list':
      return readJsonList(parameter, given);
  }
}

function readText(parameter: Parameter, given: unknown): string {
  const { name, oneOf, min = 0, max = Number.POSITIVE_INFINITY, pattern } = parameter;
  if (typeof given !== 'string') throw invalidParameter(name, 'a string is expected');
  if (oneOf && !oneOf.includes(given)) throw invalidParameter(name, `use one of ${oneOf.join(', ')}`);
  const length = [...given].length;
  if (length < min || length > max) throw invalidParameter(name, `use ${min} to ${max} characters`);
  if (pattern && !pattern.test(given)) throw invalidParameter(name, 'its format is wrong');
  return given;
}

function readInteger(parameter: Parameter, given: unknown): number | bigint {
  const { name, type, oneOf, min, max } = parameter;
  const bits = type === 'int32' ? 32 : 64;
  const isInteger =
    parameter.in === 'body'
      ? Number.isInteger(given) || typeof given === 'bigint'
      : /^-?\d{1,19}$/.test(String(given));
  if (!isInteger) throw invalidParameter(name, 'an integer is expected');
  const exact = BigInt(given as string | number | bigint);
  if (BigInt.asIntN(bits, exact) !== exact) throw invalidParameter(name, `it exceeds ${bits} bits`);
  if (oneOf && !oneOf.includes(exact.toString())) {
    throw invalidParameter(name, `use one of ${oneOf.join(', ')}`);
  }
  if ((min !== undefined && exact < min) || (max !== undefined && exact > max)) {
    throw invalidParameter(name, max === undefined ? `use ${min} or more` : `use ${min} to ${max}`);
  }
  const rounded = Number(exact);
  return Number.isSafeInteger(rounded) ? rounded : exact;
}

function readBoolean(parameter: Parameter, given: unknown): boolean {
  if (given === true || given === false) return given;
  if (parameter.in !== 'body' && (given === 'true' || given === 'false')) return given === 'true';
  throw invalidParameter(parameter.name, 'true or false is expected');
}

function readJsonList(parameter: Parameter, given: unknown): readonly unknown[] {
  let value: unknown;
  try {
    value = fromJson(String(given));
  } catch {
    throw invalidParameter(parameter.name, 'it is not JSON');
  }
  if (!Array.isArray(value)) throw invalidParameter(parameter.name, 'a JSON array is expected');
  return value;
}

/** A JSON object, not an array or null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
