import type { Changed } from '../../../domain/changed.ts';
import type { ModelApi, ModelApiChange } from '../../../domain/model-api.ts';
import type { BackendLink } from '../../backend.ts';
import { changeRow, requireAll, writeAfterRead } from '../change.ts';
import { PROTOCOL_ON_WIRE } from '../normalise.ts';
import { deleteModelApi, getStoredModelApi, MODIFY_API, modifyModelApi } from './client.ts';

const WHAT = 'model API';

/**
 * Reads an API afresh, writes it back with what is to change, and reads it again: three calls. What the backend
 * requires although it does not change goes back exactly as it was read, rules that are no JSON included.
 *
 * @throws GatewayError NOT_FOUND where the API does not exist, INVALID_INPUT for a required field that is neither
 * given nor told, and any other
 */
export async function updateModelApi(
  link: BackendLink,
  gatewaySourceId: string,
  id: string,
  change: ModelApiChange,
): Promise<Changed<ModelApi>> {
  const { api, routeRules } = await getStoredModelApi(link, gatewaySourceId, id);
  const required = requireAll(link.source, {
    category: change.category ?? api.category,
    pathPrefix: change.pathPrefix ?? api.pathPrefix,
    protocol: change.protocol === undefined ? api.rawProtocol : PROTOCOL_ON_WIRE[change.protocol],
    routeRules: change.routeRules === undefined ? routeRules : JSON.stringify(change.routeRules),
  });
  return changeRow({
    what: WHAT,
    operation: MODIFY_API.name,
    sent: { ...api, protocol: change.protocol ?? api.protocol },
    write: () => modifyModelApi(link, gatewaySourceId, id, required, change),
    readBack: async () => (await getStoredModelApi(link, gatewaySourceId, id)).api,
  });
}

/**
 * Reads an API afresh and deletes it: whether the backend tells of one that does not exist is not documented.
 *
 * @throws GatewayError NOT_FOUND where the API does not exist, and any other
 */
export async function removeModelApi(link: BackendLink, gatewaySourceId: string, id: string): Promise<void> {
  await getStoredModelApi(link, gatewaySourceId, id);
  await writeAfterRead(WHAT, () => deleteModelApi(link, gatewaySourceId, id));
}
