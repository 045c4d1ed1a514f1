import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** Numbers that are the same in every run. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Whether what comes to pass so often does now. */
  of(probability: number): boolean {
    return this.next() < probability;
  }

  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }
}

/** What a backend really has, so that a query finds something. */
export interface Known {
  /** Global ids by type. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** The backends' own ids by type. */
  readonly sourceIds: Readonly<Record<string, readonly string[]>>;
  /** Lists at the root with cursors of theirs: the other arguments, as they stand in a document, and the cursors. */
  readonly lists: Readonly<
    Record<string, readonly { readonly args: string; readonly cursors: readonly string[] }[]>
  >;
}

const WORDS = ['qwen', 'Chat', 'text', 'a', '', 'OPENAI', 'nlp', 'Approved', 'pai', 'project=llm', 'project'];

const PAGING = ['first', 'last', 'after', 'before'];

/** Below the limit of documents, which counts those of a fragment wherever it is spread. */
const MAX_ALIASES = 200;

/** Objects that a query may lead to, so that its answer stays small enough to be made 500 times. */
const MAX_OBJECTS = 400;

/** Makes queries of all that a schema has, of any shape, whose arguments are mostly of use. */
export class QueryMaker {
  readonly #schema: GraphQLSchema;
  readonly #known: Known;
  readonly #chance: Chance;
  readonly #maxDepth: number;
  readonly #maxObjects: number;
  #fragments: string[] = [];
  #aliases = 0;

  constructor(schema: GraphQLSchema, known: Known, chance: Chance, maxDepth = 4, maxObjects = MAX_OBJECTS) {
    this.#schema = schema;
    this.#known = known;
    this.#chance = chance;
    this.#maxDepth = maxDepth;
    this.#maxObjects = maxObjects;
  }

