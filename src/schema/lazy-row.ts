import { paidFromHere } from '../cost/ledger.ts';

/**
 * The row that a create made, of which its answer told only a part: the rest is read when it is first selected, and
 * once. Where that read fails the create stays a success: the fields not read carry the error, and those that the
 * schema promises never to be null keep what was sent.
 *
 * @param sent the whole row as far as it follows from the answer and the input
 * @param told the fields that the answer told
 * @param promised the fields that must not be null
 */
export function lazyRow<Row extends object>(
  sent: Row,
  told: readonly (keyof Row)[],
  promised: readonly (keyof Row)[],
  read: () => Promise<Row>,
): Row {
  const row = {};
  // The field that selects it states nothing: the mutation does.
  const readPaid = paidFromHere(read);
  for (const key of Object.keys(sent) as (keyof Row)[]) {
    const get = () =>
      told.includes(key)
        ? sent[key]
        : readPaid().then(
            (whole) => whole[key],
            (error: unknown) => {
              if (promised.includes(key)) return sent[key];
              throw error;
            },
          );
    Object.defineProperty(row, key, { enumerable: true, get });
  }
  // Fields are resolved one by one and may be promises, which GraphQL awaits like any resolver's.
  return row as Row;
}
