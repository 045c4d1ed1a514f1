import { describe, expect, it } from 'vitest';
import { BREAKER_DEFAULTS, type BreakerState, createBreaker } from '../../../src/transport/breaker.ts';

/** A breaker with the defaults of every backend, and a clock that is moved by hand. */
function openBreaker() {
  let nowMs = 1_000_000;
  const changes: BreakerState['name'][] = [];
  const breaker = createBreaker(
    BREAKER_DEFAULTS,
    () => nowMs,
    ({ name }) => changes.push(name),
  );
  const enter = () => {
    const passage = breaker.enter();
    if (passage === undefined) throw new Error('the call was not let through');
    return passage;
  };
  return {
    breaker,
    changes,
    enter,
    fail: (times = 1) => {
      for (let call = 0; call < times; call++) enter().failed();
    },
    succeed: (times = 1) => {
      for (let call = 0; call < times; call++) enter().succeeded();
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('a closed breaker', () => {
  it('opens with the fifth failure in a row', () => {
    const { breaker, fail, changes } = openBreaker();
    fail(4);
    expect(breaker.state.name).toBe('closed');
    expect(breaker.waitMs()).toBe(0);
    fail();
    expect(breaker.state.name).toBe('open');
    expect(changes).toEqual(['open']);
  });

  it('opens with the fifth failure in a row however long they take', () => {
    const { breaker, fail, pass } = openBreaker();
    for (let call = 0; call < 5; call++) {
      fail();
      pass(60_000);
    }
    expect(breaker.state.name).toBe('open');
  });

  it('begins to count again after a success', () => {
    const { breaker, fail, succeed } = openBreaker();
    fail(4);
    succeed();
    fail(4);
    expect(breaker.state.name).toBe('closed');
  });

  it('counts nothing of calls that were abandoned', () => {
    const { breaker, fail, enter } = openBreaker();
    fail(4);
    for (let call = 0; call < 100; call++) enter().abandoned();
    expect(breaker.state.name).toBe('closed');
    fail();
    expect(breaker.state.name).toBe('open');
  });

  it.each([
    ['half of 20 failed', 10, 10, 'open'],
    ['one less than half of 20 failed', 11, 9, 'closed'],
    ['half of fewer than 20 failed', 9, 9, 'closed'],
    ['one less than half of many failed', 101, 100, 'closed'],
  ] as const)('when %s: %i answered, %i failed, is %s', (_what, answered, failed, expected) => {
    const { breaker, fail, succeed } = openBreaker();
    // As many successes first, so that none of the pairs completes the share before the last.
    succeed(answered - failed + 1);
    for (let pair = 1; pair < failed; pair++) {
      fail();
      succeed();
    }
    expect(breaker.state.name).toBe('closed');
    fail();
    expect(breaker.state.name).toBe(expected);
  });

  it('counts what happened within the last 10 s', () => {
    const { breaker, fail, succeed, pass } = openBreaker();
    for (let pair = 0; pair < 9; pair++) {
      succeed();
      fail();
    }
    succeed();
    pass(9_800);
    fail();
    expect(breaker.state.name).toBe('open');
  });

  it('counts nothing of what happened before', () => {
    const { breaker, fail, succeed, pass } = openBreaker();
    for (let pair = 0; pair < 9; pair++) {
      succeed();
      fail();
    }
    succeed();
    pass(10_000);
    fail();
    expect(breaker.state.name).toBe('closed');
  });

  it('lets its window slide: a failure each 400 ms among as many answers opens it, one each 600 ms does not', () => {
    const stateAfter = (stepMs: number) => {
      const { breaker, fail, succeed, pass } = openBreaker();
      for (let step = 0; step < 1_000 && breaker.state.name === 'closed'; step++) {
        succeed();
        fail();
        pass(2 * stepMs);
      }
      return breaker.state.name;
    };
    expect(stateAfter(400)).toBe('open');
    expect(stateAfter(600)).toBe('closed');
  });
});

describe('an open breaker', () => {
  it('lets nothing through for 2 s, and tells for how long', () => {
    const { breaker, fail, pass } = openBreaker();
    fail(5);
    expect(breaker.waitMs()).toBe(2_000);
    pass(1_999);
    expect(breaker.enter()).toBeUndefined();
    expect(breaker.waitMs()).toBe(1);
    pass(1);
    expect(breaker.waitMs()).toBe(0);
    expect(breaker.enter()).toBeDefined();
  });

  it('learns nothing of calls that began before it opened', () => {
    const { breaker, fail, enter, pass, changes } = openBreaker();
    const late = Array.from({ length: 20 }, enter);
    fail(5);
    late[0]?.succeeded();
    for (const passage of late.slice(1, 10)) passage.failed();
    expect(breaker.waitMs()).toBe(2_000);
    pass(2_000);
    enter().succeeded();
    for (const passage of late.slice(10)) passage.failed();
    expect(breaker.state.name).toBe('closed');
    expect(changes).toEqual(['open', 'half-open', 'closed']);
  });
});

describe('a half-open breaker', () => {
  it('lets one call through, whose outcome the others do not wait for', () => {
    const { breaker, fail, pass } = openBreaker();
    fail(5);
    pass(2_000);
    expect(breaker.enter()).toBeDefined();
    expect(breaker.state.name).toBe('half-open');
    expect(breaker.enter()).toBeUndefined();
    expect(breaker.waitMs()).toBeGreaterThan(0);
    pass(60_000);
    expect(breaker.enter()).toBeUndefined();
  });

  it('closes with one success, and begins with a clean sheet', () => {
    const { breaker, fail, succeed, pass } = openBreaker();
    fail(5);
    pass(2_000);
    succeed();
    expect(breaker.state.name).toBe('closed');
    fail(4);
    expect(breaker.state.name).toBe('closed');
    fail();
    expect(breaker.waitMs()).toBe(2_000);
  });

  it('doubles its pause with each failed trial, up to 30 s', () => {
    const { breaker, fail, pass } = openBreaker();
    fail(5);
    const pauses: number[] = [];
    for (let trial = 0; trial < 7; trial++) {
      pauses.push(breaker.waitMs());
      pass(breaker.waitMs());
      fail();
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('makes the next call its trial where the first was abandoned, without a longer pause', () => {
    const { breaker, fail, enter, pass } = openBreaker();
    fail(5);
    pass(2_000);
    enter().abandoned();
    expect(breaker.state.name).toBe('open');
    expect(breaker.waitMs()).toBe(0);
    const second = enter();
    expect(breaker.enter()).toBeUndefined();
    second.failed();
    expect(breaker.waitMs()).toBe(4_000);
  });
});
