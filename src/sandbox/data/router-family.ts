/** The models of one vendor behind one address. */
export interface RouterFamily {
  /** Code of the vendor. */
  readonly symbol: string;
  readonly baseUrl: string;
  /** A row a model: code, name, type, input, output, tags, released, description. */
  readonly table: string;
  /** Codes of models that are switched off. */
  readonly disabled?: readonly string[];
}
