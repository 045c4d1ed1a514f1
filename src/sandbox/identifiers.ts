import { createHash, randomUUID } from 'node:crypto';

/** A resource id in the vendor's form, such as `ms-` and base36 characters; the same seed gives the same id. */
export function resourceId(
  prefix: 'model-' | 'ms-' | 'mi-' | 'pg-' | 'vpc-' | 'vsw-',
  seed: string,
  length: number,
): string {
  const digest = createHash('sha256').update(`${prefix}${seed}`).digest('hex');
  return prefix + BigInt(`0x${digest}`).toString(36).slice(0, length);
}

/** The id of a cost rule: 32 hex characters; the same seed gives the same id. */
export function costRuleId(seed: string): string {
  return createHash('sha256').update(`cost-rule:${seed}`).digest('hex').slice(0, 32);
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

const BEIJING_OFFSET_MS = 8 * 60 * 60 * 1000;

/** `2026-01-04T16:09:29+08:00`, the form of a cost rule's creation. */
export function timestampWithOffset(ms: number): string {
  return timestamp(ms + BEIJING_OFFSET_MS).replace('Z', '+08:00');
}

/** `2024-10-16 16:46:20`, a form without zone. The zone is not documented; here it is the cloud's own, UTC+8. */
export function timestampWithoutZone(ms: number): string {
  return timestamp(ms + BEIJING_OFFSET_MS)
    .replace('T', ' ')
    .replace('Z', '');
}
