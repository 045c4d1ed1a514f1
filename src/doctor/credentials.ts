import { maskKey } from '../domain/secret-text.ts';
import { GatewayError } from '../errors.ts';
import { type CredentialSource, type Credentials, keyFault } from '../transport/credentials.ts';
import type { Check } from './check.ts';
import { bare } from './known-secrets.ts';

/** What the default chain may wait for: files, a metadata service, an address. */
const LONGEST_SEARCH_MS = 10_000;

const ABOUT = { subject: 'credentials', title: 'credentials' } as const;

const WHERE =
  'Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or give the credential chain something to find, which looks in this order: OIDC (ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE), ~/.aliyun/config.json, ~/.alibabacloud/credentials, the RAM role of the machine, ALIBABA_CLOUD_CREDENTIALS_URI.';

/** Whether there are keys, where they come from, and whether they look like keys. */
export async function checkCredentials(
  source: CredentialSource,
): Promise<{ readonly check: Check; readonly isUsable: boolean }> {
  const credentials = await found(source);
  if (credentials === undefined) {
    const finding = `none found by ${source.description}`;
    return { isUsable: false, check: { ...ABOUT, mark: 'fail', finding, hint: WHERE } };
  }
  const masked = maskKey(bare(credentials.accessKeyId)) ?? '';
  const isTemporary = (credentials.revealToken() ?? '') !== '';
  const facts = { source: source.description, accessKeyId: masked, hasSecurityToken: isTemporary };
  const finding = `access key ${masked}${isTemporary ? ' with a security token' : ''}, from ${source.description}`;
  const fault = faultOf(credentials);
  const check: Check =
    fault === undefined
      ? { ...ABOUT, mark: 'ok', finding, facts }
      : { ...ABOUT, mark: 'fail', finding: `${finding}: ${fault.what}`, hint: fault.hint, facts };
  return { isUsable: keyFault(credentials) === undefined, check };
}

async function found(source: CredentialSource): Promise<Credentials | undefined> {
  const tooLate = Promise.withResolvers<undefined>();
  const timer = setTimeout(tooLate.resolve, LONGEST_SEARCH_MS, undefined);
  try {
    return await Promise.race([source.get(), tooLate.promise]);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** What is wrong with keys at first sight, before anyone is asked to take them. */
function faultOf(credentials: Credentials): { readonly what: string; readonly hint: string } | undefined {
  const token = credentials.revealToken() ?? '';
  const spoilt = keyFault(credentials);
  if (spoilt !== undefined) {
    return {
      what: spoilt,
      hint: 'Set it anew without: files of variables keep quotes, and echo adds a line break.',
    };
  }
  if (/^STS\./.test(credentials.accessKeyId) && token === '') {
    return {
      what: 'a temporary key is of no use without its security token',
      hint: 'Set ALIBABA_CLOUD_SECURITY_TOKEN to the token that came with it.',
    };
  }
  return undefined;
}
