import { startProcess } from '../../e2e/support/gateway-process.ts';

/** The gateway as `npm start` runs it, in front of a sandbox of its own. */
export interface RunningGateway extends AsyncDisposable {
  /** The address of its endpoint. */
  readonly url: string;
}

/** Starts it with this environment and no other variables of the gateway. */
export async function startGateway(env: Readonly<Record<string, string>> = {}): Promise<RunningGateway> {
  const gateway = startProcess({ LOG_LEVEL: 'silent', ...env });
  return {
    url: `${await gateway.origin()}/graphql`,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}
