/** An operation of a backend: what its requests and answers have in common. */
export interface Operation {
  /** The vendor's action name; also the metric label and the log field. */
  readonly name: string;
  /** The vendor's API version, e.g. `2017-08-01`. */
  readonly version: string;
  /** A read changes nothing; a write that fails may have changed something all the same. */
  readonly access: 'read' | 'write';
  /** Whether the same request may be sent twice without doing more than once. */
  readonly idempotent: boolean;
}

/** HTTP methods the backends use. */
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One request, encoded for its backend but neither addressed nor signed. */
export interface UpstreamRequest {
  readonly operation: Operation;
  readonly method: Method;
  /** Percent-encoded, beginning with a slash. */
  readonly path: string;
  /** Decoded names and values. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** JSON text; absent where the request has no body. */
  readonly body?: string;
  /** Values in it that must appear in no message, e.g. the API key of a service to be created. */
  readonly secrets?: readonly string[];
  /** Things that it asks for by a list of their ids. */
  readonly keys?: number | undefined;
  /**
   * What its answer is read as, told by the identity of whatever reads it so. Of two requests that are alike in all else
   * the one may take over what was read of the other's answer. Left out where each reads for itself.
   */
  readonly readAs?: object;
  /** Whether it must begin after it was asked for: an equal read that is under way may tell what was before. */
  readonly isFresh?: boolean;
}

/** A parameter's value; an undefined one is not sent at all. */
export type Parameter = string | number | boolean | undefined;

/** Drops what is undefined and writes the rest as text. */
export function definedParameters(
  parameters: Readonly<Record<string, Parameter>>,
): (readonly [string, string])[] {
  const defined: [string, string][] = [];
  for (const name of Object.keys(parameters)) {
    const value = parameters[name];
    if (value !== undefined) defined.push([name, String(value)]);
  }
  return defined;
}
