import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { CompiledOperation } from './compile.ts';
import { type Survey, surveyOf } from './survey.ts';
import type { VariableReader } from './variables.ts';

/** Characters of a document that weigh as much as a compiled field: few fields take fewer. */
const CHARACTERS_PER_FIELD = 8;
/** Heaviest document that is remembered: one whose text is short can spread its fragments many times. */
const MAX_WEIGHT = 16_384;
/** All remembered documents together: about 20 MB. */
const MAX_TOTAL_WEIGHT = 32_768;

/** A document and what has been compiled of it. */
export interface CompiledDocument {
  readonly schema: GraphQLSchema;
  /** Undefined for one that is not compiled. */
  readonly survey: Survey | undefined;
  /** By operation and what is skipped and included. */
  readonly operations: Map<string, CompiledOperation>;
  readonly readers: Map<OperationDefinitionNode, VariableReader>;
}

interface Kept extends CompiledDocument {
  weight: number;
  /** Whether it was asked for since it was last looked at for being forgotten. */
  isWanted: boolean;
}

/**
 * What was compiled of documents, the oldest that nobody has asked for forgotten first. By the parsed document, which
 * the cache of those keeps by its text: what that one forgets is never asked for here again.
 */
export class CompiledDocuments {
  readonly #kept = new Map<DocumentNode, Kept>();
  #totalWeight = 0;

  open(schema: GraphQLSchema, document: DocumentNode): CompiledDocument {
    const known = this.#kept.get(document);
    if (known?.schema === schema) {
      known.isWanted = true;
      return known;
    }
    this.#forget(document);
    const opened = {
      schema,
      survey: surveyOf(document),
      operations: new Map(),
      readers: new Map(),
      weight: 0,
      isWanted: false,
    };
    this.#kept.set(document, opened);
    this.weigh(document);
    return opened;
  }

  /** To be called when more of a document has been compiled. */
  weigh(document: DocumentNode): void {
    const known = this.#kept.get(document);
    if (known === undefined) return;
    const weight = weightOf(document, known);
    if (weight === known.weight) return;
    this.#totalWeight += weight - known.weight;
    known.weight = weight;
    if (weight > MAX_WEIGHT) this.#forget(document);
    for (const [oldest, kept] of this.#kept) {
      if (this.#totalWeight <= MAX_TOTAL_WEIGHT) break;
      if (oldest === document) continue;
      if (kept.isWanted) {
        // Once more, behind all others.
        kept.isWanted = false;
        this.#kept.delete(oldest);
        this.#kept.set(oldest, kept);
      } else this.#forget(oldest);
    }
  }

  #forget(document: DocumentNode): void {
    this.#totalWeight -= this.#kept.get(document)?.weight ?? 0;
    this.#kept.delete(document);
  }
}

function weightOf({ loc }: DocumentNode, { operations }: CompiledDocument): number {
  let weight = Math.ceil((loc?.end ?? 0) / CHARACTERS_PER_FIELD);
  for (const { size } of operations.values()) weight += 1 + size;
  return weight;
}
