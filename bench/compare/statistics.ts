/** The value that a share of the values lie at or below; NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The middle value, or the mean of the two in the middle; NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** A measured cost at a size. */
export interface SizePoint {
  readonly size: number;
  readonly ms: number;
}

/** What a cost grows by. */
export interface Slope {
  /** Of the line of least squares, weighted so that small sizes count as much as large ones. */
  readonly msPerUnit: number;
  readonly fixedMs: number;
  /**
   * How much steeper the cost is over the last step than over the whole range. Near 1 it is linear to the end; a knee
   * is well above.
   */
  readonly knee: number;
}

/** Fits a line through costs; sizes must differ and ascend. */
export function slopeOf(points: readonly SizePoint[]): Slope {
  const weighted = points.map(({ size, ms }) => ({ size, ms, weight: 1 / Math.max(ms, 1e-9) ** 2 }));
  const sum = (of: (point: (typeof weighted)[number]) => number) =>
    weighted.reduce((total, point) => total + of(point), 0);
  const weights = sum(({ weight }) => weight);
  const meanSize = sum(({ weight, size }) => weight * size) / weights;
  const meanMs = sum(({ weight, ms }) => weight * ms) / weights;
  const msPerUnit =
    sum(({ weight, size, ms }) => weight * (size - meanSize) * (ms - meanMs)) /
    sum(({ weight, size }) => weight * (size - meanSize) ** 2);
  return { msPerUnit, fixedMs: meanMs - msPerUnit * meanSize, knee: kneeOf(points) };
}

function kneeOf(points: readonly SizePoint[]): number {
  const [first, beforeLast, last] = [points[0], points.at(-2), points.at(-1)];
  if (first === undefined || beforeLast === undefined || last === undefined) return Number.NaN;
  const steepness = (from: SizePoint, to: SizePoint) => (to.ms - from.ms) / (to.size - from.size);
  return steepness(beforeLast, last) / steepness(first, last);
}
