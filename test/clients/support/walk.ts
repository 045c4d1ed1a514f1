import { type Connection, connections } from './schema.ts';

/** A JSON answer. */
interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** Sends an operation by plain fetch. @throws Error where any of it failed */
export async function post<Data>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as Answer;
  if (errors !== undefined) throw new Error(`${query}: ${JSON.stringify(errors)}`);
  return data as Data;
}

/** A page of a connection, whatever its type. */
export interface Page {
  readonly edges: readonly { readonly node: Readonly<Record<string, string>> }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** A document for a page of a connection: `page` of the query, or of `owner`, the object by $owner. */
export function pageQuery({ owner, field, key }: Connection, name = 'Page'): string {
  const page = `page: ${field}(first: $first, after: $after) {
    edges { cursor node { __typename ${key} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }`;
  return owner === 'Query'
    ? `query ${name}($first: Int, $after: String) { ${page} }`
    : `query ${name}($first: Int, $after: String, $owner: ID!) {
        owner: node(id: $owner) { __typename id ... on ${owner} { ${page} } }
      }`;
}

/** The page in the answer to {@link pageQuery}. */
export function pageIn(data: unknown): Page {
  const { page, owner } = data as { page?: Page; owner?: { page: Page } };
  const found = page ?? owner?.page;
  if (found === undefined) throw new Error(`${JSON.stringify(data)} holds no page.`);
  return found;
}

/** The keys of all rows, page by page, by nothing but fetch. */
export async function plainWalk(
  url: string,
  connection: Connection,
  owner: string | undefined,
  first: number,
): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const page: Page = pageIn(await post(url, pageQuery(connection), { first, after, owner }));
    keys.push(...page.edges.map(({ node }) => node[connection.key] ?? ''));
    more = page.pageInfo.hasNextPage;
    after = page.pageInfo.endCursor;
  }
  return keys;
}

const IDS_AT_ONCE = 20;

/** Of all objects that have the connection, the one with the most rows; undefined for those of the query. */
export async function ownerOf(url: string, { owner, field }: Connection): Promise<string | undefined> {
  if (owner === 'Query') return undefined;
  const list = connections.find((one) => one.owner === 'Query' && one.nodeType === owner);
  if (list === undefined) throw new Error(`Nothing lists ${owner}.`);
  const ids = await plainWalk(url, list, undefined, 100);
  let most = { id: '', rows: 0 };
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const { nodes } = await post<{ nodes: readonly { id: string; page: { totalCount: number } }[] }>(
      url,
      `query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on ${owner} { page: ${field}(first: 1) { totalCount } } } }`,
      { ids: ids.slice(from, from + IDS_AT_ONCE) },
    );
    for (const { id, page } of nodes) if (page.totalCount > most.rows) most = { id, rows: page.totalCount };
  }
  if (most.rows < 2)
    throw new Error(`No ${owner} has two rows of ${field}: there is nothing to page through.`);
  return most.id;
}
