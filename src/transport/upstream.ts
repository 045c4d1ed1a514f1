import { GatewayError } from '../errors.ts';
import { type ClockOffset, createBackendClock } from './backend-clock.ts';
import type { CallWitness } from './call-witness.ts';
import type { CredentialSource } from './credentials.ts';
import type { Landed, Progress } from './errand.ts';
import { Flight, type Patience } from './flight.ts';
import { heldBack, lateAnswer, requestTimeout, withWhetherActed } from './given-up.ts';
import { createHttpClient, type HttpAnswer } from './http.ts';
import type { UpstreamRequest } from './request.ts';
import {
  createResilience,
  type ResilienceSettings,
  type UpstreamObserver,
  type UpstreamState,
} from './resilience.ts';
import { createSignedSender, type SignedSending } from './send-signed.ts';
import { createSingleFlight } from './single-flight.ts';

/** How one account reaches a backend. */
interface AccountSettings extends ResilienceSettings {
  /** Whether an equal read that is under way is waited for; else every read is sent. */
  readonly hasSingleFlight: boolean;
}

/** How one backend is reached. */
export interface UpstreamSettings extends AccountSettings {
  /** http or https; a path in it is put before every request's own. */
  readonly endpoint: URL;
  readonly maxBodyBytes: number;
  readonly userAgent: string;
}

/** Sources of what differs from call to call, replaceable in tests. */
export interface UpstreamClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly nonce: () => string;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs: () => number;
  /** From 0 to 1, for the jitter of retries. */
  readonly random: () => number;
}

/** One account's way to one backend. */
export interface Upstream {
  /**
   * Performs an operation: sends the request, has `read` judge and parse the answer, and sends a read again where that
   * may help. An equal read of the account that is under way, and begun after the last write made here, is waited for
   * instead, unless that is switched off or the request must be fresh: what was read of its answer is the result where
   * the request says so by `readAs`, and nobody may change it; else the answer is read anew.
   *
   * @param read throws a GatewayError for an answer that refuses or cannot be read
   * @param onBegin called before anything is sent, and not where an equal read is waited for; may throw
   * @throws GatewayError; rejects with the signal's reason when it aborts and that is another error
   */
  call<T>(
    request: UpstreamRequest,
    read: (answer: HttpAnswer) => T,
    patience: Patience,
    witness: CallWitness,
    onBegin?: () => void,
  ): Promise<T>;
  state(): UpstreamState;
  /**
   * The earliest time that the backend's clock can have shown at a local time, both in ms since 1970; undefined before
   * its first answer.
   */
  earliestBackendTime(localMs: number): number | undefined;
}

/** One backend's endpoint: connections and clock are shared, all else is an account's own. */
export interface UpstreamPool {
  /** The way of the account of that name, which is opened when first asked for. */
  forAccount(account: string, credentials: CredentialSource): Upstream;
  /** What the known accounts meet now. */
  states(): readonly UpstreamState[];
  /** Undefined before the first answer. */
  clockOffset(): ClockOffset | undefined;
  /** Breaks off what is under way and closes the connections. */
  close(): Promise<void>;
}

/** Accounts whose breaker and pace are remembered at once; the one that called longest ago is forgotten first. */
const MAX_ACCOUNTS = 100;

/**
 * Opens a backend; connections are made when first needed.
 *
 * @param generation counts the writes to the backend made here
 */
export function createUpstreamPool(
  settings: UpstreamSettings,
  clock: UpstreamClock,
  generation: () => number,
  observer: UpstreamObserver,
): UpstreamPool {
  const http = createHttpClient(settings.endpoint.origin, {
    connectTimeoutMs: settings.attemptTimeoutMs,
    maxBodyBytes: settings.maxBodyBytes,
  });
  const backendClock = createBackendClock();
  const { endpoint, userAgent } = settings;
  const { now, nonce } = clock;
  const byAccount = new Map<string, Upstream>();
  let latest: { readonly account: string; readonly upstream: Upstream } | undefined;
  const open = (credentials: CredentialSource) =>
    createUpstream(
      settings,
      { http, endpoint, userAgent, credentials, backendClock, now, nonce },
      clock,
      generation,
      observer,
    );
  return {
    forAccount(account, credentials) {
      // Most gateways have one account only.
      if (latest?.account === account) return latest.upstream;
      const upstream = byAccount.get(account) ?? open(credentials);
      latest = { account, upstream };
      // Set anew, the order of the map is that of use.
      byAccount.delete(account);
      byAccount.set(account, upstream);
      const oldest = byAccount.size > MAX_ACCOUNTS ? byAccount.keys().next().value : undefined;
      if (oldest !== undefined) byAccount.delete(oldest);
      return upstream;
    },
    states: () => [...byAccount.values()].map((upstream) => upstream.state()),
    clockOffset: () => backendClock.offset(),
    close: () => http.close(),
  };
}

