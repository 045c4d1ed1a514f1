/** A label of a PAI model or of one of its versions. */
export interface PaiLabel {
  readonly key: string;
  /** Undefined where it is empty. */
  readonly value: string | undefined;
}

/** What turns one set of labels into another. */
export interface LabelChanges {
  /** New ones, and those whose value changes. */
  readonly toSet: readonly PaiLabel[];
  /** Keys of the surplus ones. */
  readonly toRemove: readonly string[];
}

/** The fewest changes that make `wanted`, the whole set, of what is present. No key is both set and removed. */
export function labelChanges(present: readonly PaiLabel[], wanted: readonly PaiLabel[]): LabelChanges {
  const wantedKeys = new Set(wanted.map(({ key }) => key));
  const surplus = present.map(({ key }) => key).filter((key) => !wantedKeys.has(key));
  return { toSet: labelsToSet(present, wanted), toRemove: [...new Set(surplus)] };
}

/** Those of `wanted` that are absent, or present with another value. */
export function labelsToSet(present: readonly PaiLabel[], wanted: readonly PaiLabel[]): readonly PaiLabel[] {
  return wanted.filter(({ key, value }) => {
    const found = present.filter((label) => label.key === key);
    return found.length === 0 || found.some((label) => (label.value ?? '') !== (value ?? ''));
  });
}

/** The labels once `set` were set and `removed` taken away. */
export function withLabels(
  present: readonly PaiLabel[],
  set: readonly PaiLabel[],
  removed: readonly string[] = [],
): readonly PaiLabel[] {
  const gone = new Set([...removed, ...set.map(({ key }) => key)]);
  return [...present.filter(({ key }) => !gone.has(key)), ...set];
}
