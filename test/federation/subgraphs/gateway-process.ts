import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { documentId } from '../../../src/http/trusted-documents.ts';
import { openKeyRing } from '../../security/support/callers.ts';
import { openGateway } from '../../support/gateway.ts';
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
const gateway = await openGateway({
  authenticate: ring.authenticate,
  ...(endpoints === undefined ? {} : { endpoints }),
  ...(trustedDocuments === undefined
    ? {}
    : {
        trustedDocuments: {
          mode: 'allow' as const,
          byId: new Map(trustedDocuments.map((text) => [documentId(text), text])),
        },
      }),
});
const server = createServer(gateway.gateway.handler).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
process.on('message', (asked) => {
  if (asked === 'forget') gateway.sandbox.forgetRequests();
  process.send?.(gateway.actions());
});
process.on('disconnect', () => process.exit());
process.send?.({ url: `http://127.0.0.1:${port}/graphql`, callers } satisfies Ready);
