/** What a backend's clock can be ahead of ours, in ms; negative where it is behind. */
export interface ClockOffset {
  readonly min: number;
  readonly max: number;
}

/** A backend's clock as far as its answers tell it. */
export interface BackendClock {
  /** Notes the `Date` header of an answer to a request that left and came back at these local times, ms since 1970. */
  note(dateHeader: unknown, sentAt: number, receivedAt: number): void;
  /**
   * The earliest time that the backend's clock can have shown at a local time, in ms since 1970; undefined before its
   * first answer with a `Date`.
   */
  earliestAt(localMs: number): number | undefined;
  /** Undefined before its first answer with a `Date`. */
  offset(): ClockOffset | undefined;
  /**
   * Takes over what the backend's clock is ahead of ours, after it refused a signature for its date.
   *
   * @param signedWithMs the correction that the refused date was made with
   * @returns whether dates are now signed differently from that one, so that the request is worth another try
   */
  correct(signedWithMs: number): boolean;
  /** Added to the local time of what is signed. Zero until the backend complained. */
  readonly correctionMs: number;
}

/** A `Date` header tells whole seconds, cut off. */
const HEADER_STEP_MS = 1_000;

/** A correction of less changes nothing that a backend could complain of. */
const SMALLEST_CORRECTION_MS = 2_000;

/** Starts without any knowledge. */
export function createBackendClock(): BackendClock {
  // Each answer bounds the offset of the two clocks from both sides, and what all of them allow bounds it best.
  let offset: ClockOffset | undefined;
  let correctionMs = 0;
  // It tells whole seconds, so that many answers in a row have the same.
  let lastHeader: unknown;
  let lastDate = Number.NaN;
  return {
    note(dateHeader, sentAt, receivedAt) {
      if (dateHeader !== lastHeader) {
        lastHeader = dateHeader;
        lastDate = typeof dateHeader === 'string' ? Date.parse(dateHeader) : Number.NaN;
      }
      if (Number.isNaN(lastDate)) return;
      const told = { min: lastDate - receivedAt, max: lastDate + HEADER_STEP_MS - sentAt };
      const both = {
        min: Math.max(told.min, offset?.min ?? told.min),
        max: Math.min(told.max, offset?.max ?? told.max),
      };
      // One of the clocks was set anew.
      offset = both.min > both.max ? told : both;
    },
    earliestAt: (localMs) => (offset === undefined ? undefined : localMs + offset.min),
    offset: () => offset,
    correct(signedWithMs) {
      if (offset === undefined) return false;
      const wanted = (offset.min + offset.max) / 2;
      if (Math.abs(wanted - correctionMs) >= SMALLEST_CORRECTION_MS) correctionMs = wanted;
      // Another call, refused just before, may have corrected it already.
      return Math.abs(correctionMs - signedWithMs) >= SMALLEST_CORRECTION_MS;
    },
    get correctionMs() {
      return correctionMs;
    },
  };
}
