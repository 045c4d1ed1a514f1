import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Flight, type FlightLife } from '../../../src/transport/flight.ts';
import { createSingleFlight } from '../../../src/transport/single-flight.ts';
import { NEVER } from './support/upstream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const now = () => Date.now();
const LONG_MS = 60_000;

interface Notes {
  text: string;
}

/** A flight whose work lands when it is told to. */
function takeOff(patienceMs = LONG_MS) {
  const landing = Promise.withResolvers<string>();
  let life: FlightLife<string, Notes> | undefined;
  const flight = new Flight<string, Notes>(
    { text: 'on its way' },
    (ownLife) => {
      life = ownLife;
      landing.promise.then(ownLife.landed.bind(ownLife), ownLife.crashed.bind(ownLife));
    },
    { signal: NEVER, until: now() + patienceMs },
    now,
  );
  if (life === undefined) throw new Error('the work did not begin');
  return { flight, life, ...landing };
}

/** Someone who waits; `left` is why it stopped, `landed` what it was told. */
function passenger({ flight }: { flight: Flight<string, Notes> }, patienceMs = LONG_MS) {
  const client = new AbortController();
  const outcome: { landed?: string; left?: unknown } = {};
  flight.wait(
    {
      landed: (landed) => void Object.assign(outcome, { landed }),
      crashed: (left) => void Object.assign(outcome, { left }),
      expired: () => new Error(`late: ${flight.notes.text}`),
    },
    { signal: client.signal, until: now() + patienceMs },
  );
  return { outcome, leave: (reason: unknown = 'left') => client.abort(reason) };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a flight', () => {
  it('tells everyone the same outcome', async () => {
    const trip = takeOff();
    const two = [passenger(trip), passenger(trip)];
    trip.resolve('there');
    await settle();
    expect(two.map(({ outcome }) => outcome)).toEqual([{ landed: 'there' }, { landed: 'there' }]);
  });

  it('that is over before it is known to be under way is not joined', () => {
    const flights = createSingleFlight<string, Notes>();
    const begin = () =>
      new Flight<string, Notes>(
        { text: 'there' },
        (life) => life.landed('there'),
        { signal: NEVER, until: now() },
        now,
      );
    expect([flights.join('key', begin).isLeader, flights.join('key', begin).isLeader]).toEqual([true, true]);
  });

  it('tells everyone the same failure', async () => {
    const trip = takeOff();
    const two = [passenger(trip), passenger(trip)];
    const failure = new Error('crashed');
    trip.reject(failure);
    await settle();
    expect(two.map(({ outcome }) => outcome)).toEqual([{ left: failure }, { left: failure }]);
  });

  it('goes on when its leader leaves, who is told at once', async () => {
    const trip = takeOff();
    const [leader, follower] = [passenger(trip), passenger(trip)];
    leader.leave('bored');
    await settle();
    expect(leader.outcome).toEqual({ left: 'bored' });
    expect(trip.life.signal.aborted).toBe(false);
    trip.resolve('there');
    await settle();
    expect(follower.outcome).toEqual({ landed: 'there' });
  });

  it('is broken off when the last one leaves, whatever the order, for the last one’s reason', async () => {
    const trip = takeOff();
    const three = [passenger(trip), passenger(trip), passenger(trip)];
    three[2]?.leave('first');
    three[0]?.leave('second');
    expect(trip.flight.isAbandoned).toBe(false);
    three[1]?.leave('third');
    expect(trip.flight.isAbandoned).toBe(true);
    expect(trip.life.signal.reason).toBe('third');
  });

  it('counts nobody twice who leaves when it has been told already, or whose time runs out afterwards', async () => {
    const trip = takeOff();
    const [first, second] = [passenger(trip, 10), passenger(trip)];
    await vi.advanceTimersByTimeAsync(10);
    first.leave();
    await settle();
    expect(first.outcome).toMatchObject({ left: new Error('late: on its way') });
    expect(trip.flight.isAbandoned).toBe(false);
    second.leave();
    expect(trip.flight.isAbandoned).toBe(true);
  });

  it('is not broken off by those who leave after it has landed', async () => {
    const trip = takeOff();
    const [first, second] = [passenger(trip), passenger(trip)];
    trip.resolve('there');
    await settle();
    first.leave();
    second.leave();
    expect(trip.life.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes in nobody who has left already, and is broken off where nobody else waits', async () => {
    const trip = takeOff();
    const crashed = vi.fn();
    trip.flight.wait(
      { landed: () => undefined, crashed, expired: () => new Error() },
      { signal: AbortSignal.abort('gone'), until: now() + 10 },
    );
    expect(crashed).toHaveBeenCalledExactlyOnceWith('gone');
    expect(trip.flight.isAbandoned).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('each waits for as long as it likes', async () => {
    const trip = takeOff(100);
    const [hasty, patient] = [passenger(trip, 100), passenger(trip, 300)];
    await vi.advanceTimersByTimeAsync(100);
    expect(hasty.outcome).toMatchObject({ left: new Error('late: on its way') });
    expect(patient.outcome).toEqual({});
    trip.flight.notes.text = 'nearly there';
    await vi.advanceTimersByTimeAsync(200);
    expect(patient.outcome).toMatchObject({ left: new Error('late: nearly there') });
    expect(trip.flight.isAbandoned).toBe(true);
  });

  it('tells its work how long the most patient one waits', () => {
    const trip = takeOff(100);
    const begun = now();
    passenger(trip, 100);
    expect(trip.life.until).toBe(begun + 100);
    passenger(trip, 300);
    passenger(trip, 200);
    expect(trip.life.until).toBe(begun + 300);
  });

  it('never ends before the time is over, were it by a part of a millisecond', async () => {
    const trip = takeOff(10.5);
    const { outcome } = passenger(trip, 10.5);
    await vi.advanceTimersByTimeAsync(10);
    expect(outcome).toEqual({});
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toHaveProperty('left');
  });

  it('that fails when everyone has left is nobody’s unhandled rejection', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const trip = takeOff();
    passenger(trip).leave();
    trip.reject(new Error('crashed'));
    await settle();
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('equal reads', () => {
  it('share one flight until it has landed, and no longer', async () => {
    const flights = createSingleFlight<string, Notes>();
    const trip = takeOff();
    passenger(trip);
    expect(flights.join('a', () => trip.flight)).toEqual({ flight: trip.flight, isLeader: true });
    expect(flights.join('a', () => takeOff().flight)).toEqual({ flight: trip.flight, isLeader: false });
    trip.resolve('there');
    await settle();
    const next = takeOff();
    expect(flights.join('a', () => next.flight)).toEqual({ flight: next.flight, isLeader: true });
  });

  it('are forgotten before anyone is told of a failure: who asks again then, asks anew', async () => {
    const flights = createSingleFlight<string, Notes>();
    const trip = takeOff();
    const next = takeOff();
    flights.join('a', () => trip.flight);
    const again = vi.fn(() => flights.join('a', () => next.flight));
    trip.flight.wait(
      { landed: () => undefined, crashed: again, expired: () => new Error() },
      { signal: NEVER, until: now() + LONG_MS },
    );
    trip.reject(new Error('crashed'));
    await settle();
    expect(again).toHaveReturnedWith({ flight: next.flight, isLeader: true });
  });

  it('are those of one key', () => {
    const flights = createSingleFlight<string, Notes>();
    const [a, b] = [takeOff(), takeOff()];
    flights.join('a', () => a.flight);
    expect(flights.join('b', () => b.flight)).toEqual({ flight: b.flight, isLeader: true });
  });

  it('a newcomer after everyone has left begins anew, and the old flight’s landing does not end the new one', async () => {
    const flights = createSingleFlight<string, Notes>();
    const [old, young] = [takeOff(), takeOff()];
    flights.join('a', () => old.flight);
    passenger(old).leave();
    passenger(young);
    expect(flights.join('a', () => young.flight)).toEqual({ flight: young.flight, isLeader: true });
    old.reject(new Error('broken off'));
    await settle();
    expect(flights.join('a', () => takeOff().flight)).toEqual({ flight: young.flight, isLeader: false });
  });

  it('one that cannot begin is not joined', () => {
    const flights = createSingleFlight<string, Notes>();
    const refuse = () => {
      throw new Error('no time');
    };
    expect(() => flights.join('a', refuse)).toThrow('no time');
    const trip = takeOff();
    expect(flights.join('a', () => trip.flight)).toEqual({ flight: trip.flight, isLeader: true });
  });
});
