import { spendCall } from '../cost/ledger.ts';
import { GatewayError } from '../errors.ts';
import type { CallWitness } from '../transport/call-witness.ts';
import type { Patience } from '../transport/flight.ts';
import type { HttpAnswer } from '../transport/http.ts';
import type { Operation, UpstreamRequest } from '../transport/request.ts';
import type { Upstream } from '../transport/upstream.ts';

/** What every backend fulfils. A backend is one folder and one line in the registry; all else derives from this. */
export interface Backend<Session extends BackendSession> {
  /** Its name in `CatalogSource`, in configuration (`<source>_ENDPOINT`), in errors and in metrics. */
  readonly source: string;
  /** For people, e.g. `PAI model registry`. */
  readonly title: string;
  /** What `CatalogSource` says of it. */
  readonly description: string;
  /** Place among the backends wherever they are listed, lowest first. */
  readonly position: number;
  /** Whether what it holds belongs to a region. */
  readonly isRegional: boolean;
  /** Codes of this backend alone that mean not found. */
  readonly notFoundCodes?: readonly string[];
  /** The cloud's address for a region. */
  readonly endpoint: (region: string) => string;
  /** The RAM action that lets an account perform an operation, for when the backend refuses without naming it. */
  readonly permissionFor?: (operation: string) => string;
  /** The only way to the backend: one for each request, never shared. */
  readonly openSession: (link: BackendLink) => Session;
}

/** What all sessions have in common. */
export interface BackendSession {
  /** A harmless read of at most one page, to learn whether the backend answers. @throws GatewayError */
  probe(): Promise<void>;
}

/** What one request's session needs to reach its backend. */
export interface BackendLink {
  readonly source: string;
  readonly title: string;
  /** The configured region. */
  readonly region: string;
  readonly upstream: Upstream;
  /** How long the request waits for its backends. */
  readonly patience: Patience;
  readonly report: BackendReport;
  /** @throws GatewayError FORBIDDEN where the caller may not read, or write, this source */
  readonly authorise: (access: Operation['access']) => void;
  /** Where the request keeps what it called. */
  readonly calls: CallLog;
}

/**
 * The same way for a change, whose reads must all begin after it was asked for: what it writes is made of them, and
 * another caller's read that is under way may tell what was before.
 */
export function afresh(link: BackendLink): BackendLink {
  const { upstream } = link;
  const call: Upstream['call'] = (request, ...how) => upstream.call({ ...request, isFresh: true }, ...how);
  return { ...link, upstream: { ...upstream, call } };
}

/** What is kept of the calls made for one request. */
export interface CallLog {
  begin(source: string, request: UpstreamRequest): CallRecord;
}

/** One call, from here to its end. */
export interface CallRecord extends CallWitness {
  /** @param error undefined where it succeeded; no GatewayError where the caller left */
  ended(error: unknown): void;
}

/**
 * How an answer can drift from its documentation: by a field that nobody documented, a value that is not in the
 * field's documented list, a documented field that is left out, or a value that does not fit (a wrong type, a number,
 * time or URL that is none, a row without its id).
 */
export type DriftKind = 'unknown' | 'enum' | 'missing' | 'odd';

/** Stands for fields that are counted together: they have too many names, or names that are not to be told. */
export const OTHER_FIELDS = '(other)';

/** Where a backend's behaviour is noted. */
export interface BackendReport {
  /** The backend answered or failed an operation; `error` is undefined where it succeeded. */
  outcome(source: string, operation: string, error: GatewayError | undefined): void;
  /**
   * An answer drifted from its documentation, `times` times. `field` is a path without indices;
   * of the kind `unknown` it ends in a name out of the answer, which may be anything.
   */
  drift(source: string, operation: string, field: string, kind: DriftKind, times: number): void;
  /**
   * A write is about to be sent, or has been: what was read before it may be out of date. `isConfirmed` where the
   * backend said that it is done.
   */
  wrote(source: string, isConfirmed: boolean): void;
}

/**
 * Performs one operation: has it sent, `read` judge and parse the answer, and reports how it went.
 *
 * @throws GatewayError with `source`, FORBIDDEN where the caller may not do it; of a read it never says that it may
 * have acted.
 */
export async function callOperation<T>(
  link: BackendLink,
  request: UpstreamRequest,
  read: (answer: HttpAnswer) => T,
): Promise<T> {
  const { operation } = request;
  const isWrite = operation.access === 'write';
  // Before anything else: what a caller may not do is neither sent nor noted, and no other caller's answer serves it.
  link.authorise(operation.access);
  if (isWrite) link.report.wrote(link.source, false);
  let isConfirmed = false;
  const call = link.calls.begin(link.source, request);
  try {
    const value = await link.upstream.call(request, read, link.patience, call, () =>
      spendCall(link.source, operation.access),
    );
    call.ended(undefined);
    isConfirmed = true;
    link.report.outcome(link.source, operation.name, undefined);
    return value;
  } catch (error) {
    call.ended(error);
    if (!(error instanceof GatewayError)) throw error;
    const named = error.with({
      source: link.source,
      mayHaveActed: error.mayHaveActed && isWrite,
    });
    if (!named.isDecidedHere) link.report.outcome(link.source, operation.name, named);
    throw named;
  } finally {
    if (isWrite) link.report.wrote(link.source, isConfirmed);
  }
}
