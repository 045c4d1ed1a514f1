import type { ClockOffset } from '../transport/backend-clock.ts';
import type { Check } from './check.ts';

/** What one backend told of its clock. */
export interface ClockWitness {
  readonly title: string;
  /** Undefined where it gave no answer with a date. */
  readonly offset: ClockOffset | undefined;
  /** Whether it refused a request for its date. */
  readonly hasRefusedDate: boolean;
}

/** Source: signatures are refused when their date is more than 15 minutes off. */
const REFUSED_FROM_MS = 15 * 60_000;
const WARN_FROM_MS = 60_000;
/** Two clocks that differ by less agree: answers take time, and proxies hold them back. */
const AGREEMENT_MS = 60_000;

const ABOUT = { subject: 'clock', title: 'clock' } as const;

interface Told extends ClockWitness {
  readonly offset: ClockOffset;
}

/**
 * Judges this machine's clock by those of the backends. What all of them say is likelier than what this machine says;
 * one that stands alone is likelier to be wrong itself.
 */
export function judgeClock(witnesses: readonly ClockWitness[]): Check {
  const told = witnesses.filter((witness): witness is Told => witness.offset !== undefined);
  if (told.length === 0) {
    return { ...ABOUT, mark: 'skip', finding: 'no backend answered with a date to compare with' };
  }
  const off = told.filter(({ offset }) => certainSkewMs(offset) > WARN_FROM_MS);
  const facts = {
    offsets: told.map(({ title, offset }) => ({ title, offsetMs: middleMs(offset) })),
    refusedFromMs: REFUSED_FROM_MS,
  };
  const hasRefused = witnesses.some(({ hasRefusedDate }) => hasRefusedDate);
  if (off.length === 0 && !hasRefused) {
    const finding = `within ${spell(Math.max(...told.map(({ offset }) => possibleSkewMs(offset))))} of ${
      told.length === 1 ? 'the one backend that answered' : `the ${told.length} backends that answered`
    }`;
    return { ...ABOUT, mark: 'ok', finding, facts };
  }
  const isBroken = hasRefused || off.some(({ offset }) => certainSkewMs(offset) >= REFUSED_FROM_MS);
  const { finding, hint } = whoseFault(told, off);
  const refusal = hasRefused ? '; a request was refused for its date' : '';
  return { ...ABOUT, mark: isBroken ? 'fail' : 'warn', finding: `${finding}${refusal}`, hint, facts };
}

const SET_OWN =
  'Let this machine follow a time server (timedatectl set-ntp true); a container takes the clock of its host. A signature whose date is more than 15 minutes off is refused.';
const SET_THEIRS =
  'It is likely not this machine: look at the clock of that backend, or of a proxy that answers in its place.';

function whoseFault(told: readonly Told[], off: readonly Told[]) {
  const [first] = off;
  if (first === undefined) {
    return { finding: 'the dates of answers agree with this machine', hint: `${SET_OWN} ${SET_THEIRS}` };
  }
  const middles = off.map(({ offset }) => middleMs(offset));
  const doAgree = Math.max(...middles) - Math.min(...middles) <= AGREEMENT_MS;
  if (off.length === told.length && doAgree) {
    const finding = `this machine's clock is ${spell(Math.abs(middleMs(first.offset)))} ${
      middleMs(first.offset) > 0 ? 'behind' : 'ahead'
    }`;
    const who = told.length === 1 ? `${first.title} says so, alone` : `all ${told.length} backends agree`;
    return { finding: `${finding}: ${who}`, hint: SET_OWN };
  }
  const list = off.map(
    ({ title, offset }) =>
      `that of ${title} is ${spell(Math.abs(middleMs(offset)))} ${middleMs(offset) > 0 ? 'ahead' : 'behind'}`,
  );
  const others =
    off.length === told.length ? 'and no two backends agree' : 'and the others agree with this machine';
  return { finding: `${list.join(', ')}, ${others}`, hint: SET_THEIRS };
}

/** How far off the clock is at least. */
function certainSkewMs({ min, max }: ClockOffset): number {
  return Math.max(0, min, -max);
}

/** How far off it may be. */
function possibleSkewMs({ min, max }: ClockOffset): number {
  return Math.max(Math.abs(min), Math.abs(max));
}

function middleMs({ min, max }: ClockOffset): number {
  return Math.round((min + max) / 2);
}

function spell(ms: number): string {
  if (ms < 120_000) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
