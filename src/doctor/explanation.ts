import type { GatewayError } from '../errors.ts';

/** What was asked, and where. */
export interface Asked {
  /** For people, e.g. `PAI model registry`. */
  readonly title: string;
  /** Host and port. */
  readonly host: string;
  /** The variable that sets another address. */
  readonly variable: string;
  /** Whether it is set. */
  readonly isOverridden: boolean;
  readonly region: string;
  /** Deadline of one attempt. */
  readonly attemptMs: number;
  /** Undefined where nothing was sent. */
  readonly operation: string | undefined;
  /** The RAM action that the operation is documented to need. */
  readonly permission: string | undefined;
}

/** What a failure means, and what to do about it. */
export interface Explanation {
  readonly mark: 'warn' | 'fail';
  readonly finding: string;
  readonly hint: string;
}

/** The vendor's code and words, behind ours. */
export function saying({ httpStatus, upstreamCode, upstreamMessage }: GatewayError): string {
  const words = upstreamMessage === undefined ? '' : `: "${upstreamMessage}"`;
  const facts = [httpStatus === undefined ? undefined : `HTTP ${httpStatus}`, upstreamCode];
  const told = facts.filter((fact) => fact !== undefined).join(', ');
  return told === '' ? words : ` (${told}${words})`;
}
