import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClockWitness, judgeClock } from '../../src/doctor/clock.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { diagnose, everywhere, inFrontOf, type Listening, listen, only } from './support/doctor.ts';

const MIN = 60_000;
const titles = ['Model Router', 'PAI model registry', 'PolarDB AI gateway'];

/** Backends whose clocks are ahead by so much, as one answer each tells it. */
function witnesses(...aheadMs: readonly (number | undefined)[]): readonly ClockWitness[] {
  return aheadMs.map((ms, index) => ({
    title: titles[index] ?? '',
    offset: ms === undefined ? undefined : { min: ms - 50, max: ms + 1_000 },
    hasRefusedDate: false,
  }));
}

describe("this machine's clock", () => {
  it.each<[string, readonly (number | undefined)[], string, RegExp]>([
    ['agrees', [0, 0, 0], 'ok', /within 1 s of the 3 backends that answered$/],
    ['agrees with the one that answered', [undefined, 0, undefined], 'ok', /the one backend that answered$/],
    ['is a little behind', [59_000, 58_000, 59_500], 'ok', /within 61 s/],
    [
      'is a minute and a half behind',
      [90_000, 91_000, 90_000],
      'warn',
      /clock is \d+ s behind: all 3 backends agree$/,
    ],
    [
      'is five minutes ahead',
      [-5 * MIN, -5 * MIN, -5 * MIN],
      'warn',
      /clock is 5 min ahead: all 3 backends agree$/,
    ],
    ['is just not refused', [14.9 * MIN, 14.9 * MIN], 'warn', /15 min behind: all 2 backends agree$/],
    ['is refused', [15.1 * MIN, 15.1 * MIN, 15.1 * MIN], 'fail', /15 min behind/],
    ['is hours ahead', [-8 * 60 * MIN, -8 * 60 * MIN], 'fail', /8 h ahead/],
    [
      'is off by the word of one alone',
      [undefined, 20 * MIN, undefined],
      'fail',
      /20 min behind: PAI model registry says so, alone$/,
    ],
  ])('%s', (_what, ahead, mark, finding) => {
    const check = judgeClock(witnesses(...ahead));
    expect(check).toMatchObject({ mark, finding: expect.stringMatching(finding) });
    if (mark !== 'ok') expect(check.hint).toMatch(/^Let this machine follow a time server/);
  });

  it.each<[string, readonly number[], string, RegExp]>([
    [
      'one of three',
      [0, -20 * MIN, 0],
      'fail',
      /^that of PAI model registry is 20 min behind, and the others agree with this machine$/,
    ],
    [
      'two of three, in two ways',
      [0, 3 * MIN, -3 * MIN],
      'warn',
      /^that of PAI model registry is 3 min ahead, that of PolarDB AI gateway is 3 min behind, and the others/,
    ],
    ['all of them, each in its own way', [3 * MIN, 9 * MIN, -3 * MIN], 'warn', /and no two backends agree$/],
  ])('is not blamed for %s', (_what, ahead, mark, finding) => {
    const check = judgeClock(witnesses(...ahead));
    expect(check).toMatchObject({ mark, finding: expect.stringMatching(finding) });
    expect(check.hint).toMatch(/not this machine/);
  });

  it('is not judged by nobody', () => {
    expect(judgeClock(witnesses(undefined, undefined))).toMatchObject({ mark: 'skip' });
    expect(judgeClock([])).toMatchObject({ mark: 'skip' });
  });

  it('is not judged by an answer that took too long to tell', () => {
    const slow = { title: 'Model Router', offset: { min: -90_000, max: 90_000 }, hasRefusedDate: false };
    expect(judgeClock([slow]).mark).toBe('ok');
  });

  it('is a fault where a request was refused for its date, whatever the dates of answers say', () => {
    const [first, second] = witnesses(0, 0) as [ClockWitness, ClockWitness];
    expect(judgeClock([{ ...first, hasRefusedDate: true }, second])).toMatchObject({
      mark: 'fail',
      finding: 'the dates of answers agree with this machine; a request was refused for its date',
      hint: expect.stringContaining('time server'),
    });
  });
});

describe('through the wire', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  it.each([
    [20, 'ahead'],
    [-20, 'behind'],
  ])('a clock %i min off is refused by all, and told with whose it is', async (minutes, word) => {
    const checks = await diagnose(inFrontOf(sandbox), { aheadMs: minutes * MIN });
    expect(only(checks, 'clock')).toMatchObject({
      mark: 'fail',
      finding: `this machine's clock is 20 min ${word}: all 3 backends agree; a request was refused for its date`,
    });
    for (const source of ['MODEL_ROUTER', 'PAI', 'AI_GATEWAY']) {
      expect(only(checks, 'backend', source)).toMatchObject({
        mark: 'warn',
        finding: expect.stringMatching(
          /1 of 4 attempts failed: refused the date of the request .*InvalidTimeStamp\.Expired/,
        ),
      });
    }
  });

  it('a clock that would still be taken is warned about', async () => {
    const checks = await diagnose(inFrontOf(sandbox), { aheadMs: 5 * MIN });
    expect(only(checks, 'clock')).toMatchObject({
      mark: 'warn',
      finding: expect.stringContaining('5 min ahead'),
    });
    expect(checks.filter(({ mark }) => mark === 'fail')).toEqual([]);
  });

  /** Passes requests on to the sandbox, and answers back with the date of another time. */
  function misdating(byMs: number): Promise<Listening> {
    return listen((incoming, outgoing) => {
      const { method, url, headers } = incoming;
      const passed = request(`${sandbox.url}${url}`, { method, headers, agent: false }, (answer) => {
        const date = new Date(Date.now() + byMs).toUTCString();
        outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, date });
        answer.pipe(outgoing);
      });
      incoming.pipe(passed);
    });
  }

  it('one backend whose dates are wrong is blamed alone', async () => {
    await using proxy = await misdating(-40 * MIN);
    const checks = await diagnose({ ...inFrontOf(sandbox), PAI_ENDPOINT: proxy.url });
    expect(only(checks, 'clock')).toMatchObject({
      mark: 'fail',
      finding: 'that of PAI model registry is 40 min behind, and the others agree with this machine',
    });
    expect(only(checks, 'backend', 'PAI').mark).toBe('ok');
  });

  it('answers without a date tell nothing', async () => {
    await using mute = await listen((_request, response) => {
      response.sendDate = false;
      response.writeHead(500).end('{}');
    });
    const checks = await diagnose({ ...inFrontOf(sandbox), ...everywhere(mute.url) });
    expect(only(checks, 'clock')).toMatchObject({ mark: 'skip' });
  });
});
