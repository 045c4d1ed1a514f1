import { readFileSync } from 'node:fs';
import { generate } from '@graphql-codegen/cli';
import { expect, test } from 'vitest';
import config from '../../codegen.ts';
import {
  MakePaiModelDocument,
  type MakePaiModelMutationVariables,
  ModelByIdDocument,
} from '../generated/operations.ts';
import { openGateway } from '../support/gateway.ts';

test('the generated operations are those of schema.graphql (npm run codegen writes them)', async () => {
  const files: readonly { filename: string; content: string }[] = await generate(
    { ...config, silent: true },
    false,
  );
  for (const { filename, content } of files) expect(readFileSync(filename, 'utf8')).toBe(content);
  expect(files.map(({ filename }) => filename).toSorted()).toEqual([
    'test/generated/operations.ts',
    'test/generated/trusted-documents.json',
  ]);
}, 60_000);

test('a generated query runs, and its types are those of the answer', async () => {
  await using gateway = await openGateway();
  const { data } = await gateway.run(ModelByIdDocument, { id: 'TW9kZWw6MQ' });
  expect(data?.model).toEqual({
    id: 'TW9kZWw6MQ',
    sourceId: '1',
    name: '通义千问',
    maxInputTokens: 8192,
    createdAt: '2024-01-01T02:00:00Z',
  });
});

test('a generated mutation runs, and its union is told apart by __typename', async () => {
  await using gateway = await openGateway();
  const variables: MakePaiModelMutationVariables = {
    input: { name: '新闻分类', labels: [{ key: 'env', value: 'test' }] },
  };
  const { data } = await gateway.run(MakePaiModelDocument, variables);
  const result = data?.createPaiModel;
  if (result?.__typename !== 'CreatePaiModelSuccess') throw new Error(`it is ${result?.__typename}`);
  expect(result.outcome).toBe('CREATED');
  expect(result.paiModel).toMatchObject({ name: '新闻分类', labels: [{ key: 'env', value: 'test' }] });
});
