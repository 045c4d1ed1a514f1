import type {
  AiGateway,
  AiGatewayDetail,
  CreatedModelService,
  ModelService,
  ModelServiceChange,
  ModelServiceFilter,
  NewModelService,
} from '../../domain/model-service.ts';
import type { Page } from '../../domain/page.ts';
import type { BackendLink } from '../backend.ts';
import { type FlatAnswer, flatCreated } from '../flat-envelope.ts';
import { type NoteOdd, readLeniently } from '../lenient.ts';
import { textOf } from '../normal-text.ts';
import {
  PROTOCOL_ON_WIRE,
  type ServicePlace,
  STATUS_ON_WIRE,
  type StoredService,
  toGatewayDetail,
  toModelService,
  toServiceStatus,
  toStoredService,
} from './normalise.ts';
import {
  byIds,
  missing,
  nothing,
  type PageParameters,
  type Parameters,
  perform,
  reading,
  readPage,
  writing,
} from './polardb.ts';
import {
  createdModelServiceWire,
  type GatewayWire,
  gatewayWire,
  type ModelServiceWire,
  modelServiceWire,
} from './wire.ts';

const LIST_GATEWAYS = reading('DescribeGatewayList');
const GET_GATEWAY = reading('DescribeGatewayAttribute');
const LIST_SERVICES = reading('DescribeModelServices');
const CREATE_SERVICE = writing('CreateModelService', { idempotent: false });
/** The same values sent twice leave the same row. */
export const MODIFY_SERVICE = writing('ModifyModelService', { idempotent: true });
/** Takes a name: sent twice, it could remove a service that was given the name in between. */
export const DELETE_SERVICE = writing('DeleteModelService', { idempotent: false });

/** DescribeGatewayList: the gateways of the configured region. @throws GatewayError */
export function listGateways(
  link: BackendLink,
  pageNumber: number,
  pageSize: number,
): Promise<Page<AiGateway>> {
  const page = { PageNumber: pageNumber, PageSize: pageSize };
  return readPage(link, LIST_GATEWAYS, page, link.region, { wire: gatewayWire, toRow: toGateway });
}

function toGateway(wire: GatewayWire, region: string, noteOdd: NoteOdd): AiGateway | undefined {
  return toGatewayDetail(wire, region, noteOdd)?.gateway;
}

/** DescribeGatewayAttribute. @throws GatewayError NOT_FOUND and any other */
export function getGateway(link: BackendLink, id: string): Promise<AiGatewayDetail> {
  const read = (answer: FlatAnswer) => {
    const detail = readLeniently(gatewayWire, answer.fields, answer.noteOdd, (wire, noteOdd) =>
      toGatewayDetail(wire, link.region, noteOdd),
    );
    if (detail?.gateway.sourceId !== id) throw answer.unreadable();
    return detail;
  };
  return perform(link, GET_GATEWAY, { GwClusterId: id }, read, { readAs: getGateway });
}

/** DescribeModelServices by filter and page. @throws GatewayError */
export function listServices(
  link: BackendLink,
  gatewaySourceId: string,
  filter: ModelServiceFilter,
  pageNumber: number,
  pageSize: number,
): Promise<Page<ModelService>> {
  const parameters = listParameters(filter, pageNumber, pageSize);
  return describeServices(link, gatewaySourceId, parameters, toModelService);
}

/** As {@link listServices}, with the names as they are stored. @throws GatewayError */
export function listStoredServices(
  link: BackendLink,
  gatewaySourceId: string,
  filter: ModelServiceFilter,
  pageNumber: number,
  pageSize: number,
): Promise<Page<StoredService>> {
  const parameters = listParameters(filter, pageNumber, pageSize);
  return describeServices(link, gatewaySourceId, parameters, toStoredService);
}

function listParameters(filter: ModelServiceFilter, pageNumber: number, pageSize: number): PageParameters {
  return {
    Name: filter.name,
    ModelCategory: filter.category,
    Protocol: filter.protocol === undefined ? undefined : PROTOCOL_ON_WIRE[filter.protocol],
    Status: filter.status === undefined ? undefined : STATUS_ON_WIRE[filter.status],
    PageNumber: pageNumber,
    PageSize: pageSize,
  };
}

