import type {
  AiGateway,
  AiGatewayDetail,
  CreatedModelService,
  ModelService,
  ModelServiceFilter,
  NewModelService,
} from '../../domain/model-service.ts';
import type { PagedList } from '../../domain/page.ts';
import type { Backend, BackendSession } from '../backend.ts';
import { createService, listGateways, PAGE_SIZES } from './client.ts';
import { openLoaders } from './loaders.ts';

/** One request's way to the PolarDB AI gateway. */
export interface AiGatewaySession extends BackendSession {
  /** @throws GatewayError NOT_FOUND and any other */
  gateway(id: string): Promise<AiGatewayDetail>;
  gateways(): PagedList<AiGateway>;
  /** @throws GatewayError NOT_FOUND and any other */
  modelService(gatewaySourceId: string, id: string): Promise<ModelService>;
  modelServices(gatewaySourceId: string, filter: ModelServiceFilter): PagedList<ModelService>;
  /** @throws GatewayError */
  createModelService(service: NewModelService): Promise<CreatedModelService>;
}

/** Regions that the central host serves. Source: the endpoint map of the vendor's SDKs. */
const CENTRAL_REGIONS = [
  'cn-beijing',
  'cn-fujian',
  'cn-hangzhou',
  'cn-hangzhou-finance',
  'cn-heyuan',
  'cn-qingdao',
  'cn-shanghai',
  'cn-shanghai-finance-1',
  'cn-shenzhen',
  'cn-wuhan',
  'cn-wulanchabu',
  'cn-zhangbei',
];

/** The PolarDB AI gateway, product polardb. */
export const aiGateway: Backend<AiGatewaySession> = {
  source: 'AI_GATEWAY',
  title: 'PolarDB AI gateway',
  description: 'PolarDB AI gateway (product polardb).',
  position: 3,
  isRegional: true,
  endpoint: (region) =>
    CENTRAL_REGIONS.includes(region)
      ? 'https://polardb.aliyuncs.com'
      : `https://polardb.${region}.aliyuncs.com`,
  openSession(link) {
    const loaders = openLoaders(link);
    return {
      gateway: (id) => loaders.gateways.load(id),
      gateways: () => ({
        pageSizes: PAGE_SIZES,
        readPage: (pageNumber, pageSize) => loaders.gatewayPages.load([pageNumber, pageSize]),
      }),
      modelService: (gatewaySourceId, id) => loaders.servicesOf(gatewaySourceId).load(id),
      modelServices: (gatewaySourceId, filter) => ({
        pageSizes: PAGE_SIZES,
        readPage: (pageNumber, pageSize) =>
          loaders.servicePages.load([gatewaySourceId, filter, pageNumber, pageSize]),
      }),
      async createModelService(service) {
        const created = await createService(link, service);
        loaders.servicePages.clearAll();
        loaders.servicesOf(service.gatewaySourceId).clear(created.sourceId);
        return created;
      },
      async probe() {
        await listGateways(link, 1, PAGE_SIZES[0] ?? 30);
      },
    };
  },
};
