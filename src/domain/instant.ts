/** A point in time, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?$/i;

/** Zone of a time that names none, in minutes east of UTC. Source: such times are printed beside others with +08:00. */
const ZONE_OF_BARE_TIMES_MINUTES = 8 * 60;
const MAX_ZONE_HOURS = 14;

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 24 * 60 * MS_PER_MINUTE;

/** Reads every form of time the backends are documented to send; undefined for anything else. */
export function parseInstant(text: string): Instant | undefined {
  return parseOrdinary(text) ?? parseAny(text);
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i;

/** Reads RFC 3339 alone, which names its zone: a time that a caller writes is never guessed at. */
export function parseRfc3339(text: string): Instant | undefined {
  return RFC_3339.test(text) ? parseInstant(text) : undefined;
}

/** The end of a time of the ordinary form that has no parts of a second, and of one that has thousandths. */
const SECONDS_END = 19;
const THOUSANDTHS_END = 23;

/** Reads the form that nearly all times have, `2026-03-31T14:40:48` and what may follow; undefined for most others. */
function parseOrdinary(text: string): Instant | undefined {
  if (!hasOrdinaryMarks(text)) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const isTime = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
  // The years before, which some readers take for others, are left to the slow way.
  const isDate = year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= lastDayOf(year, month);
  if (!isTime || !isDate) return undefined;
  const hasThousandths = text.charCodeAt(SECONDS_END) === POINT;
  const ms = hasThousandths ? threeDigits(text, SECONDS_END + 1) : 0;
  const zone = ordinaryZone(text, hasThousandths ? THOUSANDTHS_END : SECONDS_END);
  if (ms < 0 || zone === undefined) return undefined;
  const seconds = (hour * 60 + minute - zone) * 60 + second;
  const instant = dayNumber(year, month, day) * MS_PER_DAY + seconds * 1000 + ms;
  return instant >= FIRST && instant <= LAST ? instant : undefined;
}

// As literals, which cost nothing to compare with.
const BLANK = 0x20;
const DASH = 0x2d;
const POINT = 0x2e;
const COLON = 0x3a;
const T = 0x54;

/** Whether what stands between the digits is what the ordinary form has there. */
function hasOrdinaryMarks(text: string): boolean {
  const middle = text.charCodeAt(10);
  return (
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    (middle === T || middle === BLANK) &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  );
}

/** Less than any digits make, whatever it is added to here: whole numbers are the fastest. */
const NO_NUMBER = -100_000;

/** Far below 0 where there are no two digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_NUMBER;
}

/** Below 0 where there are no three digits. */
function threeDigits(text: string, at: number): number {
  const ones = text.charCodeAt(at + 2) - 0x30;
  return ones >= 0 && ones <= 9 ? twoDigits(text, at) * 10 + ones : NO_NUMBER;
}

/** Days since 1970-01-01, of a year from 100 on: counted from a first of March, so that a leap day ends its year. */
function dayNumber(year: number, month: number, day: number): number {
  const yearFromMarch = month <= 2 ? year - 1 : year;
  const century = Math.floor(yearFromMarch / 100);
  const leapDays = Math.floor(yearFromMarch / 4) - century + Math.floor(century / 4);
  const monthFromMarch = month <= 2 ? month + 9 : month - 3;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  return yearFromMarch * 365 + leapDays + dayOfYear - DAYS_BEFORE_1970;
}

/** From the first of March of the year 0 on. */
const DAYS_BEFORE_1970 = 719_468;

function lastDayOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Minutes east of UTC where nothing, `Z` or an offset with a colon stands from there on; else undefined. */
function ordinaryZone(text: string, at: number): number | undefined {
  if (text.length === at) return ZONE_OF_BARE_TIMES_MINUTES;
  const sign = text[at];
  if (sign === 'Z' && text.length === at + 1) return 0;
  if ((sign !== '+' && sign !== '-') || text[at + 3] !== ':' || text.length !== at + 6) return undefined;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (hours < 0 || hours > MAX_ZONE_HOURS || minutes < 0 || minutes > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}

function parseAny(text: string): Instant | undefined {
  const parts = FORM.exec(text.trim());
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3));
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999: a time that was never set has the year 1.
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, ms);
  const rolledOver =
    local.getUTCDate() !== day || month > 12 || month < 1 || hour > 23 || minute > 59 || second > 59;
  const zone = zoneMinutes(parts[8]);
  if (rolledOver || zone === undefined) return undefined;
  const instant = local.getTime() - zone * MS_PER_MINUTE;
  return instant >= FIRST && instant <= LAST ? instant : undefined;
}

/** What RFC 3339 can write in UTC: the years 0000 to 9999. */
const FIRST = Date.parse('0000-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

function zoneMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined) return ZONE_OF_BARE_TIMES_MINUTES;
  if (zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > MAX_ZONE_HOURS || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** RFC 3339 in UTC; milliseconds only where they are not zero. */
export function formatInstant(instant: Instant): string {
  const day = Math.floor(instant / MS_PER_DAY);
  const seconds = (instant - day * MS_PER_DAY) / 1000;
  if (!Number.isInteger(seconds)) return new Date(instant).toISOString();
  const minutes = Math.floor(seconds / 60);
  return `${dateOf(day)}${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}Z`;
}

const TWO_DIGITS: readonly string[] = Array.from({ length: 60 }, (_, number) =>
  String(number).padStart(2, '0'),
);

/** Days whose dates are kept. */
const MAX_DATES = 1_000;

/** Rows of a list are often of the same days, and to write a time costs more than to look its date up. */
const dates = new Map<number, string>();

/** The date with its `T`. */
function dateOf(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = new Date(day * MS_PER_DAY).toISOString().slice(0, -'00:00:00.000Z'.length);
  if (dates.size >= MAX_DATES) dates.clear();
  dates.set(day, date);
  return date;
}
