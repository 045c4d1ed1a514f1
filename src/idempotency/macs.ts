import { createHmac, randomUUID } from 'node:crypto';
import { canonicalJson } from '../domain/json-value.ts';
import type { Asker, Sought } from './create.ts';
import type { Attempt } from './store.ts';

/** Names of things that tell nothing of them to whoever lacks the secret. */
export interface Macs {
  /** A create that begins at that local time, ms since 1970; without a key it is its own alone. */
  attempt<Row>(sought: Sought<Row>, key: string | undefined, asker: Asker, beganAt: number): Attempt;
  row<Row>(sought: Sought<Row>, row: Row, asker: Asker): string;
}

/** Two that are alike by chance are only taken for rivals. */
const LOOK_LENGTH = 12;

/** @param secret the same for all processes that share a store */
export function createMacs(secret: string): Macs {
  const mac = (...parts: readonly unknown[]) =>
    createHmac('sha256', secret).update(canonicalJson(parts)).digest('base64url');
  return {
    attempt({ typeName, place, input, search }, key, { identity: { caller, account }, region }, beganAt) {
      return {
        owner: key === undefined ? randomUUID() : mac('key', caller, account, region, key),
        // Without the account: two may be keys of one, and see the same rows.
        place: mac('place', region, typeName, place),
        looks: Object.fromEntries(
          [...search.looks].map(([field, look]) => [field, mac('look', field, look).slice(0, LOOK_LENGTH)]),
        ),
        asker: mac('asker', caller, account),
        inputMac: mac('input', typeName, place, input),
        beganAt,
      };
    },
    row: ({ typeName, place, idOf }, row, { region }) => mac('row', region, typeName, place, idOf(row)),
  };
}
