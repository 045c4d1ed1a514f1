/** Variables that a query is sent with in turn: more than connections, so that no two requests under way are equal. */
export const VARIANTS = 256;

/** Enough to keep one core busy. */
const HEAVY_CONNECTIONS = 8;

/** Gateways of the ten pages of Q6. */
const PAGES = 10;

/** One kind of work, the same for every contestant. */
export interface BenchQuery {
  readonly id: string;
  readonly title: string;
  readonly document: string;
  /** Upstream calls that one operation takes on its own, by the gateway's plan. */
  readonly calls: number;
  /**
   * Whether two requests under way may be the same to a backend, whatever their variables: where a list takes no
   * argument there is nothing to tell them apart by.
   */
  readonly sharesReads: 'none' | 'some' | 'all';
  /** Most connections for it: answers that take long would queue for seconds behind more of them. */
  readonly maxConnections?: number;
  variablesOf(variant: number): Readonly<Record<string, unknown>>;
}

const SERVICE_FIELDS = 'sourceId name vendor category rawProtocol rawStatus baseUrl createdAt';

/**
 * What the benchmark asks. No page of the graph has more than 100 rows, so a thousand come either from `providers`,
 * which the vendor does not page (Q4), or from ten pages (Q6).
 */
export const QUERIES: readonly BenchQuery[] = [
  {
    id: 'Q0',
    title: 'no data',
    document: 'query Q0 { __typename }',
    calls: 0,
    sharesReads: 'none',
    variablesOf: () => ({}),
  },
  {
    id: 'Q1',
    title: '30 services, 1 call',
    document: `query Q1($gateway: ID!) { modelServices(gatewaySourceId: $gateway, first: 30) { totalCount nodes { ${SERVICE_FIELDS} } } }`,
    calls: 1,
    sharesReads: 'none',
    variablesOf: (variant) => ({ gateway: `pg-${variant}` }),
  },
  {
    id: 'Q2',
    title: '1 model, 1 call',
    document:
      'query Q2($id: ID!) { model(sourceId: $id) { sourceId name description vendor category modelCode maxInputLength maxOutputLength createdAt updatedAt } }',
    calls: 1,
    sharesReads: 'none',
    variablesOf: (variant) => ({ id: String(variant + 1) }),
  },
  {
    id: 'Q3',
    title: '30 services, each with its model of 10, 3 calls',
    document:
      'query Q3($gateway: ID!) { modelServices(gatewaySourceId: $gateway, first: 30) { nodes { sourceId name models { nodes { sourceId name modelCode vendor } } } } }',
    calls: 3,
    sharesReads: 'some',
    variablesOf: (variant) => ({ gateway: `pg-${variant}` }),
  },
  {
    id: 'Q4',
    title: '1,000 rows in one answer, 1 call',
    document:
      'query Q4 { providers { name symbol models { identifier category inOut maxInputLength maxOutputLength } } }',
    calls: 1,
    maxConnections: HEAVY_CONNECTIONS,
    sharesReads: 'all',
    variablesOf: () => ({}),
  },
  {
    id: 'Q5',
    title: '10 models, each with 3 versions, 11 calls',
    document:
      'query Q5($name: String) { paiModels(first: 10, filter: { name: $name }) { nodes { sourceId name domain task versions(first: 3) { nodes { versionName description uri approvalStatus formatType frameworkType createdAt } } } } }',
    calls: 11,
    maxConnections: HEAVY_CONNECTIONS,
    sharesReads: 'none',
    variablesOf: (variant) => ({ name: `v${variant}` }),
  },
  {
    id: 'Q6',
    title: '1,000 services in ten pages, 10 calls',
    document: pagesDocument(),
    calls: PAGES,
    maxConnections: HEAVY_CONNECTIONS,
    sharesReads: 'none',
    variablesOf: (variant) =>
      Object.fromEntries(
        Array.from({ length: PAGES }, (_, page) => [`g${page}`, `pg-${variant * PAGES + page}`] as const),
      ),
  },
];

function pagesDocument(): string {
  const pages = Array.from({ length: PAGES }, (_, page) => page);
  const variables = pages.map((page) => `$g${page}: ID!`).join(', ');
  const fields = pages.map(
    (page) =>
      `p${page}: modelServices(gatewaySourceId: $g${page}, first: 100) { nodes { ${SERVICE_FIELDS} } }`,
  );
  return `query Q6(${variables}) { ${fields.join(' ')} }`;
}

/** The body of a request for one of its variants. */
export function bodyOf({ id, document, variablesOf }: BenchQuery, variant: number): string {
  return JSON.stringify({ operationName: id, query: document, variables: variablesOf(variant) });
}

/** Bodies to send in turn; `equal` for one and the same again and again. */
export function bodiesOf(query: BenchQuery, equal = false): readonly string[] {
  return Array.from({ length: equal ? 1 : VARIANTS }, (_, variant) => bodyOf(query, variant));
}
