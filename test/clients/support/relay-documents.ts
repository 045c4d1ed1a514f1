import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  type Connection,
  connections,
  entities,
  type ListMutation,
  leafFields,
  listMutations,
  SCHEMA_FILE,
} from './schema.ts';

const FOLDER = join(import.meta.dirname, '../.tmp/relay');

/** As a component that pages through the connection has it. */
export function connectionDocument({ owner, field, name, key }: Connection): string {
  const module = moduleOf(name);
  const args = '@argumentDefinitions(first: { type: "Int", defaultValue: 2 }, after: { type: "String" })';
  const fragment = `fragment ${module}_rows on ${owner} ${args} @refetchable(queryName: "${module}PaginationQuery") {
    rows: ${field}(first: $first, after: $after) @connection(key: "${module}_rows") {
      __id
      edges { node { __typename ${key} } }
    }
  }`;
  const query =
    owner === 'Query'
      ? `query ${module}Query($first: Int) { ...${module}_rows @arguments(first: $first) }`
      : `query ${module}Query($owner: ID!, $first: Int) {
          owner: node(id: $owner) { ...${module}_rows @alias(as: "list") @arguments(first: $first) }
        }`;
  return `graphql\`${fragment}\`;\ngraphql\`${query}\`;\n`;
}

/** As a component that shows one object, and reads it again. */
export function entityDocument(type: string): string {
  const module = moduleOf(type);
  return `graphql\`fragment ${module}_entity on ${type} @refetchable(queryName: "${module}RefetchQuery") { ${leafFields(type).join(' ')} }\`;\n`;
}

const ADDING = ['appendNode', 'prependNode'] as const;

/** As a component that makes or removes an object, with the lists it shows. */
export function mutationDocuments({ name, kind, success, fields }: ListMutation): string {
  const module = moduleOf(name);
  const input = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
  const document = (operation: string, selections: string) =>
    `graphql\`mutation ${operation}($input: ${input}, $connections: [ID!]!) {
      ${name}(input: $input) { __typename ... on ${success} { ${selections} } ... on GatewayError { message } }
    }\`;\n`;
  if (kind === 'delete') {
    // A field takes one of them.
    const selections = fields.map(
      ({ name: id }) => `${id} @deleteEdge(connections: $connections) gone: ${id} @deleteRecord`,
    );
    return document(`${module}Mutation`, selections.join(' '));
  }
  return ADDING.map((directive) => {
    const selections = fields.map(
      (field) =>
        `${field.name} @${directive}(connections: $connections, edgeTypeName: "${field.type}Edge") { id }`,
    );
    const operation = directive === 'appendNode' ? `${module}Mutation` : `${module}PrependMutation`;
    return document(operation, selections.join(' '));
  }).join('');
}

/** The name of the module that holds the documents of a field or a type. */
export function moduleOf(name: string): string {
  return name
    .replace(/^\w/, (first) => first.toLowerCase())
    .replace(/\.(\w)/, (_, first) => first.toUpperCase());
}

/** Writes the documents of all that the graph has and has Relay's compiler make its artifacts. @throws Error with what it says */
export function compileRelay(): void {
  compile(FOLDER, {
    ...Object.fromEntries(connections.map((one) => [moduleOf(one.name), connectionDocument(one)])),
    ...Object.fromEntries(entities.map((type) => [moduleOf(type), entityDocument(type)])),
    ...Object.fromEntries(listMutations.map((one) => [moduleOf(one.name), mutationDocuments(one)])),
  });
}

/** What Relay's compiler says of a module. @throws Error where it does not take it */
export function compileWith(module: string, text: string): string {
  return compile(`${FOLDER}-${module}`, { [module]: text });
}

function compile(folder: string, modules: Readonly<Record<string, string>>): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'artifacts'), { recursive: true });
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, `${name}.js`), text);
  const config = {
    src: '.',
    schema: relative(folder, SCHEMA_FILE),
    artifactDirectory: './artifacts',
    language: 'javascript',
    eagerEsModules: true,
    excludes: [],
  };
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
  const compiler = join(import.meta.dirname, '../node_modules/.bin/relay-compiler');
  return execFileSync(compiler, ['relay.config.json'], { cwd: folder, stdio: 'pipe', encoding: 'utf8' });
}

/** An artifact of the compiler. */
export async function artifact<Artifact>(name: string): Promise<Artifact> {
  const module: { readonly default: Artifact } = await import(
    join(FOLDER, 'artifacts', `${name}.graphql.js`)
  );
  return module.default;
}
