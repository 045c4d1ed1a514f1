import type { DocumentNode } from 'graphql';

/** Longest document that is remembered, in characters. */
const MAX_LENGTH = 65_536;
/** All remembered documents together, in characters. A parsed document takes up to 250 times its text: about 60 MB. */
const MAX_TOTAL_LENGTH = 262_144;

interface Entry<Value> {
  readonly value: Value;
  /** Whether it was asked for since it was last looked at for being forgotten. */
  isWanted: boolean;
}

/**
 * Parsed documents, or what goes with them, by their text. In place of Yoga's own, which keeps 1,024 of any length: 400
 * requests of 20,000 tokens would fill the memory. The oldest that nobody has asked for is forgotten first: to keep the
 * order of use would change the map with every request.
 */
export class DocumentCache<Value = DocumentNode> {
  readonly #documents = new Map<string, Entry<Value>>();
  #totalLength = 0;

  get(text: string): Value | undefined {
    const entry = this.#documents.get(text);
    if (entry === undefined) return undefined;
    entry.isWanted = true;
    return entry.value;
  }

  set(text: string, document: Value): void {
    if (text.length > MAX_LENGTH || this.#documents.has(text)) return;
    this.#totalLength += text.length;
    for (const [oldest, entry] of this.#documents) {
      if (this.#totalLength <= MAX_TOTAL_LENGTH) break;
      this.#documents.delete(oldest);
      if (entry.isWanted) {
        // Once more, behind all others.
        entry.isWanted = false;
        this.#documents.set(oldest, entry);
      } else this.#totalLength -= oldest.length;
    }
    this.#documents.set(text, { value: document, isWanted: false });
  }
}

/** Remembers nothing: a document that failed to parse is rarely sent again, and its text may hold what it should not. */
export const NO_CACHE = { get: () => undefined, set: () => undefined } as const;
