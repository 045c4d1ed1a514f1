import { ERROR_KINDS, GatewayError } from '../errors.ts';
import type { Passage } from './breaker.ts';
import type { AttemptWitness } from './call-witness.ts';
import type { Credentials } from './credentials.ts';
import type { Errand, Guard, Landed } from './errand.ts';
import { isStaleConnection, lateAnswer } from './given-up.ts';
import type { AnswerListener, HttpAnswer, Sending } from './http.ts';

/** One request of an errand: signed, sent, answered and read, in the time that one has. */
export class Attempt implements AnswerListener {
  readonly #errand: Errand;
  readonly #guard: Guard;
  readonly #passage: Passage;
  readonly #sentAt: number;
  readonly #timeoutMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.#breakOff(this.#errand.life.signal.reason);
  #sending: Sending | undefined;
  /** Undefined until there are credentials: without them nothing is sent. */
  #witness: AttemptWitness | undefined;
  #credentials: Credentials | undefined;
  #isOver = false;

  constructor(errand: Errand, guard: Guard, passage: Passage) {
    const { request, life } = errand;
    const { notes } = life;
    this.#errand = errand;
    this.#guard = guard;
    this.#passage = passage;
    this.#sentAt = guard.monotonicMs();
    notes.signedWithMs = undefined;
    notes.hasLeft = false;
    notes.isOnUsedConnection = false;
    notes.hasAnswerBegun = false;
    this.#timeoutMs = request.operation.access === 'read' ? guard.attemptTimeoutMs : guard.timeoutMs;
    this.#timer = setTimeout(expire, this.#timeoutMs, this);
    life.signal.addEventListener('abort', this.#onAbort);
  }

  send(): void {
    try {
      const credentials = this.#guard.sender.credentials();
      // They may have to be fetched, by a library that cannot be broken off.
      if ('then' in credentials) this.#sendOnce(credentials);
      else this.#sendWith(credentials);
    } catch (error) {
      this.failed(error);
    }
  }

  #sendOnce(credentials: Promise<Credentials>): void {
    credentials
      .then((found) => this.#isOver || this.#sendWith(found))
      .catch((error: unknown) => this.failed(error));
  }

  #sendWith(credentials: Credentials): void {
    const { request, life, witness } = this.#errand;
    this.#credentials = credentials;
    this.#witness = witness.attempt();
    this.#sending = this.#guard.sender.send(request, credentials, life.notes, this.#witness.headers, this);
  }

  answered(given: HttpAnswer): void {
    const { read, life, request } = this.#errand;
    const answer = { ...given, signedWith: this.#credentials };
    this.#guard.sender.learn(answer, life.notes);
    try {
      this.#succeed({ answer, value: read(answer), readAs: request.readAs });
    } catch (error) {
      if (error instanceof GatewayError && error.kind === 'UNAUTHENTICATED') {
        this.#guard.sender.credentialsRefused();
      }
      this.failed(error, answer.status);
    }
  }

  #succeed(landed: Landed): void {
    this.#passage.succeeded();
    this.#guard.pace.answered(this.#sentAt);
    this.#witness?.ended(landed.answer.status, undefined);
    this.#end();
    this.#errand.succeeded(landed);
  }

  failed(error: unknown, httpStatus?: number): void {
    if (this.#isOver) return;
    this.#end();
    const { notes, signal } = this.#errand.life;
    const durationMs = this.#guard.monotonicMs() - this.#sentAt;
    // Its operation may have had little time left after the line it stood in, or found no credentials.
    const isCutShort = signal.aborted && durationMs < this.#timeoutMs / 2;
    const hasLearntNothing =
      isCutShort || notes.signedWithMs === undefined || isStaleConnection(error, notes);
    this.#learn(error, hasLearntNothing);
    this.#witness?.ended(httpStatus, error);
    this.#errand.failed(error);
  }

  /** Its time is over. */
  expire(): void {
    this.#breakOff(lateAnswer(this.#errand.life.notes));
  }

  #breakOff(reason: unknown): void {
    if (this.#sending === undefined) this.failed(reason);
    else this.#sending.breakOff(reason);
  }

  /** What the breaker and the pace learn of a failure; nothing where the backend was not to blame. */
  #learn(error: unknown, isNothing: boolean): void {
    const { pace } = this.#guard;
    if (!(error instanceof GatewayError) || error.isDecidedHere || isNothing) this.#passage.abandoned();
    else if (ERROR_KINDS[error.kind].tripsBreaker) this.#passage.failed();
    else {
      this.#passage.succeeded();
      if (error.kind === 'RATE_LIMITED') pace.throttled(this.#sentAt, error.retryAfterMs);
      else pace.answered(this.#sentAt);
    }
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#errand.life.signal.removeEventListener('abort', this.#onAbort);
  }
}

function expire(attempt: Attempt): void {
  attempt.expire();
}
