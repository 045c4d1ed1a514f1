import * as z from 'zod';
import type { PaiLabel } from '../../domain/pai-label.ts';
import type { Operation } from '../../transport/request.ts';
import { roa } from '../../transport/roa.ts';
import type { BackendLink } from '../backend.ts';
import { type NoteOdd, wireText } from '../lenient.ts';
import { textOf } from '../normal-text.ts';
import { callSilently, MODELS, writeOperation } from './operation.ts';

/** Labels as the registry answers them. Source: version 2021-02-04. */
export const labelsWire = z.array(z.object({ Key: wireText, Value: wireText }).nullish()).nullish();

/** Labels as the graph has them; one without a key is dropped and noted under `field`. */
export function toLabels(
  field: string,
  wire: z.output<typeof labelsWire>,
  noteOdd: NoteOdd,
): readonly PaiLabel[] {
  const labels: PaiLabel[] = [];
  for (const label of wire ?? []) {
    const key = textOf(label?.Key);
    if (key === undefined) noteOdd(`${field}.Key`);
    else labels.push({ key, value: textOf(label?.Value) });
  }
  return labels;
}

/** A label as it is sent: one without a value has an empty one, which is how it is read back. */
export function toLabelBody({ key, value }: PaiLabel): { readonly Key: string; readonly Value: string } {
  return { Key: key, Value: value ?? '' };
}

/** What bears labels: a model, or one of its versions. */
export interface LabelBearer {
  readonly modelId: string;
  readonly versionName?: string;
}

/** The operation that sets labels. Source: that it overwrites a key written again is likely, not documented. */
export function setOperation({ versionName }: LabelBearer): Operation {
  const name = versionName === undefined ? 'CreateModelLabels' : 'CreateModelVersionLabels';
  return writeOperation(name, { idempotent: false });
}

/** The operation that removes labels. */
export function removeOperation({ versionName }: LabelBearer): Operation {
  const name = versionName === undefined ? 'DeleteModelLabels' : 'DeleteModelVersionLabels';
  return writeOperation(name, { idempotent: true });
}

/** CreateModelLabels or CreateModelVersionLabels. @throws GatewayError */
export function setLabels(
  link: BackendLink,
  bearer: LabelBearer,
  labels: readonly PaiLabel[],
): Promise<void> {
  const body = { Labels: labels.map(toLabelBody) };
  return callSilently(link, roa(setOperation(bearer), 'POST', labelPath(bearer), { body }));
}

/** DeleteModelLabels or DeleteModelVersionLabels; no key may hold a comma. @throws GatewayError */
export function removeLabels(link: BackendLink, bearer: LabelBearer, keys: readonly string[]): Promise<void> {
  const query = { LabelKeys: keys.join(',') };
  return callSilently(link, roa(removeOperation(bearer), 'DELETE', labelPath(bearer), { query }));
}

function labelPath({ modelId, versionName }: LabelBearer): readonly string[] {
  const path = [...MODELS, modelId];
  return versionName === undefined ? [...path, 'labels'] : [...path, 'versions', versionName, 'labels'];
}
