import type { GatewayError } from '../errors.ts';
import { type Asked, type Explanation, saying } from './explanation.ts';

/** Source: codes of the vendor's common table that speak of the account, and not of a permission. */
const OF_THE_ACCOUNT: readonly (readonly [RegExp, string])[] = [
  [/InsufficientBalance/i, 'The account is in arrears: top it up.'],
  [/RiskControl/i, "The vendor's risk control holds the account back: ask its support, with the request id."],
  [/UserVerification/i, 'The account has to prove who it belongs to first: see its console.'],
  [/NotSupportRAM/i, 'No RAM user may do this: it takes a key of the account itself.'],
];

/** The permission that was missing, and whether the backend itself named it; undefined where it is no matter of one. */
export function missingPermissionOf(
  { kind, missingPermission, upstreamCode = '' }: GatewayError,
  { permission }: Pick<Asked, 'permission'>,
): { readonly action: string; readonly isNamed: boolean } | undefined {
  if (kind !== 'FORBIDDEN') return undefined;
  if (missingPermission !== undefined) return { action: missingPermission.action, isNamed: true };
  if (permission === undefined || OF_THE_ACCOUNT.some(([code]) => code.test(upstreamCode))) return undefined;
  return { action: permission, isNamed: false };
}

/** A RAM policy that allows one action. */
export function policyFor(action: string) {
  return {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: [action], Resource: ['*'] }],
  } as const;
}

/** Why a backend let the gateway's account in, but not do this. */
export function explainPermission(error: GatewayError, asked: Asked): Explanation {
  const missing = missingPermissionOf(error, asked);
  if (missing === undefined) {
    const known = OF_THE_ACCOUNT.find(([code]) => code.test(error.upstreamCode ?? ''))?.[1];
    return {
      mark: 'fail',
      finding: `does not let this account ${asked.operation ?? 'in'}${saying(error)}`,
      hint: known ?? `Allow the account to call ${asked.operation ?? 'it'} in the RAM console.`,
    };
  }
  const { action, isNamed } = missing;
  const isDenied = error.missingPermission?.isDenied === true;
  const lack = isDenied ? `a policy denies ${action}` : `the permission ${action} is missing`;
  return {
    mark: 'fail',
    finding: `${isNamed ? lack : `${lack}, by its documentation (the backend does not say)`}${saying(error)}`,
    hint: isDenied
      ? `Take the Deny on ${action} out of the policies of this identity, its groups, or the account's resource directory: one more Allow changes nothing.`
      : `Attach a policy to this identity in the RAM console: ${JSON.stringify(policyFor(action))}`,
  };
}
