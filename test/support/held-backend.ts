import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A backend whose answers wait until they are let go. */
export interface HeldBackend extends AsyncDisposable {
  readonly url: string;
  /** Actions that have arrived and wait. */
  readonly waiting: string[];
  /** Lets all of them go, and those that come later. */
  letGo(): void;
}

/** Stands in front of a backend. */
export async function openHeldBackend(target: string): Promise<HeldBackend> {
  const gate = Promise.withResolvers<void>();
  const waiting: string[] = [];
  const server = createServer(async (message, response) => {
    waiting.push(String(message.headers['x-acs-action']));
    await gate.promise;
    // The host that was signed goes with it.
    const { method = 'GET', url = '/', headers } = message;
    const passed = request(new URL(url, target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    message.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting,
    letGo: () => gate.resolve(),
    async [Symbol.asyncDispose]() {
      gate.resolve();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
