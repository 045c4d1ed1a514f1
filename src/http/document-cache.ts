import type { DocumentNode } from 'graphql';

/** Longest document that is remembered, in characters. */
const MAX_LENGTH = 65_536;
/** All remembered documents together, in characters. A parsed document takes up to 250 times its text: about 60 MB. */
const MAX_TOTAL_LENGTH = 262_144;

/**
 * Parsed documents, or what goes with them, by their text, the least recently used forgotten first. In place of Yoga's own, which keeps 1,024
 * of any length: 400 requests of 20,000 tokens would fill the memory.
 */
export class DocumentCache<Value = DocumentNode> {
  readonly #documents = new Map<string, Value>();
  #totalLength = 0;

  get(text: string): Value | undefined {
    const document = this.#documents.get(text);
    if (document !== undefined) {
      this.#documents.delete(text);
      this.#documents.set(text, document);
    }
    return document;
  }

  set(text: string, document: Value): void {
    if (text.length > MAX_LENGTH || this.#documents.has(text)) return;
    this.#documents.set(text, document);
    this.#totalLength += text.length;
    for (const oldest of this.#documents.keys()) {
      if (this.#totalLength <= MAX_TOTAL_LENGTH) break;
      this.#documents.delete(oldest);
      this.#totalLength -= oldest.length;
    }
  }
}

/** Remembers nothing: a document that failed to parse is rarely sent again, and its text may hold what it should not. */
export const NO_CACHE = { get: () => undefined, set: () => undefined } as const;
