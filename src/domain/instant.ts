/** A point in time, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?$/i;

/** Zone of a time that names none, in minutes east of UTC. Source: such times are printed beside others with +08:00. */
const ZONE_OF_BARE_TIMES_MINUTES = 8 * 60;

/** Reads every form of time the backends are documented to send; undefined for anything else. */
export function parseInstant(text: string): Instant | undefined {
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
  const instant = local.getTime() - zone * 60_000;
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
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** RFC 3339 in UTC; milliseconds only where they are not zero. */
export function formatInstant(instant: Instant): string {
  const text = new Date(instant).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -'.000Z'.length)}Z` : text;
}
