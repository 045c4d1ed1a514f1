/** A value that JSON has. */
export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact };

/** What is looked at. */
export type Subject =
  | 'configuration'
  | 'node'
  | 'credentials'
  | 'identity'
  | 'backend'
  | 'clock'
  | 'gateway'
  | 'drift';

interface Findings {
  readonly subject: Subject;
  /** The backend it is about, as in the registry. */
  readonly source?: string;
  /** For people: what was looked at. */
  readonly title: string;
  /** One sentence or less. */
  readonly finding: string;
  /** For programs. */
  readonly facts?: Readonly<Record<string, Fact>>;
}

/** What one look found. A fault comes with what to do about it. */
export type Check = Findings &
  (
    | { readonly mark: 'ok' | 'skip'; readonly hint?: undefined }
    /** Worth a person's time, and breaks nothing by itself; or broken. */
    | { readonly mark: 'warn' | 'fail'; readonly hint: string }
  );

/** How well something is. */
export type Mark = Check['mark'];
