import type {
  AiGateway,
  AiGatewayDetail,
  CreatedModelService,
  ModelService,
  ModelServiceFilter,
  NewModelService,
} from '../../domain/model-service.ts';
import type { Page } from '../../domain/page.ts';
import type { Operation, Parameter, UpstreamRequest } from '../../transport/request.ts';
import { rpc } from '../../transport/rpc.ts';
import { type BackendLink, callOperation } from '../backend.ts';
import { flatPage, judgeFlat } from '../flat-envelope.ts';
import { type NoteOdd, parseLeniently } from '../lenient.ts';
import { textOf } from '../normal-text.ts';
import {
  PROTOCOL_ON_WIRE,
  STATUS_ON_WIRE,
  toGatewayDetail,
  toModelService,
  toServiceStatus,
} from './normalise.ts';
import { createdModelServiceWire, gatewayWire, modelServiceWire } from './wire.ts';

const VERSION = '2017-08-01';
const LIST_GATEWAYS: Operation = { name: 'DescribeGatewayList', version: VERSION, idempotent: true };
const GET_GATEWAY: Operation = { name: 'DescribeGatewayAttribute', version: VERSION, idempotent: true };
const LIST_SERVICES: Operation = { name: 'DescribeModelServices', version: VERSION, idempotent: true };
const CREATE_SERVICE: Operation = { name: 'CreateModelService', version: VERSION, idempotent: false };

/** Source: the list operations take no other size. */
export const PAGE_SIZES = [30, 50, 100];

/** Services that one call can name: as many as its largest page holds. */
export const MAX_SERVICE_IDS = 100;

const LIST_FIELDS = { rows: 'Items', total: 'TotalRecordCount' };

/** DescribeGatewayList: the gateways of the configured region. @throws GatewayError */
export function listGateways(
  link: BackendLink,
  pageNumber: number,
  pageSize: number,
): Promise<Page<AiGateway>> {
  const request = rpc(LIST_GATEWAYS, {
    RegionId: link.region,
    PageNumber: pageNumber,
    PageSize: pageSize,
  });
  return callOperation(link, request, (answer) =>
    flatPage(
      judgeFlat(link, request, answer),
      LIST_FIELDS,
      (row) => readGateway(link, LIST_GATEWAYS, row)?.gateway,
    ),
  );
}

/** DescribeGatewayAttribute. @throws GatewayError NOT_FOUND and any other */
export function getGateway(link: BackendLink, id: string): Promise<AiGatewayDetail> {
  const request = rpc(GET_GATEWAY, { RegionId: link.region, GwClusterId: id });
  return callOperation(link, request, (answer) => {
    const flat = judgeFlat(link, request, answer);
    const detail = readGateway(link, GET_GATEWAY, flat.fields);
    if (detail?.gateway.sourceId !== id) throw flat.unreadable();
    return detail;
  });
}

/** DescribeModelServices by filter and page. @throws GatewayError */
export function listServices(
  link: BackendLink,
  gatewaySourceId: string,
  filter: ModelServiceFilter,
  pageNumber: number,
  pageSize: number,
): Promise<Page<ModelService>> {
  return describeServices(link, gatewaySourceId, {
    Name: filter.name,
    ModelCategory: filter.category,
    Protocol: filter.protocol === undefined ? undefined : PROTOCOL_ON_WIRE[filter.protocol],
    Status: filter.status === undefined ? undefined : STATUS_ON_WIRE[filter.status],
    PageNumber: pageNumber,
    PageSize: pageSize,
  });
}

/** DescribeModelServices by up to {@link MAX_SERVICE_IDS} ids, the only way to read one. @throws GatewayError */
export async function getServices(
  link: BackendLink,
  gatewaySourceId: string,
  ids: readonly string[],
): Promise<readonly ModelService[]> {
  const page = await describeServices(link, gatewaySourceId, {
    ModelServiceIds: ids.join(','),
    PageNumber: 1,
    PageSize: PAGE_SIZES.find((size) => size >= ids.length) ?? MAX_SERVICE_IDS,
  });
  return page.rows.filter((row) => row !== undefined);
}

/** CreateModelService; the answer is an id and a state. @throws GatewayError */
export function createService(link: BackendLink, service: NewModelService): Promise<CreatedModelService> {
  const request: UpstreamRequest = {
    ...rpc(CREATE_SERVICE, {
      RegionId: link.region,
      GwClusterId: service.gatewaySourceId,
      Name: service.name,
      ModelCategory: service.category,
      Protocol: PROTOCOL_ON_WIRE[service.protocol],
      BaseUrl: service.baseUrl,
      ApiKey: service.apiKey,
      Vendor: service.vendor,
      InputCostPointsPerMillion: service.inputCostPointsPerMillion,
      OutputCostPointsPerMillion: service.outputCostPointsPerMillion,
      RequestCostPoints: service.requestCostPoints,
    }),
    secrets: [service.apiKey],
  };
  return callOperation(link, request, (answer) => {
    const flat = judgeFlat(link, request, answer);
    const created = createdModelServiceWire.safeParse(flat.fields);
    if (!created.success) throw flat.unreadable();
    const rawStatus = textOf(created.data.Status);
    return { sourceId: created.data.ModelServiceId, status: toServiceStatus(rawStatus), rawStatus };
  });
}

function describeServices(
  link: BackendLink,
  gatewaySourceId: string,
  parameters: Readonly<Record<string, Parameter>>,
): Promise<Page<ModelService>> {
  const request = rpc(LIST_SERVICES, {
    RegionId: link.region,
    GwClusterId: gatewaySourceId,
    ...parameters,
  });
  const place = { region: link.region, gatewaySourceId };
  const noteOdd = oddNotes(link, LIST_SERVICES);
  return callOperation(link, request, (answer) =>
    flatPage(judgeFlat(link, request, answer), LIST_FIELDS, (row) => {
      const wire = parseLeniently(modelServiceWire, row, noteOdd);
      return wire === undefined ? undefined : toModelService(wire, place, noteOdd);
    }),
  );
}

function readGateway(link: BackendLink, operation: Operation, row: unknown): AiGatewayDetail | undefined {
  const noteOdd = oddNotes(link, operation);
  const wire = parseLeniently(gatewayWire, row, noteOdd);
  return wire === undefined ? undefined : toGatewayDetail(wire, link.region, noteOdd);
}

function oddNotes(link: BackendLink, operation: Operation): NoteOdd {
  return (field) => link.report.odd(link.source, operation.name, field);
}
