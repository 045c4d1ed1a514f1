import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { documentId } from '../../../src/http/trusted-documents.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { createGateway } from '../../../src/server.ts';
import { createLogger } from '../../../src/telemetry/log.ts';
import { Credentials, staticCredentials } from '../../../src/transport/credentials.ts';
import { openKeyRing } from '../../security/support/callers.ts';
import type { Order, Ready } from './gateway.ts';

/*
 * The gateway over its sandbox as a process of its own: with the product's libraries, which are not those of the tools
 * beside it.
 */

const { endpoints, trustedDocuments } = JSON.parse(process.argv[2] ?? '{}') as Order;
const ring = openKeyRing();
const callers: Ready['callers'] = {
  everything: ring.holderOf('*:read', '*:write')['authorization'] ?? '',
  routerReader: ring.holderOf('MODEL_ROUTER:read')['authorization'] ?? '',
};
const sandbox = await startSandbox();
const { accessKeyId, accessKeySecret } = sandbox.credentials;
const gateway = createGateway(
  {
    region: sandbox.region,
    endpointOf: (source) => new URL(endpoints?.[source] ?? sandbox.url),
    isSandbox: true,
    requestTimeoutMs: 15_000,
    upstreamTimeoutMs: 10_000,
    upstreamConcurrency: 16,
    upstreamQueue: 2_000,
    isLoopback: true,
    ...(trustedDocuments === undefined
      ? {}
      : {
          trustedDocuments: {
            mode: 'allow' as const,
            byId: new Map(trustedDocuments.map((text) => [documentId(text), text])),
          },
        }),
  },
  {
    credentials: staticCredentials(new Credentials(accessKeyId, accessKeySecret), 'the test'),
    authenticate: ring.authenticate,
    logger: createLogger('error', () => undefined),
  },
);
const server = createServer(gateway.listener).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
process.on('message', (asked) => {
  if (asked === 'forget') sandbox.forgetRequests();
  process.send?.(sandbox.requests.map(({ action }) => action));
});
process.on('disconnect', () => process.exit());
process.send?.({ url: `http://127.0.0.1:${port}/graphql`, callers } satisfies Ready);
