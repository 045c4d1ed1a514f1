import { GATEWAY_IDS } from '../../src/sandbox/data/gateways.ts';
import type { GatewayProcess, Reply } from './gateway-process.ts';
import type { Chance } from './random.ts';

/** The rows that exist before the soak and are never written: global id to name. */
export type KnownRows = ReadonlyMap<string, string>;

interface Page {
  readonly nodes: readonly { readonly id: string; readonly name: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

/** Reads everything there is to know, while nothing is broken. */
export async function readKnown(gateway: GatewayProcess): Promise<KnownRows> {
  const known = new Map<string, string>();
  for (const list of ['models', 'paiModels', 'modelServices']) {
    const place = list === 'modelServices' ? `, gatewaySourceId: "${GATEWAY_IDS.many}"` : '';
    for (let after: string | undefined, hasNext = true; hasNext; ) {
      const cursor = after === undefined ? '' : `, after: "${after}"`;
      const page = await readPage(gateway, `${list}(first: 100${cursor}${place})`);
      for (const { id, name } of page.nodes) known.set(id, name);
      ({ hasNextPage: hasNext, endCursor: after } = page.pageInfo);
    }
  }
  return known;
}

async function readPage(gateway: GatewayProcess, field: string): Promise<Page> {
  const query = `{ page: ${field} { nodes { id name } pageInfo { hasNextPage endCursor } } }`;
  const { data, errors } = await gateway.ask(query);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return data?.['page'] as Page;
}

/** A random read of the mix. */
export function someRead(known: KnownRows, chance: Chance): string {
  const ids = [...known.keys()];
  const some = (count: number) => Array.from({ length: count }, () => `"${chance.pick(ids)}"`).join(', ');
  return chance.pick([
    () =>
      `{ node(id: ${some(1)}) { id ... on Model { name } ... on PaiModel { name } ... on ModelService { name } } }`,
    () =>
      `{ nodes(ids: [${some(20)}]) { id ... on Model { name } ... on PaiModel { name } ... on ModelService { name } } }`,
    () => '{ models(first: 50) { totalCount nodes { id name } } }',
    () =>
      '{ paiModels(first: 30) { totalCount nodes { id name versions(first: 2) { nodes { id versionName } } } } }',
    () =>
      `{ modelServices(first: 40, gatewaySourceId: "${GATEWAY_IDS.many}") { nodes { id name gateway { id } } } }`,
    () => '{ catalog(first: 50) { totalCount sources { source error { code } } nodes { id name } } }',
    () =>
      '{ catalog(first: 20, orderBy: { field: NAME, direction: ASC }, filter: { text: "qwen" }) { nodes { id name } } }',
    () => '{ models(first: 10) { nodes { id name modelServices(first: 3) { nodes { id name } } } } }',
    () => '{ sources { source healthy breaker retryAfterMs queued lastError { code } } }',
  ])();
}

/** Rows of an answer that bear the name of another row. */
export function wrongRows({ data }: Reply, known: KnownRows): readonly string[] {
  const wrong: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { id, name } = value as { id?: unknown; name?: unknown };
    if (typeof id === 'string' && typeof name === 'string' && known.has(id) && known.get(id) !== name) {
      wrong.push(`${id} is called ${name} and should be ${known.get(id)}`);
    }
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(data);
  return wrong;
}