/** Opens the way of one account over connections that are there already. */
export function createUpstream(
  settings: AccountSettings,
  sending: SignedSending,
  clock: UpstreamClock,
  generation: () => number,
  observer: UpstreamObserver,
): Upstream {
  const { monotonicMs, random } = clock;
  const sender = createSignedSender(sending);
  const { backendClock } = sending;
  const resilience = createResilience(settings, sender, backendClock, { monotonicMs, random }, observer);
  const flights = createSingleFlight<Landed, Progress>();
  const mayShare = ({ operation, isFresh = false }: UpstreamRequest) =>
    settings.hasSingleFlight && operation.access === 'read' && !isFresh;

  return {
    call: <T>(
      request: UpstreamRequest,
      read: (answer: HttpAnswer) => T,
      patience: Patience,
      witness: CallWitness,
      onBegin?: () => void,
    ) =>
      new Promise<T>((resolve, reject) => {
        const ownUntil = monotonicMs() + settings.timeoutMs;
        const mine = { signal: patience.signal, until: Math.min(patience.until, ownUntil) };
        const begin = () => {
          // Outside the flight: one who has too little time for the line is no reason to refuse the more patient.
          resilience.admit(mine.until);
          onBegin?.();
          return new Flight<Landed, Progress>(
            notBegun(),
            (life) => resilience.perform(sender.prepare(request), read, life, witness),
            mine,
            monotonicMs,
          );
        };
        const { flight, isLeader } = mayShare(request)
          ? flights.join(keyOf(request, generation()), begin)
          : { flight: begin(), isLeader: true };
        if (!isLeader) witness.joined();
        const expired = () => {
          if (flight.notes.isInLine && resilience.isPaced()) return heldBack(resilience.lineMs());
          return patience.until <= ownUntil ? requestTimeout() : lateAnswer(flight.notes);
        };
        const crashed = (thrown: unknown) => {
          // Two clocks end a request, and which one rings first must not decide what the caller is told.
          const isLate = thrown instanceof GatewayError && thrown.kind === 'REQUEST_TIMEOUT';
          const error = isLate ? expired() : thrown;
          reject(request.operation.access === 'write' ? withWhetherActed(error, flight.notes) : error);
        };
        const landed = ({ answer, value, readAs }: Landed) => {
          // The one who sent for it has read it; whoever looks for something else in it reads it for itself.
          if (isLeader || (readAs !== undefined && readAs === request.readAs)) return resolve(value as T);
          try {
            resolve(read(answer));
          } catch (error) {
            crashed(error);
          }
        };
        flight.wait({ landed, crashed, expired }, mine);
      }),
    state: () => resilience.state(),
    earliestBackendTime: (localMs) => backendClock.earliestAt(localMs),
  };
}

/** Of what has not even been signed. */
function notBegun(): Progress {
  return {
    ...{ signedWithMs: undefined, signedAt: Number.NaN },
    ...{ hasLeft: false, isOnUsedConnection: false, hasAnswerBegun: false, isInLine: false },
  };
}

/** All that an answer depends on, but for the account, which has flights of its own. */
function keyOf({ operation, method, path, query, body }: UpstreamRequest, generation: number): string {
  let key = `${generation} ${operation.name} ${operation.version} ${method} ${path}`;
  // A value may hold whatever stands between two of them, so its length says where it ends.
  for (const [name, value] of query) key += ` ${name}=${value.length}:${value}`;
  return body === undefined ? key : `${key}\n${body}`;
}
