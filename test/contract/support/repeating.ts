import type { SandboxFault } from '../../../src/sandbox/index.ts';
import { openGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';

/** Fields of an input. */
export type Input = Readonly<Record<string, unknown>>;

/** It fails and does nothing. */
export const FAILING = { kind: 'error', status: 500, code: 'InternalError' } as const satisfies SandboxFault;
/** It acts, and the answer does not come. */
export const CUT = { kind: 'reset', when: 'after' } as const satisfies SandboxFault;
/** For one request. */
export const ONCE = { times: 1 };

/** The answer where nobody knows. */
export const UNKNOWN = { __typename: 'GatewayUpstreamError', outcomeUnknown: true };

/** No test is to trip over the breaker: it has tests of its own. */
const breaker = {
  failuresInARow: 1_000,
  windowCalls: 1_000,
  windowMs: 10_000,
  failureShare: 1,
  pauseMs: 1,
  longestPauseMs: 1,
};

/** A gateway whose callers say who they are, over a sandbox that takes every name twice. */
export async function open(options: TestGatewayOptions = {}): Promise<TestGateway> {
  return openGateway({
    breaker,
    identify: ({ headers }) => ({
      caller: headers.get('x-caller') ?? 'one',
      account: headers.get('x-account') ?? 'the account',
    }),
    ...options,
    sandbox: { serviceNames: 'repeatable', ...options.sandbox },
  });
}

/** Somebody else's gateway over the same backends: it remembers nothing of what the first one made. */
export async function openBeside(
  gateway: TestGateway,
  options: TestGatewayOptions = {},
): Promise<TestGateway> {
  const { url } = gateway.sandbox;
  return openGateway({ breaker, endpoints: { MODEL_ROUTER: url, PAI: url, AI_GATEWAY: url }, ...options });
}

let count = 0;
/** A key that no test had before. */
export const newKey = () => `key-${++count}`;

/** A name of its own for each test, where the create has one. */
export const named = (input: Input): Input => ({
  ...input,
  ...('name' in input ? { name: `${String(input['name'])} ${++count}` } : {}),
  ...('modelName' in input ? { modelName: `${String(input['modelName'])} ${++count}` } : {}),
  ...('version' in input ? { version: ++count } : {}),
  ...('uri' in input ? { uri: `${String(input['uri'])}${++count}` } : {}),
});
