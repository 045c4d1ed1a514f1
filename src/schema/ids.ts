import {
  decodeGlobalId,
  encodeGlobalId,
  type KeyPart,
  type KeyShape,
  keyPartFault,
} from '../domain/global-id.ts';
import { GatewayError, invalidInput, isNotFound } from '../errors.ts';

/** The global id of a key without its region, which `region` fills in where the shape has one. */
export function globalId(shape: KeyShape, region: string, ...key: readonly string[]): string {
  return encodeGlobalId(shape, shape.parts[0] === 'region' ? [region, ...key] : key);
}

/**
 * The key in a global id of that type, without its region. Nothing is asked upstream.
 *
 * @throws GatewayError INVALID_INPUT for a foreign, malformed or wrong-typed id, or one of another region
 */
export function parseGlobalId(
  shape: KeyShape,
  id: string,
  region: string,
  path: readonly string[],
): readonly string[] {
  const argument = path.at(-1) ?? 'id';
  const decoded = decodeGlobalId(id);
  if (decoded === undefined) throw invalidInput(`${argument} is not an id of this graph.`, path);
  if (decoded.typeName !== shape.typeName) {
    throw invalidInput(`${argument} is not the id of a ${shape.typeName}.`, path);
  }
  if (decoded.key.length !== shape.parts.length) {
    throw invalidInput(`${argument} is not an id of this graph.`, path);
  }
  shape.parts.forEach((part, index) => {
    const fault = keyPartFault(part, decoded.key[index] ?? '', region);
    if (fault !== undefined) throw invalidInput(`${argument} cannot be used: it ${fault}.`, path);
  });
  return shape.parts[0] === 'region' ? decoded.key.slice(1) : decoded.key;
}

/** Checks a backend's own id before it is used. @throws GatewayError INVALID_INPUT */
export function checkSourceId(
  part: Exclude<KeyPart, 'region'>,
  value: string,
  path: readonly string[],
): string {
  const fault = keyPartFault(part, value, '');
  if (fault !== undefined)
    throw invalidInput(`${path.at(-1) ?? 'sourceId'} cannot be used: it ${fault}.`, path);
  return value;
}

/** The one id that a lookup with `id` and `sourceId` names, as a backend's own. @throws GatewayError INVALID_INPUT */
export function chosenId(
  shape: KeyShape,
  args: { readonly id?: string | null | undefined; readonly sourceId?: string | null | undefined },
  region: string,
): string {
  const { id, sourceId } = args;
  const hasId = id !== undefined && id !== null;
  const hasSourceId = sourceId !== undefined && sourceId !== null;
  if (hasId === hasSourceId) throw invalidInput('Give exactly one of id and sourceId.', ['id']);
  if (hasId) return parseGlobalId(shape, id, region, ['id']).at(-1) ?? '';
  const part = shape.parts.at(-1) === 'digits' ? 'digits' : 'name';
  return checkSourceId(part, sourceId ?? '', ['sourceId']);
}

/** A lookup's row, null where it does not exist. @throws GatewayError any other */
export async function orNull<Row>(row: Promise<Row>): Promise<Row | null> {
  try {
    return await row;
  } catch (error) {
    if (error instanceof GatewayError && isNotFound(error)) return null;
    throw error;
  }
}
