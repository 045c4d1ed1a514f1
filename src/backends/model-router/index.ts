import type { Model, ModelFilter, NewModel } from '../../domain/model.ts';
import { ANY_PAGE_SIZE, type PagedList } from '../../domain/page.ts';
import type { Backend, BackendSession } from '../backend.ts';
import { createModel, queryModelList } from './client.ts';
import { openLoaders } from './loaders.ts';

/** One request's way to the Model Router. */
export interface ModelRouterSession extends BackendSession {
  /** @throws GatewayError NOT_FOUND and any other */
  model(id: string): Promise<Model>;
  models(filter: ModelFilter): PagedList<Model>;
  /** @throws GatewayError */
  createModel(model: NewModel): Promise<Model>;
}

/** Regions with a host of their own; the others are served by the central one or by the regional rule. */
const CENTRAL_REGIONS = ['cn-shanghai'];

/** The Model Router, product aicontent. */
export const modelRouter: Backend<ModelRouterSession> = {
  source: 'MODEL_ROUTER',
  title: 'Model Router',
  description: 'Model Router (product aicontent).',
  position: 1,
  isRegional: false,
  endpoint: (region) =>
    CENTRAL_REGIONS.includes(region)
      ? 'https://aicontent.aliyuncs.com'
      : `https://aicontent.${region}.aliyuncs.com`,
  openSession(link) {
    const loaders = openLoaders(link);
    return {
      model: (id) => loaders.models.load(id),
      models: (filter) => ({
        pageSizes: ANY_PAGE_SIZE,
        readPage: (pageIndex, pageSize) => loaders.modelPages.load([filter, pageIndex, pageSize]),
      }),
      async createModel(model) {
        const created = await createModel(link, model);
        loaders.modelPages.clearAll();
        loaders.models.clear(created.sourceId).prime(created.sourceId, created);
        return created;
      },
      async probe() {
        await queryModelList(link, {}, 1, 1);
      },
    };
  },
};
