import { backends } from '../backends/index.ts';
import type { Config } from '../config.ts';
import type { Sandbox } from '../sandbox/index.ts';
import type { CredentialSource } from '../transport/credentials.ts';
import type { UpstreamClock } from '../transport/upstream.ts';
import { credentialsOf, endpointOf, openSandbox } from '../upstream-choice.ts';
import { type BackendFindings, checkBackend } from './backend.ts';
import type { Check, Subject } from './check.ts';
import { judgeClock } from './clock.ts';
import { checkConfiguration, checkNode } from './configuration.ts';
import { checkCredentials } from './credentials.ts';
import { checkGateway, gatewayUrl } from './gateway.ts';
import { checkIdentity, reasonToSkipIdentity } from './identity.ts';
import { KnownSecrets } from './known-secrets.ts';
import { checkNamedFiles } from './named-files.ts';

/** What is to be looked at. */
export interface Order {
  /** The process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where a gateway runs; by default where one with this configuration would. */
  readonly gatewayUrl: URL | undefined;
}

/**
 * Looks at everything between a person and an answer, and tells each finding as soon as those before it are told.
 * Backends are asked side by side; nothing waits longer than its deadline, so that all of it ends within half a
 * minute. No finding holds a key, a secret or a token.
 */
export async function* examine(order: Order, clock: UpstreamClock): AsyncGenerator<Check, void> {
  const secrets = new KnownSecrets();
  for await (const check of findings(order, clock, secrets)) yield secrets.purge(check);
}

async function* findings(
  order: Order,
  clock: UpstreamClock,
  secrets: KnownSecrets,
): AsyncGenerator<Check, void> {
  const { config, checks } = checkConfiguration(order.env);
  yield* checks;
  if (config !== undefined) yield* await guarded('configuration', checkNamedFiles(config, clock.now()));
  yield checkNode(process.versions.node);
  if (config === undefined) {
    yield { ...SKIPPED, subject: 'credentials', title: 'credentials' };
    if (order.gatewayUrl !== undefined)
      yield* await guarded('gateway', checkGateway(order.gatewayUrl, [], true));
    return;
  }
  if (config.credentials !== undefined) secrets.add(config.credentials);
  const sandbox = await openSandbox({ ...config, sandboxPort: 0 });
  try {
    yield* lookAround(config, sandbox, order, clock, secrets);
  } finally {
    await sandbox?.close();
  }
}

const SKIPPED = {
  mark: 'skip',
  finding: 'not looked at, nor anything behind: the configuration comes first',
} as const;

async function* lookAround(
  config: Config,
  sandbox: Sandbox | undefined,
  order: Order,
  clock: UpstreamClock,
  secrets: KnownSecrets,
): AsyncGenerator<Check, void> {
  const credentials = secrets.watch(credentialsOf(config, sandbox));
  const keys = await checkCredentials(credentials);
  yield keys.check;
  if (!keys.isUsable) {
    yield {
      subject: 'backend',
      title: 'backends',
      mark: 'skip',
      finding: 'not asked: there are no keys that can be used',
    };
    yield* await guarded('gateway', gatewayOf(config, order, []));
    return;
  }
  const identity = guarded('identity', identityOf(config, credentials, clock));
  const addressOf = endpointOf(config, sandbox);
  const asked = backends.map((backend) =>
    checkBackend(backend, addressOf(backend.source), config, credentials, clock),
  );
  const told = asked.map((findings) =>
    guarded(
      'backend',
      findings.then(({ check }) => [check]),
    ),
  );
  const all = Promise.allSettled(asked).then((settled) =>
    settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
  );
  const gateway = guarded(
    'gateway',
    all.then((found) => gatewayOf(config, order, found)),
  );
  yield* await identity;
  for (const checks of told) yield* await checks;
  yield judgeClock((await all).map(({ witness }) => witness));
  yield* await gateway;
}

async function identityOf(config: Config, credentials: CredentialSource, clock: UpstreamClock) {
  const reason = reasonToSkipIdentity(config);
  if (reason === undefined) return [await checkIdentity(config, credentials, clock)];
  const finding = `not asked: ${reason}`;
  return [{ subject: 'identity', title: 'identity', mark: 'skip', finding } as const];
}

function gatewayOf(config: Config, order: Order, found: readonly BackendFindings[]) {
  const { gatewayUrl: named } = order;
  return checkGateway(named ?? gatewayUrl(config), found, named !== undefined);
}

/** A mistake of the doctor's own in one look hides no other; what it quotes may be a secret. */
function guarded(subject: Subject, checks: Promise<readonly Check[]>): Promise<readonly Check[]> {
  return checks.catch((error: unknown) => [
    {
      subject,
      title: subject,
      mark: 'fail',
      finding: `the doctor itself failed here (${error instanceof Error ? error.name : 'no error'})`,
      hint: 'This is a bug of the doctor: tell whoever maintains it. The other lines hold.',
    },
  ]);
}
