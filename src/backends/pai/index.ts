import { ANY_PAGE_SIZE, type PagedList } from '../../domain/page.ts';
import type { NewPaiModel, PaiModel, PaiModelFilter, PaiModelOrder } from '../../domain/pai-model.ts';
import type { Backend, BackendSession } from '../backend.ts';
import { createModel, listModels } from './client.ts';
import { openLoaders } from './loaders.ts';

/** One request's way to the PAI model registry. */
export interface PaiSession extends BackendSession {
  /** @throws GatewayError NOT_FOUND and any other */
  paiModel(id: string): Promise<PaiModel>;
  /** Without an order the backend's own. */
  paiModels(filter: PaiModelFilter, order: PaiModelOrder | undefined): PagedList<PaiModel>;
  /** Gives the new model's id, which is all the backend tells. @throws GatewayError */
  createPaiModel(model: NewPaiModel): Promise<string>;
}

/** Regions that the central host serves. Source: the endpoint map of the vendor's TypeScript SDK. */
const CENTRAL_REGIONS = [
  'ap-southeast-2',
  'cn-fujian',
  'cn-hangzhou-finance',
  'cn-huhehaote',
  'cn-qingdao',
  'cn-wuhan',
  'cn-zhangbei',
  'eu-west-1',
  'me-east-1',
  'us-west-1',
];

/** The PAI model registry, product aiworkspace. */
export const pai: Backend<PaiSession> = {
  source: 'PAI',
  title: 'PAI model registry',
  description: 'PAI model registry (product aiworkspace).',
  position: 2,
  isRegional: true,
  endpoint: (region) =>
    CENTRAL_REGIONS.includes(region)
      ? 'https://aiworkspace.aliyuncs.com'
      : `https://aiworkspace.${region}.aliyuncs.com`,
  openSession(link) {
    const loaders = openLoaders(link);
    return {
      paiModel: (id) => loaders.models.load(id),
      paiModels: (filter, order) => ({
        pageSizes: ANY_PAGE_SIZE,
        readPage: (pageNumber, pageSize) => loaders.modelPages.load([filter, order, pageNumber, pageSize]),
      }),
      async createPaiModel(model) {
        const id = await createModel(link, model);
        loaders.modelPages.clearAll();
        loaders.models.clear(id);
        return id;
      },
      async probe() {
        await listModels(link, {}, undefined, 1, 1);
      },
    };
  },
};
