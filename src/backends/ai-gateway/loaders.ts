import type {
  AiGateway,
  AiGatewayDetail,
  ModelService,
  ModelServiceFilter,
} from '../../domain/model-service.ts';
import type { Page } from '../../domain/page.ts';
import { GatewayError } from '../../errors.ts';
import { batchById, fanOutById, type RowLoader } from '../../transport/batching.ts';
import type { BackendLink } from '../backend.ts';
import { getGateway, getServices, listGateways, listServices, MAX_SERVICE_IDS } from './client.ts';

/** What one page of the services of a gateway is asked by. */
export type ServicePageKey = readonly [
  gatewaySourceId: string,
  filter: ModelServiceFilter,
  pageNumber: number,
  pageSize: number,
];

/** The loaders of one request. */
export interface AiGatewayLoaders {
  readonly gateways: RowLoader<string, AiGatewayDetail>;
  readonly gatewayPages: RowLoader<readonly [pageNumber: number, pageSize: number], Page<AiGateway>>;
  /** Batches: one call for each 100 ids of a gateway. */
  readonly servicesOf: (gatewaySourceId: string) => RowLoader<string, ModelService>;
  readonly servicePages: RowLoader<ServicePageKey, Page<ModelService>>;
}

/** Opens the loaders of one request. */
export function openLoaders(link: BackendLink): AiGatewayLoaders {
  const servicesByGateway = new Map<string, RowLoader<string, ModelService>>();
  const openServices = (gatewaySourceId: string) =>
    batchById<ModelService>({
      maxBatchSize: MAX_SERVICE_IDS,
      read: (ids) => getServices(link, gatewaySourceId, ids),
      idOf: (service) => service.sourceId,
      missing: () =>
        new GatewayError('NOT_FOUND', 'The gateway has no such model service.', { source: link.source }),
    });
  return {
    gateways: fanOutById((id) => getGateway(link, id)),
    gatewayPages: fanOutById(([pageNumber, pageSize]) => listGateways(link, pageNumber, pageSize)),
    servicesOf(gatewaySourceId) {
      const loader = servicesByGateway.get(gatewaySourceId) ?? openServices(gatewaySourceId);
      servicesByGateway.set(gatewaySourceId, loader);
      return loader;
    },
    servicePages: fanOutById(([gatewaySourceId, filter, pageNumber, pageSize]) =>
      listServices(link, gatewaySourceId, filter, pageNumber, pageSize),
    ),
  };
}
