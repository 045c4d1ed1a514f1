import { roundedMs } from './backend-call.ts';
import { knownCode, type Outcome } from './metrics.ts';
import { OperationRecord, type OperationResult } from './operation-record.ts';
import type { RequestScope, Telemetry } from './request-scope.ts';
import type { OperationFacts, RequestSpan } from './tracing.ts';

/** The outcome of several operations is the first of these that one of them has. */
const WORST_FIRST: readonly Outcome[] = ['cancelled', 'failed', 'refused', 'partial'];

/** What HTTP tells of a request. */
export interface RequestHead {
  readonly requestId: string;
  readonly method: string;
  /** A path that is known; undefined for any other, which may hold anything. */
  readonly route: string | undefined;
  /** Whether it is a machine's routine question, which is logged for debugging only, and not counted. */
  readonly isRoutine: boolean;
}

/** How a request ended. */
export interface RequestEnd {
  readonly status: number;
  /** Whether the client left before it was answered. */
  readonly isCancelled: boolean;
  /** The code of what was refused before any of it was read. */
  readonly refusal: string | undefined;
  /** Undefined where nobody was asked who they are, or did not say. */
  readonly caller: string | undefined;
}

/** One HTTP request with its operations, from its arrival to its answer. */
export class RequestRecord implements RequestScope {
  readonly requestId: string;
  readonly telemetry: Telemetry;
  readonly span: RequestSpan | undefined;
  readonly counts = { sent: 0, retried: 0, joined: 0 };
  /** Several where they came as a batch, in its order. */
  readonly operations: OperationRecord[] = [];
  readonly #head: RequestHead;
  readonly #arrivedMs: number;
  #isInParts = false;
  /** How it ended, where parts of the answer are still to come. */
  #end: RequestEnd | undefined;

  constructor(head: RequestHead, telemetry: Telemetry, span: RequestSpan | undefined) {
    this.requestId = head.requestId;
    this.telemetry = telemetry;
    this.span = span;
    this.#head = head;
    this.#arrivedMs = telemetry.nowMs();
    if (!head.isRoutine) telemetry.metrics.requestBegan();
  }

  sinceMs(): number {
    return this.telemetry.nowMs() - this.#arrivedMs;
  }

  /** @param document its text */
  open(document: string | undefined): OperationRecord {
    const operation = new OperationRecord(document, this);
    this.operations.push(operation);
    return operation;
  }

  /** The answers to its operations, in their order; one where the request was refused as a whole. */
  answered(results: readonly OperationResult[]): void {
    for (const [index, result] of results.entries()) {
      (this.operations[index] ?? this.open(undefined)).answered(result);
    }
  }

  /**
   * Its answer, to one operation, comes in parts.
   *
   * @returns to be told all of it once no more is asked for, and whether the client left before the last part
   */
  answerInParts(): (result: OperationResult, isCancelled: boolean) => void {
    this.#isInParts = true;
    return (result, isCancelled) => {
      this.#isInParts = false;
      this.answered([result]);
      const end = this.#end;
      if (end !== undefined) this.#tell({ ...end, isCancelled });
    };
  }

  /** Its client was told of an event that it had subscribed to, long after its line was written. */
  toldLater({ errors = [] }: OperationResult): void {
    for (const { extensions } of errors) this.telemetry.metrics.failed(knownCode(extensions?.code), 1);
  }

  /** The head of its answer is out, and so is all of it but for parts that come later. */
  end(end: RequestEnd): void {
    if (this.#isInParts) {
      this.#end = end;
      return;
    }
    if (end.isCancelled) for (const operation of this.operations) operation.heardByNobody();
    this.#tell(end);
  }

  #tell({ status, isCancelled, refusal, caller }: RequestEnd): void {
    const { requestId, operations } = this;
    const { method, route, isRoutine } = this.#head;
    const ms = this.sinceMs();
    if (operations.length === 0 && status >= 400 && !isRoutine)
      this.#refused(isCancelled ? undefined : refusal);
    if (isCancelled) for (const operation of operations) operation.outcome = 'cancelled';
    if (!isRoutine) this.#count(ms);
    const outcome = worstOf(operations);
    const errors = this.#errors();
    const facts = operations.map(factsOf);
    this.span?.end({ requestId, status, operations: facts, outcome, errorCodes: Object.keys(errors ?? {}) });
    // One object written out: it is made for every request.
    const only = facts.length === 1 ? facts[0] : undefined;
    const fields = {
      requestId,
      traceId: this.span?.traceId,
      caller,
      method,
      route,
      status,
      operations: facts.length > 1 ? facts : undefined,
      operationType: only?.operationType,
      operationName: only?.operationName,
      documentHash: only?.documentHash,
      outcome,
      ms: roundedMs(ms),
      upstreamCalls: this.counts.sent,
      upstreamRetries: this.counts.retried,
      upstreamJoined: this.counts.joined,
      errors,
    };
    if (isRoutine) this.telemetry.logger.debug(fields, 'request');
    else this.telemetry.logger.info(fields, 'request');
  }

  /** It was refused before its operation was known. */
  #refused(code: string | undefined): void {
    const operation = this.open(undefined);
    if (code !== undefined) operation.told(code, 'answer');
  }

  #count(ms: number): void {
    const { metrics } = this.telemetry;
    for (const { type, outcome, errors } of this.operations) {
      metrics.operationEnded(type, outcome, ms);
      for (const [code, times] of errors) metrics.failed(code, times);
    }
    metrics.requestEnded();
  }

  /** Undefined where there were none. */
  #errors(): Readonly<Record<string, number>> | undefined {
    let sums: Record<string, number> | undefined;
    for (const { errors } of this.operations) {
      for (const [code, times] of errors) {
        sums ??= {};
        sums[code] = (sums[code] ?? 0) + times;
      }
    }
    return sums;
  }
}

function worstOf(operations: readonly OperationRecord[]): Outcome {
  const [only] = operations;
  if (operations.length === 1 && only !== undefined) return only.outcome;
  return WORST_FIRST.find((one) => operations.some(({ outcome }) => outcome === one)) ?? 'ok';
}

function factsOf({ type, name, documentHash, outcome }: OperationRecord): OperationFacts {
  return { operationType: type === 'none' ? undefined : type, operationName: name, documentHash, outcome };
}
