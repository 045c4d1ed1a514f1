import * as z from 'zod';
import { callOperation } from '../backends/backend.ts';
import { judgeFlat } from '../backends/flat-envelope.ts';
import { type Config, endpointVariable } from '../config.ts';
import { GatewayError } from '../errors.ts';
import type { CredentialSource } from '../transport/credentials.ts';
import type { Operation } from '../transport/request.ts';
import { rpc } from '../transport/rpc.ts';
import type { UpstreamClock } from '../transport/upstream.ts';
import { deadlinesOf, openCalls } from './calls.ts';
import type { Check } from './check.ts';
import { explain } from './explain.ts';

/** Needs no permission. Source: the vendor's page of the operation, product Sts, version 2015-04-01. */
const GET_CALLER_IDENTITY: Operation = {
  name: 'GetCallerIdentity',
  version: '2015-04-01',
  access: 'read',
  idempotent: true,
};

const STS = { source: 'STS', title: 'STS' } as const;

/** One for all regions. Source: the vendor's list of endpoints. */
const CENTRAL = 'https://sts.aliyuncs.com';

const word = (pattern: RegExp) => z.string().max(256).regex(pattern).optional().catch(undefined);

/** What is told of an identity: no more than its form allows, for it is shown as it is. */
const identityWire = z.object({
  AccountId: word(/^\d+\**$/),
  IdentityType: word(/^[A-Za-z]+$/),
  Arn: word(/^acs:(?:ram|sts)::\d*\**:[\w./@+=*-]+$/),
});

const ABOUT = { subject: 'identity', title: 'identity' } as const;

const KINDS: Readonly<Record<string, string>> = {
  Account: 'the account itself, which may do everything',
  RAMUser: 'RAM user',
  AssumedRoleUser: 'RAM role',
};

/** Why it is not asked whose the keys are; undefined where it is. */
export function reasonToSkipIdentity({ upstream, endpoints, stsEndpoint }: Config): string | undefined {
  if (upstream === 'sandbox') return 'the sandbox has keys of its own, which belong to nobody';
  const [elsewhere] = endpoints.keys();
  return stsEndpoint === undefined && elsewhere !== undefined
    ? `${endpointVariable(elsewhere)} leads elsewhere than the cloud's own endpoint: set ${endpointVariable(STS.source)} to ask`
    : undefined;
}

/** Asks whom the keys belong to. */
export async function checkIdentity(
  config: Config,
  credentials: CredentialSource,
  clock: UpstreamClock,
): Promise<Check> {
  const endpoint = config.stsEndpoint ?? new URL(CENTRAL);
  const { link, pool, attempts } = openCalls({ ...STS, endpoint }, config, credentials, clock);
  try {
    const request = rpc(GET_CALLER_IDENTITY, {});
    const identity = await callOperation(link, request, (answer) => {
      const judged = judgeFlat(link, request, answer);
      const { AccountId, Arn, IdentityType } = identityWire.parse(judged.fields);
      if (AccountId === undefined || Arn === undefined) throw judged.unreadable();
      return { accountId: AccountId, arn: Arn, type: IdentityType ?? null };
    });
    const kind = KINDS[identity.type ?? ''] ?? 'identity';
    return {
      ...ABOUT,
      mark: 'ok',
      finding: `${kind} ${identity.arn}, account ${identity.accountId}`,
      facts: identity,
    };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return unknownIdentity(error, config, endpoint, attempts.length);
  } finally {
    await pool.close();
  }
}

function unknownIdentity(error: GatewayError, config: Config, endpoint: URL, attempts: number): Check {
  const { finding, hint } = explain(error, {
    title: STS.title,
    host: endpoint.host,
    variable: endpointVariable(STS.source),
    isOverridden: config.stsEndpoint !== undefined,
    region: config.region,
    attemptMs: deadlinesOf(config).attemptMs,
    operation: GET_CALLER_IDENTITY.name,
    permission: undefined,
  });
  const facts = { code: error.code, upstreamCode: error.upstreamCode ?? null, attempts };
  if (error.code === 'UNAUTHENTICATED') {
    return { ...ABOUT, mark: 'fail', finding: `STS ${finding}`, hint, facts };
  }
  return {
    ...ABOUT,
    mark: 'warn',
    finding: `not known, STS could not be asked: ${finding}`,
    hint: `The gateway does not need STS. ${hint}`,
    facts,
  };
}