  query(): string {
    for (;;) {
      const query = this.#query();
      if (this.#aliases < MAX_ALIASES) return query;
    }
  }

  /** What a mutation may select of the type that it answers. */
  mutation(name: string): string {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    const success = this.#schema.getType(`${type}Success`);
    if (!isObjectType(success)) throw new Error(`${name} has no success.`);
    for (;;) {
      this.#fragments = [];
      this.#aliases = 0;
      const selection = `__typename @include(if: $yes) ... on ${success.name} ${this.#selection(success, 1, 1)}`;
      if (this.#aliases >= MAX_ALIASES) continue;
      return `mutation ($input: ${type}Input!, $yes: Boolean = true) { ${name}(input: $input) { ${selection} } } ${this.#fragments.join(' ')}`;
    }
  }

  #query(): string {
    this.#fragments = [];
    this.#aliases = 0;
    const query = this.#schema.getQueryType();
    if (query === undefined || query === null) throw new Error('The schema has no queries.');
    const fields = Object.values(query.getFields());
    const chosen = Array.from({ length: this.#chance.int(1, 4) }, () => this.#chance.pick(fields));
    const selection = chosen.map((field) => this.#field(query, field, 0, 1)).join(' ');
    return `query ($yes: Boolean = true, $no: Boolean = false) { __typename @include(if: $yes) ${selection} x: __typename @skip(if: $no) } ${this.#fragments.join(' ')}`;
  }

  #field(
    type: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    depth: number,
    objects: number,
  ): string {
    const size = this.#sizeBelow(this.#maxObjects / objects);
    const args = this.#args(type, field, size);
    const named = getNamedType(field.type);
    // A field may stand twice with other arguments, and fields of two types may not have the same name in an answer.
    this.#aliases += 1;
    const alias = field.args.length > 0 ? `f${this.#aliases}: ` : `${type.name}_${field.name}: `;
    const directive = this.#chance.of(0.05)
      ? this.#chance.pick([' @include(if: $yes)', ' @skip(if: $yes)'])
      : '';
    const isPage = field.args.some(({ name }) => name === 'first');
    const below = objects * (isPage ? Math.max(1, size) : 1);
    const selection = isLeafType(named) ? '' : ` ${this.#selection(named, depth + 1, below)}`;
    return `${alias}${field.name}${args}${directive}${selection}`;
  }

  #sizeBelow(most: number): number {
    const size = this.#chance.pick([0, 1, 2, 3, 5, 8, 20, 30, 31, 50, 51, 99, 100]);
    return size <= most ? size : 1;
  }

  #selection(type: GraphQLNamedType, depth: number, objects: number): string {
    if (isAbstractType(type)) {
      const types = this.#schema.getPossibleTypes(type).filter(() => this.#chance.of(0.6));
      const parts = types.map((one) => `... on ${one.name} ${this.#selection(one, depth, objects)}`);
      return `{ __typename ${parts.join(' ')} }`;
    }
    if (!isObjectType(type)) throw new Error(`${type.name} has no fields.`);
    const all = Object.values(type.getFields());
    const leaves = all.filter((field) => isLeafType(getNamedType(field.type)));
    const branches = depth > this.#maxDepth ? [] : all.filter((field) => !leaves.includes(field));
    const chosen = [
      ...leaves.filter(() => this.#chance.of(2 / leaves.length)),
      ...branches.filter(() => this.#chance.of(1.5 / branches.length)),
    ];
    const fields = chosen.map((field) => this.#field(type, field, depth, objects));
    const text = `{ __typename ${fields.join(' ')} }`;
    if (!this.#chance.of(0.1)) return text;
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${type.name} ${text}`);
    return `{ ...${name} ... @include(if: $yes) { ...${name} } }`;
  }

  #args(type: GraphQLObjectType, { name, args }: GraphQLField<unknown, unknown>, size: number): string {
    const hasPages = args.some((arg) => arg.name === 'first');
    const lists = type.name === 'Query' && hasPages ? (this.#known.lists[name] ?? []) : [];
    if (lists.length > 0 && this.#chance.of(0.4)) {
      const list = this.#chance.pick(lists);
      const cursor = list.cursors.length === 0 ? '""' : `"${this.#chance.pick(list.cursors)}"`;
      const window = this.#chance.pick([
        `first: ${size}, after: ${cursor}`,
        `last: ${size}, before: ${cursor}`,
      ]);
      return `(${[window, list.args].filter((text) => text !== '').join(', ')})`;
    }
    const window = hasPages ? [this.#chance.of(0.8) ? `first: ${size}` : `last: ${size}`] : [];
    const others = args
      .filter((arg) => !PAGING.includes(arg.name))
      .filter((arg) => isRequiredArgument(arg) || this.#chance.of(0.5))
      .map((arg) => `${arg.name}: ${this.#argument(name, arg)}`);
    const given = [...window, ...others];
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  }

  #argument(field: string, { name, type }: GraphQLArgument): string {
    const typeName = `${field[0]?.toUpperCase()}${field.slice(1)}`;
    const { ids, sourceIds } = this.#known;
    const any = Object.values(ids).flat();
    if (name === 'ids') {
      const count = this.#chance.pick([0, 1, 5, 30]);
      return JSON.stringify(Array.from({ length: count }, () => this.#chance.pick(any)));
    }
    if (name === 'id') return JSON.stringify(this.#chance.pick(ids[typeName] ?? any));
    if (name === 'sourceId')
      return JSON.stringify(this.#chance.pick([...(sourceIds[typeName] ?? []), 'absent']));
    if (name === 'gatewaySourceId')
      return JSON.stringify(this.#chance.pick(sourceIds['AiGateway'] ?? ['absent']));
    return this.#value(type);
  }

  #value(type: GraphQLInputType): string {
    const inner = getNullableType(type);
    if (isListType(inner)) {
      return `[${Array.from({ length: this.#chance.int(1, 2) }, () => this.#value(inner.ofType)).join(', ')}]`;
    }
    if (isEnumType(inner)) {
      return this.#chance.pick(
        inner
          .getValues()
          .map((value) => value.name)
          .filter((value) => value !== 'OTHER'),
      );
    }
    if (isInputObjectType(inner)) {
      const fields = Object.values(inner.getFields());
      const chosen = fields.filter((one) => one.type !== getNullableType(one.type) || this.#chance.of(0.3));
      return `{ ${chosen.map((one) => `${one.name}: ${this.#value(one.type)}`).join(', ')} }`;
    }
    return inner.toString() === 'Int'
      ? String(this.#chance.int(0, 3))
      : JSON.stringify(this.#chance.pick(WORDS));
  }
}
