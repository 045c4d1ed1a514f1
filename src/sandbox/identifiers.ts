import { createHash, randomUUID } from 'node:crypto';

/** A resource id in the vendor's form, such as `ms-` and base36 characters; the same seed gives the same id. */
export function resourceId(
  prefix: 'model-' | 'ms-' | 'pg-' | 'vpc-' | 'vsw-',
  seed: string,
  length: number,
): string {
  const digest = createHash('sha256').update(`${prefix}${seed}`).digest('hex');
  return prefix + BigInt(`0x${digest}`).toString(36).slice(0, length);
}

/** An invented secret that looks like a vendor's API key; the same seed gives the same key. */
export function demoApiKey(seed: string): string {
  return `sk-sandbox-${createHash('sha256').update(`key:${seed}`).digest('hex').slice(0, 24)}`;
}

/** Request ids are upper-case UUIDs. */
export function newRequestId(): string {
  return randomUUID().toUpperCase();
}

/** `2026-03-31T14:40:48Z`, the form of Model Router and PolarDB. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** `2021-01-30T12:51:33.028Z`, the form of PAI. */
export function timestampWithMs(ms: number): string {
  return new Date(ms).toISOString();
}
