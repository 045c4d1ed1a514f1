import { post } from './walk.ts';

const SHARED_NAME = 'in-both-places';
const ROWS = 5;

interface Made {
  readonly __typename: string;
  readonly message?: string;
}

/** Makes what the sandbox has too little of to page through: models of both registries that are the same. */
export async function prepareRows(url: string): Promise<void> {
  const make = async (field: string, input: Readonly<Record<string, unknown>>) => {
    const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input!`;
    const document = `mutation ($input: ${type}) { made: ${field}(input: $input) { __typename ... on GatewayError { message } } }`;
    const { made } = await post<{ made: Made }>(url, document, { input });
    if (!made.__typename.endsWith('Success')) throw new Error(`${field}: ${made.message}`);
  };
  await make('createPaiModel', { name: SHARED_NAME });
  for (let row = 0; row < ROWS; row++) {
    await make('createModel', { name: `Model ${row}`, modelCode: SHARED_NAME });
  }
}
