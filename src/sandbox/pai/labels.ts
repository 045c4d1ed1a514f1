import { isObject } from '../parameters.ts';
import { invalidParameter, Refusal } from '../refusal.ts';
import type { PaiLabel } from './store.ts';

const LIMIT_BYTES = 128;

/** Labels as they were sent. Throws `InvalidParameter`. */
export function readLabels(name: 'Tag' | 'Labels', entries: readonly unknown[]): readonly PaiLabel[] {
  return entries.map((entry) => {
    const [key, value] = isObject(entry) ? [entry['Key'], entry['Value']] : [];
    if (typeof key !== 'string' || typeof value !== 'string' || key === '') {
      throw invalidParameter(name, 'each item needs Key and Value');
    }
    for (const text of [key, value]) {
      if (/[=,]/.test(text) || Buffer.byteLength(text) > LIMIT_BYTES) {
        throw invalidParameter(name, `up to ${LIMIT_BYTES} bytes without "=" and ","`);
      }
    }
    return { Key: key, Value: value };
  });
}

/** A key that is there already gets the new value; the documentation does not say. */
export function withLabels(labels: readonly PaiLabel[], added: readonly PaiLabel[]): readonly PaiLabel[] {
  const values = new Map([...labels, ...added].map(({ Key, Value }) => [Key, Value]));
  return [...values].map(([Key, Value]) => ({ Key, Value }));
}

/** Removes nothing and throws Refusal where one of the keys is not there; that code is not documented. */
export function withoutLabels(labels: readonly PaiLabel[], keys: readonly string[]): readonly PaiLabel[] {
  const absent = keys.find((key) => !labels.some(({ Key }) => Key === key));
  if (absent !== undefined) throw new Refusal(404, 'LabelNotFound', `Label ${absent} does not exist.`);
  return labels.filter(({ Key }) => !keys.includes(Key));
}

/** Whether a key or a value contains the text, whatever the letter case. */
export function labelsContain(labels: readonly PaiLabel[], wanted: string | undefined): boolean {
  return containsText(
    labels.flatMap(({ Key, Value }) => [Key, Value]),
    wanted,
  );
}

/** Whether one of the candidates contains the text, whatever the letter case; true where nothing is wanted. */
export function containsText(
  candidates: readonly (string | undefined)[],
  wanted: string | undefined,
): boolean {
  if (wanted === undefined) return true;
  return candidates.some((candidate) => candidate?.toLowerCase().includes(wanted.toLowerCase()));
}
