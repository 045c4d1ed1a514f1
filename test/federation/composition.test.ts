import { buildSchema } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Composed, composers } from './composers.ts';
import { deploymentsSdl } from './subgraphs/deployments.ts';
import { printedSubgraph } from './subgraphs/gateway.ts';

const NAMES = Object.keys(composers);

let composed: ReadonlyMap<string, Composed>;
let own: string;
beforeAll(() => {
  own = printedSubgraph();
  const subgraphs = [
    { name: 'modelgraph', url: 'http://127.0.0.1:4000/graphql', sdl: own },
    { name: 'deployments', url: 'http://127.0.0.1:4001/graphql', sdl: deploymentsSdl },
  ];
  composed = new Map(Object.entries(composers).map(([name, compose]) => [name, compose(subgraphs)]));
});

const of = (name: string): Composed =>
  composed.get(name) ?? { faults: ['not composed'], supergraph: '', api: '' };

describe.each(NAMES)('%s', (name) => {
  it('finds no fault in this subgraph beside one that owns node, PageInfo and a NotFoundError', () => {
    expect(of(name).faults).toEqual([]);
  });

  it('makes the same graph of them for clients as the others do', () => {
    expect(of(name).api).toBe(of(NAMES[0] ?? '').api);
  });

  it('takes this subgraph alone', () => {
    const [alone] = [composers[name]?.([{ name: 'modelgraph', url: 'http://127.0.0.1:4000', sdl: own }])];
    expect(alone?.faults).toEqual([]);
    expect(alone?.api).toContain('type ModelService implements CatalogEntry & Node');
  });
});

it('gives clients what both subgraphs have, with its descriptions, and nothing of what joins them', () => {
  const api = buildSchema(of('@apollo/composition').api);
  const fieldsOf = (name: string) => {
    const type = api.getType(name);
    return type !== undefined && 'getFields' in type ? Object.keys(type.getFields()) : [];
  };
  expect(fieldsOf('ModelService')).toEqual(expect.arrayContaining(['deployments', 'costRules', 'name']));
  expect(fieldsOf('Model')).toEqual(expect.arrayContaining(['deployments', 'billingRules']));
  expect(fieldsOf('Query')).toEqual(expect.arrayContaining(['node', 'nodes', 'deployments', 'catalog']));
  expect(fieldsOf('NotFoundError')).toEqual(['deploymentId', 'reason']);
  expect(fieldsOf('GatewayNotFoundError')).toContain('upstreamCode');
  expect(api.getType('ModelService')?.description).toMatch(/^A model service of one AI gateway/);
  expect(Object.keys(api.getTypeMap()).filter((name) => /^_(Any|Entity|Service)$/.test(name))).toEqual([]);
});

it('tells a fault: a key that a subgraph has not', () => {
  const broken = deploymentsSdl.replace('@key(fields: "sourceId")', '@key(fields: "modelCode")');
  for (const compose of Object.values(composers)) {
    const { faults } = compose([
      { name: 'modelgraph', url: 'http://127.0.0.1:4000', sdl: own },
      { name: 'deployments', url: 'http://127.0.0.1:4001', sdl: broken },
    ]);
    expect(faults.length).toBeGreaterThan(0);
  }
});
