import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the three clouds hold, and how they page. */
export interface Holdings {
  readonly models: number;
  /** Of each model. */
  readonly billingRules: number;
  readonly paiModels: number;
  /** Of each PAI model. */
  readonly versions: number;
  readonly gateways: readonly { readonly services: number; readonly rulesOfEach: number }[];
  /** Rows of a page at most, whatever is asked; left out: as many as asked. */
  readonly cap?: number;
  readonly tellsTotals?: boolean;
  /** Rows of lists that have no id. */
  readonly isHole?: (place: number) => boolean;
}

/** Answers every read of the graph from counts alone, and signs nothing off. */
export interface FabricatedCloud extends AsyncDisposable {
  readonly url: string;
  /** May be changed between two requests. */
  holdings: Holdings;
  /** Actions received, in order. */
  readonly actions: string[];
}

type Query = Readonly<Record<string, string>>;

/** Starts one. */
export async function openFabricatedCloud(holdings: Holdings): Promise<FabricatedCloud> {
  const actions: string[] = [];
  const cloud = { holdings };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const action = String(request.headers['x-acs-action']);
    actions.push(action);
    const answer = ANSWERS[action]?.(Object.fromEntries(url.searchParams), url.pathname, cloud.holdings);
    if (answer === undefined) response.writeHead(500);
    response.end(JSON.stringify(answer ?? { Code: 'InternalError', Message: action }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return Object.assign(cloud, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    actions,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}

interface Page {
  readonly rows: readonly number[];
  readonly total: number | undefined;
}

/** Places from 0. */
function pageOf(count: number, page: string | undefined, size: string | undefined, held: Holdings): Page {
  const length = Math.min(Number(size ?? 30), held.cap ?? Number.POSITIVE_INFINITY);
  const start = (Number(page ?? 1) - 1) * length;
  const rows = Array.from(
    { length: Math.max(0, Math.min(length, count - start)) },
    (_, index) => start + index,
  );
  return { rows, total: held.tellsTotals === false ? undefined : count };
}

const made = (place: number) => `2024-01-01T00:00:${String(place % 60).padStart(2, '0')}Z`;
const last = (path: string, fromEnd = 1) => path.split('/').at(-fromEnd) ?? '';

const modelOf = (place: number, { isHole }: Holdings) =>
  isHole?.(place) === true
    ? { name: 'no id' }
    : { id: place + 1, name: `m${place}`, modelCode: `m${place}`, gmtCreate: made(place) };

const ruleRow = (model: number, place: number) => ({ id: model * 10_000 + place + 1, modelId: model });

const paiModelOf = (place: number, { isHole }: Holdings) =>
  isHole?.(place) === true
    ? {}
    : { ModelId: `model-${place}`, ModelName: `m${place}`, GmtCreateTime: made(place) };

const serviceOf = (gateway: number, place: number) => ({
  ModelServiceId: `ms-${gateway}-${place}`,
  Name: `m${place}`,
  Protocol: 'openai',
  Status: 'Enable',
  GmtCreated: made(place),
});

const costRuleOf = (gateway: number, service: number, place: number) => ({
  CostRuleId: `rule-${gateway}-${service}-${place}`,
  ModelServiceId: `ms-${gateway}-${service}`,
  Model: `m${service + place}`,
});

const gatewayOf = (query: Query) => Number(query['GwClusterId']?.replace('pg-', ''));

const routerList = ({ rows, total }: Page, toRow: (place: number) => object) => ({
  success: true,
  data: { list: rows.map(toRow), ...(total === undefined ? {} : { total: String(total) }) },
});

const flatList = (
  name: string,
  totalName: string,
  { rows, total }: Page,
  toRow: (place: number) => object,
) => ({
  [name]: rows.map(toRow),
  ...(total === undefined ? {} : { [totalName]: total }),
});

const polardbList = (query: Query, count: number, held: Holdings, toRow: (place: number) => object) =>
  flatList('Items', 'TotalRecordCount', pageOf(count, query['PageNumber'], query['PageSize'], held), toRow);

const ANSWERS: Readonly<Record<string, (query: Query, path: string, held: Holdings) => object | undefined>> =
  {
    ModelRouterQueryModelList: (query, _path, held) =>
      routerList(pageOf(held.models, query['pageIndex'], query['pageSize'], held), (place) =>
        modelOf(place, held),
      ),
    ModelRouterQueryModel: (_query, path) => ({
      success: true,
      data: modelOf(Number(last(path)) - 1, { ...NOTHING }),
    }),
    ModelRouterQueryBillingRuleList(query, _path, held) {
      const model = Number(query['modelCode']?.slice(1)) + 1;
      const page = pageOf(held.billingRules, query['pageIndex'], query['pageSize'], held);
      return routerList(page, (place) => ruleRow(model, place));
    },
    ModelRouterQueryNacosProviders: () => ({ success: true, data: [] }),
    ModelRouterQueryNacosTags: () => ({ success: true, data: [] }),
    ListModels(query, _path, held) {
      const page = pageOf(held.paiModels, query['PageNumber'], query['PageSize'], held);
      const at = (place: number) => (query['Order'] === 'DESC' ? held.paiModels - 1 - place : place);
      return flatList('Models', 'TotalCount', page, (place) => paiModelOf(at(place), held));
    },
    GetModel: (_query, path) => paiModelOf(Number(last(path).slice('model-'.length)), { ...NOTHING }),
    ListModelVersions: (query, _path, held) =>
      flatList(
        'Versions',
        'TotalCount',
        pageOf(held.versions, query['PageNumber'], query['PageSize'], held),
        (place) => ({ VersionName: `0.${place}.0` }),
      ),
    GetModelVersion: (_query, path) => ({ VersionName: last(path) }),
    ListWorkspaces: () => ({ Workspaces: [], TotalCount: 0 }),
    DescribeGatewayList: (query, _path, held) =>
      polardbList(query, held.gateways.length, { ...held, tellsTotals: true }, (place) => ({
        GwClusterId: `pg-${place}`,
      })),
    DescribeGatewayAttribute: (query) => ({ GwClusterId: query['GwClusterId'], Endpoints: [] }),
    DescribeModelServices(query, _path, held) {
      const gateway = gatewayOf(query);
      const ids = query['ModelServiceIds']?.split(',');
      if (ids !== undefined) {
        const Items = ids.map((id) => ({
          ...serviceOf(gateway, Number(last(id.replaceAll('-', '/')))),
          ModelServiceId: id,
        }));
        return { Items, TotalRecordCount: ids.length };
      }
      return polardbList(query, held.gateways[gateway]?.services ?? 0, held, (place) =>
        serviceOf(gateway, place),
      );
    },
    DescribeCostRules(query, _path, held) {
      const gateway = gatewayOf(query);
      const { services = 0, rulesOfEach = 0 } = held.gateways[gateway] ?? {};
      const service = query['ModelServiceId'];
      if (service !== undefined) {
        const own = Number(last(service.replaceAll('-', '/')));
        return polardbList(query, rulesOfEach, held, (place) => costRuleOf(gateway, own, place));
      }
      return polardbList(query, services * rulesOfEach, held, (place) =>
        costRuleOf(gateway, Math.floor(place / rulesOfEach), place % rulesOfEach),
      );
    },
    DescribeModelApis: () => ({ Items: [], TotalRecordCount: 0 }),
  };

/** Clouds that hold nothing. */
export const NOTHING: Holdings = { models: 0, billingRules: 0, paiModels: 0, versions: 0, gateways: [] };
