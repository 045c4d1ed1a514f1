import { backends } from './backends/index.ts';
import type { Config } from './config.ts';
import type { Sandbox } from './sandbox/index.ts';
import {
  type CredentialSource,
  Credentials,
  defaultChainCredentials,
  staticCredentials,
} from './transport/credentials.ts';

/** Starts the sandbox where the configuration says so. */
export async function openSandbox(
  config: Pick<Config, 'upstream' | 'sandboxPort' | 'region'>,
): Promise<Sandbox | undefined> {
  if (config.upstream !== 'sandbox') return undefined;
  // Only here: what stands in front of the cloud does not load it.
  const { startSandbox } = await import('./sandbox/index.ts');
  return startSandbox({ port: config.sandboxPort, region: config.region, keptRequests: 0 });
}

/** The address of each backend. */
export function endpointOf(config: Config, sandbox: Sandbox | undefined): (source: string) => URL {
  const ownEndpoint = new Map(backends.map(({ source, endpoint }) => [source, endpoint(config.region)]));
  return (source) =>
    sandbox === undefined
      ? (config.endpoints.get(source) ?? new URL(ownEndpoint.get(source) ?? ''))
      : new URL(sandbox.url);
}

/** The keys that calls are signed with. */
export function credentialsOf(config: Config, sandbox: Sandbox | undefined): CredentialSource {
  if (sandbox !== undefined) {
    const { accessKeyId, accessKeySecret } = sandbox.credentials;
    return staticCredentials(new Credentials(accessKeyId, accessKeySecret), "the sandbox's own");
  }
  return config.credentials === undefined
    ? defaultChainCredentials()
    : staticCredentials(config.credentials, 'the environment');
}
