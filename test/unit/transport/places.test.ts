import { describe, expect, it } from 'vitest';
import { createPlaces } from '../../../src/transport/places.ts';
import { Cancellation } from '../../../src/transport/signal.ts';
import { NEVER } from './support/upstream.ts';

describe('places', () => {
  it('are had at once while one is free, and given on in the order of asking', async () => {
    const places = createPlaces(2);
    expect([places.take(NEVER), places.take(NEVER)]).toEqual([undefined, undefined]);
    const order: string[] = [];
    const waiting = ['first', 'second'].map((who) => places.take(NEVER)?.then(() => order.push(who)));
    expect([places.taken, places.waiting]).toEqual([2, 2]);
    places.giveBack();
    expect([places.taken, places.waiting]).toEqual([2, 1]);
    places.giveBack();
    await Promise.all(waiting);
    expect(order).toEqual(['first', 'second']);
    places.giveBack();
    places.giveBack();
    expect([places.taken, places.waiting]).toEqual([0, 0]);
    expect(places.take(NEVER)).toBeUndefined();
  });

  it('are given to nobody who has left the line, who is told why', async () => {
    const places = createPlaces(1);
    void places.take(NEVER);
    const client = new Cancellation();
    const leaving = places.take(client);
    const staying = places.take(NEVER);
    client.abort('left');
    await expect(leaving).rejects.toBe('left');
    expect(places.waiting).toBe(1);
    await expect(places.take(client)).rejects.toBe('left');
    places.giveBack();
    await staying;
    expect([places.taken, places.waiting]).toEqual([1, 0]);
  });

  it('that were given to one whose client leaves afterwards stay taken until they are given back', async () => {
    const places = createPlaces(1);
    void places.take(NEVER);
    const client = new Cancellation();
    const next = places.take(client);
    places.giveBack();
    client.abort('left');
    await next;
    expect([places.taken, places.waiting]).toEqual([1, 0]);
  });
});
