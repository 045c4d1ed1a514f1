import type { GatewayError } from '../errors.ts';
import { type Explanation, saying } from './explanation.ts';

interface Rule {
  /** Of the vendor's code. */
  readonly code: RegExp;
  readonly finding: string;
  readonly hint: string;
}

/** Source: the vendor's common error tables. First match wins. */
const RULES: readonly Rule[] = [
  {
    code: /^InvalidAccessKeyId\.?Inactive/i,
    finding: 'says that the access key is disabled',
    hint: 'Enable it in the RAM console, or use another one.',
  },
  {
    code: /AccessKeyId/i,
    finding: 'does not know the access key id',
    hint: 'Look for a typing error and for a key that was deleted. A temporary key, which begins with STS., needs ALIBABA_CLOUD_SECURITY_TOKEN as well.',
  },
  {
    code: /SecurityToken.*Expire|Expire.*SecurityToken/i,
    finding: 'says that the security token has expired',
    hint: 'Get a new set of key id, secret and token. The gateway renews by itself what the credential chain finds (a RAM role, OIDC), and cannot renew what the environment holds.',
  },
  {
    code: /SecurityToken/i,
    finding: 'does not accept the security token',
    hint: 'A token belongs to the key id and the secret it came with: set all three anew, or no token where the key is a lasting one.',
  },
  {
    code: /Signature/i,
    finding: 'says that the signature does not match',
    hint: 'The secret does not belong to the access key id: set both anew, without quotes, blanks or a line break. If they are right, a proxy changes requests on their way.',
  },
];

/** Why a backend did not accept the gateway's own keys. */
export function explainCredentials(error: GatewayError): Explanation {
  const { upstreamCode = '' } = error;
  const rule = RULES.find(({ code }) => code.test(upstreamCode));
  return {
    mark: 'fail',
    finding: `${rule?.finding ?? "did not accept the gateway's credentials"}${saying(error)}`,
    hint:
      rule?.hint ??
      'Set the access key id and its secret anew, and see that the key is enabled in the RAM console.',
  };
}
