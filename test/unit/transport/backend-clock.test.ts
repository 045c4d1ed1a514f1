import { describe, expect, it } from 'vitest';
import { createBackendClock } from '../../../src/transport/backend-clock.ts';

const NOON = Date.UTC(2026, 0, 15, 12, 0, 0);
const HOUR_MS = 3_600_000;
const httpDate = (ms: number) => new Date(ms).toUTCString();

/** A clock that has seen one answer of a backend that is `offsetMs` ahead, given within no time. */
function clockThatSaw(offsetMs: number, localMs = NOON) {
  const clock = createBackendClock();
  clock.note(httpDate(localMs + offsetMs), localMs, localMs);
  return clock;
}

describe('the earliest time that a backend can have shown', () => {
  it('is unknown before its first answer, and after one without a date that can be read', () => {
    const clock = createBackendClock();
    expect(clock.earliestAt(NOON)).toBeUndefined();
    for (const header of [undefined, '', 'soon', 42, ['Thu, 15 Jan 2026 12:00:00 GMT']]) {
      clock.note(header, NOON, NOON);
    }
    expect(clock.earliestAt(NOON)).toBeUndefined();
    expect(clock.correct(0)).toBe(false);
  });

  it('counts from when the answer was back: the date may have been written at once on arrival', () => {
    const clock = createBackendClock();
    clock.note(httpDate(NOON), NOON, NOON + 400);
    expect(clock.earliestAt(NOON)).toBe(NOON - 400);
  });

  it('gains from every answer, whatever its order', () => {
    const clock = createBackendClock();
    // A backend 300 ms ahead: the header cuts 12:00:01.200 to 12:00:01, and 12:00:02.000 to itself.
    clock.note(httpDate(NOON + 1_000), NOON + 900, NOON + 900);
    expect(clock.earliestAt(NOON)).toBe(NOON + 100);
    clock.note(httpDate(NOON + 2_000), NOON + 1_700, NOON + 1_700);
    expect(clock.earliestAt(NOON)).toBe(NOON + 300);
    clock.note(httpDate(NOON), NOON + 650, NOON + 650);
    expect(clock.earliestAt(NOON)).toBe(NOON + 300);
  });

  it('begins anew where no offset fits all answers: one of the clocks was set', () => {
    const clock = clockThatSaw(0);
    clock.note(httpDate(NOON + HOUR_MS), NOON, NOON);
    expect(clock.earliestAt(NOON)).toBe(NOON + HOUR_MS);
    clock.note(httpDate(NOON - HOUR_MS), NOON, NOON);
    expect(clock.earliestAt(NOON)).toBe(NOON - HOUR_MS);
  });

  it('does not wait for a complaint, and no correction changes it', () => {
    const clock = clockThatSaw(HOUR_MS);
    expect(clock.correctionMs).toBe(0);
    expect(clock.earliestAt(NOON)).toBe(NOON + HOUR_MS);
    clock.correct(0);
    expect(clock.earliestAt(NOON)).toBe(NOON + HOUR_MS);
  });
});

describe('a correction', () => {
  it.each([HOUR_MS, -HOUR_MS, 20 * 60_000])('of %i ms is taken over to within a second', (offsetMs) => {
    const clock = clockThatSaw(offsetMs);
    expect(clock.correct(0)).toBe(true);
    expect(Math.abs(clock.correctionMs - offsetMs)).toBeLessThan(1_000);
  });

  it('is remembered, and not worth another try when it did not help', () => {
    const clock = clockThatSaw(HOUR_MS);
    clock.correct(0);
    const { correctionMs } = clock;
    clock.note(httpDate(NOON + HOUR_MS), NOON, NOON);
    expect(clock.correct(correctionMs)).toBe(false);
    expect(clock.correctionMs).toBe(correctionMs);
  });

  it('is worth another try of every call that was signed before it, not of the first only', () => {
    const clock = clockThatSaw(HOUR_MS);
    expect([clock.correct(0), clock.correct(0), clock.correct(0)]).toEqual([true, true, true]);
  });

  it.each([0, 900, -1_400])('of no more than clocks differ anyway, %i ms, is none', (offsetMs) => {
    const clock = clockThatSaw(offsetMs);
    expect(clock.correct(0)).toBe(false);
    expect(clock.correctionMs).toBe(0);
  });

  it('follows a clock that is set right', () => {
    const clock = clockThatSaw(HOUR_MS);
    clock.correct(0);
    const { correctionMs } = clock;
    clock.note(httpDate(NOON), NOON, NOON);
    expect(clock.correct(correctionMs)).toBe(true);
    expect(Math.abs(clock.correctionMs)).toBeLessThan(1_000);
  });
});
