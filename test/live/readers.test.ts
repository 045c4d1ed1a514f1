import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { CatalogEvent } from '../../src/domain/catalog-event.ts';
import { createMemoryBus, type EventBus } from '../../src/live/event-bus.ts';
import { type ListeningGateway, openListening } from '../security/support/listening.ts';

const SLOW = { timeout: 60_000 };
const MAX_QUEUED = 1_000;
/** Of each event, so that the buffers of the sockets fill soon. */
const ALIASES = 400;
const WIDE = `subscription { catalogEvents { at ${Array.from({ length: ALIASES }, (_, index) => `alias${index}: nodeId`).join(' ')} } }`;
const NARROW = 'subscription { catalogEvents { at } }';
/** Far more than the buffers of two sockets and of the process hold. */
const MAX_EVENTS = 20_000;

const event = (at: number): CatalogEvent => ({
  ...{ kind: 'UPDATED', source: 'PAI', typeName: 'PaiModel', nodeId: 'x'.repeat(40), at },
});

/** A client on a bare socket, so that it can stop reading. */
async function openClient(
  gateway: ListeningGateway,
  query: string,
  accept = 'text/event-stream',
): Promise<Socket> {
  const before = gateway.gateway.subscriptions().open;
  const socket = connect(gateway.port, '127.0.0.1');
  const body = JSON.stringify({ query });
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${gateway.port}\r\ncontent-type: application/json\r\naccept: ${accept}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await expect.poll(() => gateway.gateway.subscriptions().open).toBe(before + 1);
  return socket;
}

/** Everything that the socket gives from now on, as far as it came. */
function collect(socket: Socket): { text: string } {
  const read = { text: '' };
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    read.text += chunk;
  });
  return read;
}

async function publishUntil(bus: EventBus, gateway: ListeningGateway, isEnough: () => boolean) {
  let count = 0;
  let mostQueued = 0;
  while (!isEnough()) {
    if (count === MAX_EVENTS) throw new Error('nothing came of it');
    for (let index = 0; index < 50; index += 1) bus.publish('gateway', event(count++));
    mostQueued = Math.max(mostQueued, gateway.gateway.subscriptions().queued);
    await new Promise(setImmediate);
  }
  return { count, mostQueued };
}

/** Whether more waited than may: what a subscription holds is dropped at once then. */
function hasRunOver({ gateway }: ListeningGateway): () => boolean {
  let wasFull = false;
  return () => {
    const { queued } = gateway.subscriptions();
    if (wasFull && queued === 0) return true;
    wasFull ||= queued > MAX_QUEUED / 2;
    return false;
  };
}

describe('a client that does not read', SLOW, () => {
  it('is ended with an error when 1,000 events wait for it, and keeps nobody else waiting', async () => {
    const bus = createMemoryBus();
    await using gateway = await openListening({
      eventBus: bus,
      subscriptionLimits: { lingerMs: 600_000 },
    });
    const stalled = await openClient(gateway, WIDE);
    stalled.pause();
    const quick = await openClient(gateway, NARROW);
    const read = collect(quick);
    const { count, mostQueued } = await publishUntil(bus, gateway, hasRunOver(gateway));
    expect(mostQueued).toBeGreaterThan(MAX_QUEUED / 2);
    expect(mostQueued).toBeLessThanOrEqual(MAX_QUEUED + 50);
    await expect.poll(() => read.text.match(/event: next/g)?.length, { timeout: 20_000 }).toBe(count);
    expect(gateway.gateway.subscriptions().open).toBe(2);
    // It comes back: what had left for it, then why nothing more does.
    const late = collect(stalled);
    stalled.resume();
    await expect.poll(() => late.text, { timeout: 20_000 }).toContain('event: complete');
    expect(late.text).toContain(
      `data: {"errors":[{"message":"The subscription has ended: its events happened faster than they were read.`,
    );
    expect(late.text.match(/event: next/g)?.length).toBeLessThan(count);
    expect(gateway.gateway.subscriptions().open).toBe(1);
    quick.destroy();
    stalled.destroy();
  });

  it('and does not come back has its connection cut, and its place is free', async () => {
    const bus = createMemoryBus();
    await using gateway = await openListening({
      eventBus: bus,
      subscriptionLimits: { lingerMs: 20 },
    });
    const stalled = await openClient(gateway, WIDE);
    stalled.pause();
    await publishUntil(bus, gateway, hasRunOver(gateway));
    await expect.poll(() => gateway.gateway.subscriptions().open).toBe(0);
    stalled.destroy();
  });
});

describe('a client that leaves', SLOW, () => {
  it.each([
    ['reads', 'text/event-stream', (socket: Socket) => socket.resume()],
    ['does not read', 'text/event-stream', (socket: Socket) => socket.pause()],
    ['reads what it asked for as anything', '*/*', (socket: Socket) => socket.resume()],
    ['does not read what it asked for as anything', '*/*', (socket: Socket) => socket.pause()],
  ])('while it %s takes its subscription with it', async (_how, accept, begin) => {
    const bus = createMemoryBus();
    await using gateway = await openListening({ eventBus: bus });
    const socket = await openClient(gateway, WIDE, accept);
    begin(socket);
    await publishUntil(bus, gateway, () => socket.bytesRead > 100_000 || socket.isPaused());
    socket.destroy();
    await once(socket, 'close');
    await expect.poll(() => gateway.gateway.subscriptions()).toEqual({ open: 0, queued: 0 });
    expect(gateway.logs.filter((line) => /bug/.test(line))).toEqual([]);
  });

  it('ends the calls of the event that is under way', async () => {
    await using gateway = await openListening();
    const socket = await openClient(gateway, 'subscription { catalogEvents { node { id } } }');
    gateway.sandbox.setFault('ModelRouterQueryModel', { kind: 'hang' });
    await gateway.query(
      'mutation { createModel(input: { name: "Made", modelCode: "made" }) { __typename } }',
    );
    const isAsked = () => gateway.sandbox.requests.find(({ action }) => action === 'ModelRouterQueryModel');
    await expect.poll(isAsked).toBeDefined();
    expect(isAsked()?.aborted).toBe(false);
    socket.destroy();
    await expect.poll(() => isAsked()?.aborted).toBe(true);
    await expect.poll(() => gateway.gateway.subscriptions().open).toBe(0);
  });
});
