import { GatewayError } from '../errors.ts';
import { abortable } from '../transport/wait.ts';
import type { Asker, Batch, Create, Created } from './create.ts';
import { createMacs, type Macs } from './macs.ts';
import { keyReused, outcomeUnknown, tooManyKeys } from './outcome-errors.ts';
import { search } from './search.ts';
import type { Attempt, IdempotencyStore, KnownKey } from './store.ts';
import { createTurns } from './turns.ts';

/** What creates need that outlives a request. */
export interface CreateSettings {
  readonly store: IdempotencyStore;
  /** Key of the MACs; all processes that share a store have the same. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How the work on a key ended, for those who wait for it. */
type Landing =
  | { readonly is: 'made'; readonly id: string | undefined }
  | { readonly is: 'failed'; readonly error: unknown }
  /** Who worked on it had no time left, which says nothing of those who wait. */
  | { readonly is: 'left' };

type Entry =
  | { readonly is: 'made'; readonly id: string | undefined }
  | { readonly is: 'underWay'; readonly landing: Promise<Landing> }
  | { readonly is: 'mine'; readonly known: KnownKey | 'claimed'; readonly land: (landing: Landing) => void };

/** Items of a batch that are looked for, each by a call of its own at least. */
export const MAX_SEARCHES = 50;

/**
 * Creates that can be repeated. What always holds:
 *
 * - A key is sent once, and again only after its create surely did nothing.
 * - A create whose outcome is unknown is looked for, by each repeat of its key again; it is never guessed at.
 * - A row is the outcome of one create at most.
 */
export class Creates {
  readonly #store: IdempotencyStore;
  readonly #macs: Macs;
  readonly #now: () => number;
  readonly #landings = new Map<string, Promise<Landing>>();
  readonly #inTurn = createTurns();

  constructor({ store, secret, now }: CreateSettings) {
    this.#store = store;
    this.#macs = createMacs(secret);
    this.#now = now;
  }

  /** Makes something, or gives back or finds what was made of it. @throws GatewayError */
  async once<Row>(create: Create<Row>, asker: Asker): Promise<Created<Row>> {
    const attempt = this.#macs.attempt(create, create.key, asker, this.#now());
    if (create.key === undefined) return this.#send(create, attempt, asker);
    for (;;) {
      const entry = await this.#inTurn(attempt.owner, () => this.#enter(attempt));
      if (entry.is === 'mine') return this.#lead(create, attempt, asker, entry);
      const landing = entry.is === 'made' ? entry : await waitFor(entry.landing, asker);
      if (landing.is === 'failed') throw landing.error;
      if (landing.is === 'made') {
        return { row: create.again(landing.id ?? create.givenId ?? ''), outcome: 'REPLAYED' };
      }
    }
  }

