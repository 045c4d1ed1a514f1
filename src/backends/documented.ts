/** What an answer's field is documented to hold. */
export type DocumentedField =
  /** One value of any kind, or JSON of any shape: not looked into. */
  | { readonly holds: 'value'; readonly isOnRequest?: true }
  /** A text out of a list. Letter case and blanks around it do not count, for the products' own pages vary them. */
  | { readonly holds: 'choice'; readonly choices: readonly string[] }
  /** An object, or an array of objects. `isRow`: its fields go by their own names, not by the path to them. */
  | { readonly holds: 'object' | 'array'; readonly fields: DocumentedFields; readonly isRow: boolean };

/** Documented fields by name. Any of them may be missing in an answer. */
export type DocumentedFields = Readonly<Record<string, DocumentedField>>;

/** The whole answers of a backend's operations, by the operation's name. What it does not name is not judged. */
export type Documentation = Readonly<Record<string, DocumentedFields>>;

/** Fields that hold one value each, or JSON of any shape. */
export function values<Name extends string>(...names: readonly Name[]) {
  return Object.fromEntries(names.map((name) => [name, { holds: 'value' }])) as Readonly<
    Record<Name, DocumentedField>
  >;
}

/** A value that is documented to come only where a request asks for it, and that the gateway never asks for. */
export const onRequest: DocumentedField = { holds: 'value', isOnRequest: true };

/** A text out of a list. */
export function oneOf(...choices: readonly string[]): DocumentedField {
  return { holds: 'choice', choices };
}

/** An object below a row. */
export function object(fields: DocumentedFields): DocumentedField {
  return { holds: 'object', fields, isRow: false };
}

/** An array of objects below a row. */
export function array(fields: DocumentedFields): DocumentedField {
  return { holds: 'array', fields, isRow: false };
}

/** The one thing that an answer tells of. */
export function row(fields: DocumentedFields): DocumentedField {
  return { holds: 'object', fields, isRow: true };
}

/** The things that an answer lists. */
export function rows(fields: DocumentedFields): DocumentedField {
  return { holds: 'array', fields, isRow: true };
}
