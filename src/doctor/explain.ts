import type { ErrorKind, GatewayError } from '../errors.ts';
import { explainCredentials } from './explain-credentials.ts';
import { explainNetwork } from './explain-network.ts';
import { explainPermission } from './explain-permission.ts';
import { type Asked, type Explanation, saying } from './explanation.ts';

/** Puts a failure into words for whoever has to end it. */
export function explain(error: GatewayError, asked: Asked): Explanation {
  return EXPLANATIONS[error.kind](error, asked);
}

type Explain = (error: GatewayError, asked: Asked) => Explanation;

const fail = (finding: string, hint: string): Explanation => ({ mark: 'fail', finding, hint });
const warn = (finding: string, hint: string): Explanation => ({ mark: 'warn', finding, hint });

const unexpected: Explain = (error, { variable, host, region, operation = 'the request' }) =>
  fail(
    `refused ${operation} in a way that a harmless read should not be${saying(error)}`,
    `Does ${host} serve this product in ${region}? Set another region, or ${variable}; with the request id the vendor's support can tell more.`,
  );

const busy: Explain = (error) =>
  warn(
    `takes no more requests of this account for now${saying(error)}`,
    'Wait, or find who else calls with this account; lower UPSTREAM_CONCURRENCY, or have the limit raised in the Quota Center.',
  );

const lost: Explain = (_error, { attemptMs }) =>
  fail(
    'was not asked to the end',
    `Ask again; where that does not help, one attempt takes longer than ${attemptMs} ms: see UPSTREAM_TIMEOUT_MS.`,
  );

const EXPLANATIONS: Readonly<Record<ErrorKind, Explain>> = {
  UNAUTHENTICATED: explainCredentials,
  CLOCK_SKEW: (error) =>
    fail(
      `refused the date of the request${saying(error)}`,
      'The clocks differ by too much: see the line on the clock.',
    ),
  NONCE_USED: (error) =>
    fail(
      `says that it saw the request before${saying(error)}`,
      'Something between sends requests twice: look for a proxy that repeats them.',
    ),
  FORBIDDEN: explainPermission,
  RATE_LIMITED: busy,
  HELD_BACK: busy,
  TIMEOUT: explainNetwork,
  UNAVAILABLE: explainNetwork,
  TLS_FAILURE: explainNetwork,
  UNREADABLE: (error, { host, variable }) =>
    fail(
      `gave an answer that cannot be read${saying(error)}`,
      `Something else may answer at ${host}, such as a proxy or a login page: compare ${variable} with the vendor's list of endpoints.`,
    ),
  BACKEND_FAULT: (error) =>
    fail(
      `failed by itself${saying(error)}`,
      "The vendor's status page may tell more, and its support, with the request id. Other backends go on being served.",
    ),
  NOT_FOUND: unexpected,
  CONFLICT: unexpected,
  INVALID_INPUT: unexpected,
  UNEXPECTED_REFUSAL: unexpected,
  TOO_MANY_CALLS: unexpected,
  OUTCOME_UNKNOWN: unexpected,
  REQUEST_TIMEOUT: lost,
  BREAKER_OPEN: lost,
};