  /**
   * Makes several by one call. There is no key to repeat it by. Where nobody knows what a failed call did, each item is
   * looked for.
   *
   * @throws GatewayError where nothing was made, or nothing found
   */
  async together<Row, Answer>(batch: Batch<Row, Answer>, asker: Asker): Promise<Answer> {
    const beganAt = this.#now();
    const attempts = batch.items.map((item) => this.#macs.attempt(item, undefined, asker, beganAt));
    const endAll = (isUnknown: (index: number) => boolean) =>
      Promise.all(attempts.map((attempt, index) => this.#store.endAttempt(attempt, isUnknown(index))));
    await Promise.all(attempts.map((attempt) => this.#store.beginAttempt(attempt)));
    try {
      const answer = await batch.send();
      await this.#noteAll(batch, batch.madeBy(answer), attempts, asker);
      await endAll((index) => batch.isOpen(answer, index));
      return answer;
    } catch (error) {
      await endAll(() => !isNothingDone(error));
      if (isNothingDone(error) || !(error instanceof GatewayError)) throw error;
      return this.#searchAll(batch, attempts, asker, error);
    }
  }

  /** Finds out what a key stands for. Whoever gets it as `mine` must let it land. */
  async #enter({ owner, inputMac, beganAt }: Attempt): Promise<Entry> {
    const known = await this.#store.claim(owner, { inputMac, beganAt });
    if (known === 'full') throw tooManyKeys();
    if (known !== 'claimed') {
      if (known.inputMac !== inputMac) throw keyReused();
      if (known.state === 'made') return { is: 'made', id: known.id };
      const landing = this.#landings.get(owner);
      if (landing !== undefined) return { is: 'underWay', landing };
    }
    const { promise, resolve } = Promise.withResolvers<Landing>();
    this.#landings.set(owner, promise);
    const land = (landing: Landing) => {
      if (this.#landings.get(owner) === promise) this.#landings.delete(owner);
      resolve(landing);
    };
    return { is: 'mine', known, land };
  }

  async #lead<Row>(
    create: Create<Row>,
    attempt: Attempt,
    asker: Asker,
    { known, land }: Extract<Entry, { readonly is: 'mine' }>,
  ): Promise<Created<Row>> {
    try {
      // A key that runs in another process, or ran in one that died, is looked for like an unknown one.
      const created = await (known === 'claimed'
        ? this.#send(create, attempt, asker)
        : this.#search(create, { ...attempt, beganAt: known.beganAt }, asker, undefined));
      land({ is: 'made', id: create.idOf(created.row) });
      return created;
    } catch (error) {
      land(isOutOfTime(error, asker) ? { is: 'left' } : { is: 'failed', error });
      throw error;
    }
  }

  async #send<Row>(create: Create<Row>, attempt: Attempt, asker: Asker): Promise<Created<Row>> {
    const { owner, inputMac, beganAt } = attempt;
    const hasKey = create.key !== undefined;
    await this.#store.beginAttempt(attempt);
    try {
      const row = await create.send();
      await this.#store.noteRow(this.#macs.row(create, row, asker), attempt);
      await this.#settle(create, attempt, row);
      return { row, outcome: 'CREATED' };
    } catch (error) {
      const isOpen = !isNothingDone(error);
      if (hasKey && !isOpen) await this.#store.release(owner);
      if (hasKey && isOpen) await this.#store.settle(owner, { state: 'unknown', inputMac, beganAt });
      await this.#store.endAttempt(attempt, isOpen);
      if (!isOpen || !(error instanceof GatewayError)) throw error;
      return this.#search(create, attempt, asker, error);
    }
  }

  async #search<Row>(
    create: Create<Row>,
    attempt: Attempt,
    asker: Asker,
    cause: GatewayError | undefined,
  ): Promise<Created<Row>> {
    const found = await search(this.#store, this.#macs, create, attempt, asker);
    if ('why' in found) throw outcomeUnknown(cause, found.why, create.source, create.key !== undefined);
    await this.#settle(create, attempt, found.row);
    return { row: found.row, outcome: 'RECOVERED' };
  }

  /** From now on the repeats of a key give this row. */
  async #settle<Row>(create: Create<Row>, attempt: Attempt, row: Row): Promise<void> {
    const { owner, inputMac, beganAt } = attempt;
    const id = create.givenId === undefined ? create.idOf(row) : undefined;
    if (create.key !== undefined) await this.#store.settle(owner, { state: 'made', inputMac, beganAt, id });
    await this.#store.endAttempt(attempt, false);
  }

  /** Which item a row is of does not matter here: it is no other create's. */
  async #noteAll<Row>(
    { items: [item] }: Pick<Batch<Row, unknown>, 'items'>,
    rows: readonly Row[],
    [attempt]: readonly Attempt[],
    asker: Asker,
  ): Promise<void> {
    if (item === undefined || attempt === undefined) return;
    for (const row of rows) await this.#store.noteRow(this.#macs.row(item, row, asker), attempt);
  }

  async #searchAll<Row, Answer>(
    { items, source, fromFound }: Batch<Row, Answer>,
    attempts: readonly Attempt[],
    asker: Asker,
    cause: GatewayError,
  ): Promise<Answer> {
    if (items.length > MAX_SEARCHES) throw outcomeUnknown(cause, 'unsearched', source, false);
    const found = await Promise.all(
      items.map(async (item, index) => {
        const attempt = attempts[index] as Attempt;
        const one = await search(this.#store, this.#macs, item, attempt, asker);
        if ('row' in one) await this.#store.endAttempt(attempt, false);
        return one;
      }),
    );
    const rows = found.map((one) => ('row' in one ? one.row : undefined));
    const [unfound] = found.flatMap((one) => ('why' in one ? [one.why] : []));
    if (unfound !== undefined && rows.every((row) => row === undefined)) {
      throw outcomeUnknown(cause, unfound, source, false);
    }
    return fromFound(rows);
  }
}

/** Waits for the work of another request on the same key, no longer than the own one may. */
async function waitFor(landing: Promise<Landing>, { signal }: Asker): Promise<Landing> {
  try {
    return await abortable(landing, signal);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw error.with({ mayHaveActed: true, isRepeatable: true });
  }
}

/** Whether a create that failed so surely did nothing. What is no GatewayError is a bug, and may come behind the answer. */
function isNothingDone(error: unknown): boolean {
  return error instanceof GatewayError && !error.mayHaveActed;
}

function isOutOfTime(error: unknown, { signal }: Asker): boolean {
  return signal.aborted || (error instanceof GatewayError && error.kind === 'REQUEST_TIMEOUT');
}
