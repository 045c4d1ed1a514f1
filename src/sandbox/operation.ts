import type { Arguments, Parameter } from './parameters.ts';

/** The three products by the names the cloud gives them: Model Router, the PAI model registry, the AI gateway. */
export type Product = 'aicontent' | 'aiworkspace' | 'polardb';

/** One operation: how a request for it looks and what it does. */
export interface Operation {
  readonly action: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Placeholders in braces; always `/` for RPC. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** The answer's fields without the product's envelope. Throws Refusal. */
  readonly answer: (args: Arguments) => Readonly<Record<string, unknown>>;
}

/** What the operations of one product work on. */
export interface Setting {
  readonly region: string;
  readonly data: 'demo' | 'empty';
  readonly now: () => number;
  /** Whether two services of one gateway may bear the same name. */
  readonly serviceNames: 'unique' | 'repeatable';
}
