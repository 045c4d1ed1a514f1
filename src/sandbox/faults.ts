import type { SandboxRequest } from './sandbox-request.ts';

/** Something that goes wrong on purpose. */
export type SandboxFault =
  /** Waits, then goes on as usual, even when the client has left; goes together with one other fault. */
  | { kind: 'latency'; ms: number }
  /** Never answers and never acts. */
  | { kind: 'hang' }
  /** Resets the connection before or after the operation has acted. */
  | { kind: 'reset'; when: 'before' | 'after' }
  /** Acts, sends the headers and half the body, and closes the connection. */
  | { kind: 'cutBody' }
  /** Acts, sends the headers and then a byte now and then, without end; the answer's own bytes never come. */
  | { kind: 'drip'; everyMs: number }
  /** Answers this verbatim without acting. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; bodyText: string }
  /** Answers in the product's own failure envelope without acting. */
  | { kind: 'error'; status: number; code: string; message?: string; headers?: Record<string, string> }
  /** Answers Throttling.User with status 400 without acting. */
  | { kind: 'throttle'; retryAfterMs?: number };

export interface FaultOptions {
  /** How many requests it hits; unlimited when left out. */
  readonly times?: number;
  readonly match?: (request: SandboxRequest) => boolean;
}

/** What strikes one request: a wait, and at most one other fault. */
export interface Strike {
  readonly latencyMs: number;
  readonly fault: Exclude<SandboxFault, { kind: 'latency' }> | undefined;
}

interface Entry {
  readonly action: string;
  readonly fault: SandboxFault;
  readonly match: (request: SandboxRequest) => boolean;
  remaining: number;
}

/** The faults that are set, oldest first. */
export class FaultPlan {
  readonly #entries = new Set<Entry>();

  /** `action` is an operation, `product:operation` or `*`. Returns the remover. */
  set(action: string, fault: SandboxFault, options: FaultOptions = {}): () => void {
    const { times = Number.POSITIVE_INFINITY, match = () => true } = options;
    const entry: Entry = { action, fault, match, remaining: times };
    if (times > 0) this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Uses up every matching latency and the oldest other fault that matches. */
  strike(request: SandboxRequest): Strike {
    const names = ['*', request.action, `${request.product}:${request.action}`];
    let latencyMs = 0;
    let struck: Strike['fault'];
    for (const entry of this.#entries) {
      const isUseful = entry.fault.kind === 'latency' || struck === undefined;
      if (!isUseful || !names.includes(entry.action) || !entry.match(request)) continue;
      entry.remaining -= 1;
      if (entry.remaining < 1) this.#entries.delete(entry);
      if (entry.fault.kind === 'latency') latencyMs += entry.fault.ms;
      else struck = entry.fault;
    }
    return { latencyMs, fault: struck };
  }
}
