import type { Changed } from '../../domain/changed.ts';
import type { ModelService, ModelServiceChange } from '../../domain/model-service.ts';
import { GatewayError, isNotFound } from '../../errors.ts';
import type { BackendLink } from '../backend.ts';
import { changeRow, halfDone, requireAll, writeAfterRead } from './change.ts';
import {
  DELETE_SERVICE,
  deleteServiceByName,
  getStoredService,
  listStoredServices,
  MODIFY_SERVICE,
  modifyService,
} from './client.ts';
import { PROTOCOL_ON_WIRE } from './normalise.ts';
import { readWholeList } from './whole-list.ts';

const WHAT = 'model service';

/**
 * Reads a service afresh, writes it back with what is to change, and reads it again: three calls. What the backend
 * requires although it does not change goes back exactly as it was read, spelling included. Nothing guards against
 * somebody else's change in between: the backend has no version check.
 *
 * @throws GatewayError NOT_FOUND where the service does not exist, INVALID_INPUT for a required field that is neither
 * given nor told, and any other
 */
export async function updateService(
  link: BackendLink,
  gatewaySourceId: string,
  id: string,
  change: ModelServiceChange,
): Promise<Changed<ModelService>> {
  const { service, name } = await getStoredService(link, gatewaySourceId, id);
  const protocol = change.protocol === undefined ? service.rawProtocol : PROTOCOL_ON_WIRE[change.protocol];
  const required = requireAll(link.source, {
    name: change.name ?? name,
    category: change.category ?? service.category,
    protocol,
  });
  return changeRow({
    what: WHAT,
    operation: MODIFY_SERVICE.name,
    sent: { ...service, name: required.name, protocol: change.protocol ?? service.protocol },
    write: () => modifyService(link, gatewaySourceId, id, required, change),
    readBack: async () => (await getStoredService(link, gatewaySourceId, id)).service,
  });
}

/**
 * Deletes a service. The backend deletes by name only, so that the name is read afresh, and must be nobody else's;
 * what was deleted is read again, for what the backend matches the name with is not documented.
 *
 * @throws GatewayError NOT_FOUND where the service does not exist, CONFLICT where another one bears its name, an
 * upstream kind with `completedSteps` where the deletion is not seen afterwards, and any other
 */
export async function deleteService(link: BackendLink, gatewaySourceId: string, id: string): Promise<void> {
  const { name } = await getStoredService(link, gatewaySourceId, id);
  if (name === undefined) {
    throw refused(link, 'UNEXPECTED_REFUSAL', `The backend deletes by name and tells none of this ${WHAT}.`);
  }
  await refuseSharedName(link, gatewaySourceId, id, name);
  await writeAfterRead(WHAT, () => deleteServiceByName(link, gatewaySourceId, name));
  await confirmGone(link, gatewaySourceId, id);
}

async function refuseSharedName(link: BackendLink, gatewaySourceId: string, id: string, name: string) {
  const listed = await readWholeList(
    (pageNumber, pageSize) => listStoredServices(link, gatewaySourceId, { name }, pageNumber, pageSize),
    ({ service }) => service.sourceId,
    'More services match the name than one request reads, so that it cannot be told whether another one bears it: rename the service first.',
  );
  // Whether the backend's filter is exact is not documented.
  const namesakes = listed.filter((row) => row.name === name).map(({ service }) => service.sourceId);
  const others = namesakes.filter((one) => one !== id);
  if (others.length > 0) {
    const text = `Other services of this gateway bear the same name (${others.join(', ')}), and the backend deletes by name: rename one first. Nothing was deleted.`;
    throw refused(link, 'CONFLICT', text);
  }
  if (namesakes.length === 0) {
    const text = `The backend does not find this ${WHAT} by its name, so that it cannot be told whether another one bears it. Nothing was deleted.`;
    throw refused(link, 'UNEXPECTED_REFUSAL', text);
  }
}

async function confirmGone(link: BackendLink, gatewaySourceId: string, id: string): Promise<void> {
  try {
    await getStoredService(link, gatewaySourceId, id);
  } catch (error) {
    if (isNotFound(error)) return;
    if (!(error instanceof GatewayError)) throw error;
    const text = `The deletion was accepted, but the read that should confirm it failed: ${error.message}`;
    throw halfDone(error, text, DELETE_SERVICE.name);
  }
  const text = `The deletion was accepted, but the ${WHAT} is still there.`;
  throw halfDone(refused(link, 'UNEXPECTED_REFUSAL', text), text, DELETE_SERVICE.name);
}

function refused(link: BackendLink, kind: 'CONFLICT' | 'UNEXPECTED_REFUSAL', text: string): GatewayError {
  return new GatewayError(kind, text, { source: link.source });
}