/** DescribeModelServices by up to 100 ids, the only way to read one. @throws GatewayError */
export async function getServices(
  link: BackendLink,
  gatewaySourceId: string,
  ids: readonly string[],
): Promise<readonly ModelService[]> {
  const parameters = byIds('ModelServiceIds', ids);
  const { rows } = await describeServices(link, gatewaySourceId, parameters, toModelService);
  return rows.filter((row) => row !== undefined);
}

/** DescribeModelServices by one id, with the name as it is stored. @throws GatewayError NOT_FOUND and any other */
export async function getStoredService(
  link: BackendLink,
  gatewaySourceId: string,
  id: string,
): Promise<StoredService> {
  const parameters = byIds('ModelServiceIds', [id]);
  const page = await describeServices(link, gatewaySourceId, parameters, toStoredService);
  const found = page.rows.find((row) => row?.service.sourceId === id);
  if (found === undefined) throw missing(link, 'model service');
  return found;
}

function describeServices<Row>(
  link: BackendLink,
  gatewaySourceId: string,
  parameters: PageParameters,
  toRow: (wire: ModelServiceWire, place: ServicePlace, noteOdd: NoteOdd) => Row | undefined,
): Promise<Page<Row>> {
  const place = { region: link.region, gatewaySourceId };
  return readPage(link, LIST_SERVICES, { GwClusterId: gatewaySourceId, ...parameters }, place, {
    wire: modelServiceWire,
    toRow,
  });
}

/** CreateModelService; the answer is an id and a state. @throws GatewayError */
export function createService(link: BackendLink, service: NewModelService): Promise<CreatedModelService> {
  return perform(
    link,
    CREATE_SERVICE,
    { GwClusterId: service.gatewaySourceId, ...createParameters(service) },
    (answer) => {
      const { id, wire } = flatCreated(answer, createdModelServiceWire, 'ModelServiceId');
      const rawStatus = textOf(wire.Status);
      return { sourceId: id, status: toServiceStatus(rawStatus), rawStatus };
    },
    { secrets: [service.apiKey] },
  );
}

/** What CreateModelService sends beside the gateway. */
export function createParameters(service: NewModelService): Parameters {
  return {
    Name: service.name,
    ModelCategory: service.category,
    Protocol: PROTOCOL_ON_WIRE[service.protocol],
    Vendor: service.vendor,
    ...optionalParameters(service),
  };
}

/** What every change of a service must name; the protocol in any spelling of the backend's. */
export interface RequiredOfService {
  readonly name: string;
  readonly category: string;
  readonly protocol: string;
}

/** ModifyModelService: what `change` leaves undefined is not sent. @throws GatewayError NOT_FOUND and any other */
export function modifyService(
  link: BackendLink,
  gatewaySourceId: string,
  id: string,
  required: RequiredOfService,
  change: ModelServiceChange,
): Promise<void> {
  const parameters = {
    GwClusterId: gatewaySourceId,
    ModelServiceId: id,
    Name: required.name,
    ModelCategory: required.category,
    Protocol: required.protocol,
    ...optionalParameters(change),
  };
  const secrets = change.apiKey === undefined ? [] : [change.apiKey];
  return perform(link, MODIFY_SERVICE, parameters, nothing, { secrets });
}

/** DeleteModelService. Source: it takes a name, and no id. @throws GatewayError NOT_FOUND and any other */
export function deleteServiceByName(link: BackendLink, gatewaySourceId: string, name: string): Promise<void> {
  return perform(link, DELETE_SERVICE, { GwClusterId: gatewaySourceId, ModelName: name }, nothing);
}

/** What creating and changing have in common beyond the required. */
function optionalParameters(service: ModelServiceChange): Parameters {
  return {
    BaseUrl: service.baseUrl,
    ApiKey: service.apiKey,
    InputCostPointsPerMillion: service.inputCostPointsPerMillion,
    OutputCostPointsPerMillion: service.outputCostPointsPerMillion,
    RequestCostPoints: service.requestCostPoints,
  };
}
