import type { CreatedModelApi, ModelApi, ModelApiChange, NewModelApi } from '../../../domain/model-api.ts';
import type { Page } from '../../../domain/page.ts';
import type { BackendLink } from '../../backend.ts';
import { flatCreated } from '../../flat-envelope.ts';
import { textOf } from '../../normal-text.ts';
import { PROTOCOL_ON_WIRE, toAddress } from '../normalise.ts';
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
} from '../polardb.ts';
import { type StoredModelApi, toStoredModelApi } from './normalise.ts';
import { createdModelApiWire, modelApiWire } from './wire.ts';

const LIST_APIS = reading('DescribeModelApis');
const CREATE_API = writing('CreateModelApi', { idempotent: false });
/** The same values sent twice leave the same row. */
export const MODIFY_API = writing('ModifyModelApi', { idempotent: true });
const DELETE_API = writing('DeleteModelApi', { idempotent: true });

/** DescribeModelApis by page, and by a name, of which it is not documented how it is matched. @throws GatewayError */
export async function listModelApis(
  link: BackendLink,
  gatewaySourceId: string,
  pageNumber: number,
  pageSize: number,
  name?: string,
): Promise<Page<ModelApi>> {
  const page = { Name: name, PageNumber: pageNumber, PageSize: pageSize };
  const { rows, total } = await describeApis(link, gatewaySourceId, page);
  return { rows: rows.map((row) => row?.api), total };
}

/** DescribeModelApis by up to 100 ids, the only way to read one. @throws GatewayError */
export async function getModelApis(
  link: BackendLink,
  gatewaySourceId: string,
  ids: readonly string[],
): Promise<readonly ModelApi[]> {
  const page = await describeApis(link, gatewaySourceId, byIds('ModelApiIds', ids));
  return page.rows.flatMap((row) => (row === undefined ? [] : [row.api]));
}

/** DescribeModelApis by one id, with the rules as they are stored. @throws GatewayError NOT_FOUND and any other */
export async function getStoredModelApi(
  link: BackendLink,
  gatewaySourceId: string,
  id: string,
): Promise<StoredModelApi> {
  const page = await describeApis(link, gatewaySourceId, byIds('ModelApiIds', [id]));
  const found = page.rows.find((row) => row?.api.sourceId === id);
  if (found === undefined) throw missing(link, 'model API');
  return found;
}

function describeApis(
  link: BackendLink,
  gatewaySourceId: string,
  parameters: PageParameters,
): Promise<Page<StoredModelApi>> {
  const place = { region: link.region, gatewaySourceId };
  return readPage(link, LIST_APIS, { GwClusterId: gatewaySourceId, ...parameters }, place, {
    wire: modelApiWire,
    toRow: toStoredModelApi,
  });
}

/** CreateModelApi; the answer is an id, a state and an address. @throws GatewayError */
export function createModelApi(link: BackendLink, api: NewModelApi): Promise<CreatedModelApi> {
  const parameters = {
    GwClusterId: api.gatewaySourceId,
    ModelCategory: api.category,
    ForceModel: api.forceModel,
    ...ownParameters(api),
  };
  return perform(link, CREATE_API, parameters, (answer) => {
    const { id, wire } = flatCreated(answer, createdModelApiWire, 'ModelApiId');
    const endpoint = textOf(wire.InvokeEndpoint);
    return {
      sourceId: id,
      status: textOf(wire.Status),
      invokeEndpoint: endpoint === undefined ? undefined : toAddress(endpoint),
    };
  });
}

/** What CreateModelApi sends and DescribeModelApis answers under the same names. */
export function ownParameters(api: NewModelApi): Parameters {
  return {
    Name: api.name,
    Protocol: PROTOCOL_ON_WIRE[api.protocol],
    PathPrefix: api.pathPrefix,
    RouteRules: JSON.stringify(api.routeRules),
    RecordInput: api.recordInput,
    RecordOutput: api.recordOutput,
  };
}

/** What every change of an API must name; protocol and rules as they travel. */
export interface RequiredOfApi {
  readonly category: string;
  readonly pathPrefix: string;
  readonly protocol: string;
  readonly routeRules: string;
}

/** ModifyModelApi: what `change` leaves undefined is not sent. @throws GatewayError NOT_FOUND and any other */
export function modifyModelApi(
  link: BackendLink,
  gatewaySourceId: string,
  id: string,
  required: RequiredOfApi,
  { recordInput, recordOutput }: ModelApiChange,
): Promise<void> {
  const parameters = {
    GwClusterId: gatewaySourceId,
    ModelApiId: id,
    ModelCategory: required.category,
    PathPrefix: required.pathPrefix,
    Protocol: required.protocol,
    RouteRules: required.routeRules,
    RecordInput: recordInput,
    RecordOutput: recordOutput,
  };
  return perform(link, MODIFY_API, parameters, nothing);
}

/** DeleteModelApi. @throws GatewayError NOT_FOUND and any other */
export function deleteModelApi(link: BackendLink, gatewaySourceId: string, id: string): Promise<void> {
  return perform(link, DELETE_API, { GwClusterId: gatewaySourceId, ModelApiId: id }, nothing);
}
