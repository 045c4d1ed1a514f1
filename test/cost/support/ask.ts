import type { TestGateway } from '../../support/gateway.ts';

/** What a gateway tells of an operation's cost. */
export interface Told {
  readonly limit: number;
  readonly planned: number;
  readonly actual: number;
  readonly fields: readonly { readonly field: string; readonly planned: number; readonly actual: number }[];
}

/** An answer with its cost. */
export interface CostedAnswer {
  readonly status: number;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string };
  }[];
  readonly extensions?: { readonly cost: Told };
}

/** Asks with the header that asks for the cost. */
export async function askCost(
  gateway: TestGateway,
  query: string,
  variables?: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = { 'x-graphql-cost': '1' },
): Promise<CostedAnswer> {
  const response = await gateway.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as Omit<CostedAnswer, 'status'>) };
}
