import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differences, operationFacts, readWireFacts } from './support/wire-facts.ts';

const SAMPLES = readdirSync(new URL('../fixtures/wire/responses/', import.meta.url));

describe('the check of answers against the documented fields', () => {
  it.each(SAMPLES)('passes the documented sample %s', (file) => {
    const { response } = operationFacts(file.replace('.json', ''));
    expect(differences(response, readWireFacts(`responses/${file}`))).toEqual([]);
  });

  it.each([
    [{ Extra: 1 }, 'answer.Extra is not documented'],
    [{ Items: [{ Name: 'a' }, { name: 'b' }] }, 'answer.Items[1].name is not documented'],
    [{ TotalRecordCount: '2' }, 'answer.TotalRecordCount is no integer'],
    [{ RequestId: 1 }, 'answer.RequestId is no string'],
    [{ Items: {} }, 'answer.Items is no array'],
    [{ Items: null }, 'answer.Items is null'],
    [[], 'answer is no object'],
  ])('finds what is wrong in %j', (answer, expected) => {
    expect(differences(operationFacts('DescribeModelServices').response, answer)).toEqual([expected]);
  });
});
