import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { examples } from '../../src/examples.ts';
import { askCost } from '../cost/support/ask.ts';
import { openStream } from '../live/support/stream.ts';
import { openGateway } from '../support/gateway.ts';
import { PARTS, partsOf } from '../support/parts.ts';

const readme = readFileSync('README.md', 'utf8');

/** Code blocks of a section, by language, in order. */
function blocks(section: string): readonly { language: string; text: string }[] {
  const text = readme.split(/^#{2,3} /m).find((part) => part.startsWith(`${section}\n`)) ?? '';
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    text: code,
  }));
}

const json = (text: string | undefined) => JSON.parse(text ?? '') as Record<string, unknown>;

describe('the README', () => {
  test.each(['A query', 'One list of all three', 'Who serves a model'])(
    'shows true answers: %s',
    async (section) => {
      await using gateway = await openGateway();
      const [query, answer] = blocks(section);
      expect(await gateway.query(query?.text ?? '')).toEqual(json(answer?.text));
    },
  );

  test('shows what a query costs', async () => {
    await using gateway = await openGateway();
    const [query, extensions] = blocks('What a query may cost');
    const answer = await askCost(gateway, query?.text ?? '');
    expect([answer.errors, answer.extensions]).toEqual([undefined, json(extensions?.text)]);
  });

  test('shows what is deferred, part by part', async () => {
    await using gateway = await openGateway();
    const [query, ...shown] = blocks('What is slow comes later');
    const response = await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: PARTS },
      body: JSON.stringify({ query: query?.text }),
    });
    expect(await Array.fromAsync(partsOf(response))).toEqual(shown.map(({ text }) => json(text)));
  });

  test('shows a mutation with its true answer', async () => {
    await using gateway = await openGateway();
    const [mutation, variables, answer] = blocks('A mutation');
    expect(await gateway.query(mutation?.text ?? '', json(variables?.text))).toEqual(json(answer?.text));
  });

  test('shows a subscription with what it prints when that mutation runs', async () => {
    await using gateway = await openGateway();
    const [shell, printed] = blocks('Live updates');
    const body = /-d '([^']*)'/.exec(shell?.text ?? '')?.[1] ?? '';
    const headers = [...(shell?.text ?? '').matchAll(/-H '([^:]*): ([^']*)'/g)].map(
      ([, name = '', value = '']): [string, string] => [name, value],
    );
    const stream = await openStream(gateway, '/graphql', { method: 'POST', headers, body });
    const [mutation, variables] = blocks('A mutation');
    await gateway.query(mutation?.text ?? '', json(variables?.text));
    const told = await stream.next();
    expect(`event: ${told?.event}\ndata: ${told?.data}\n`).toBe(printed?.text);
    await stream.leave();
  });

  test('names every variable of the configuration', () => {
    const sources = ['src/config.ts', 'src/auth/settings.ts'].map((path) => readFileSync(path, 'utf8'));
    const names = sources.flatMap((source) =>
      [...source.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name = '']) => name),
    );
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

test.each(
  examples.map((example) => [/(?:query|mutation) (\w+)/.exec(example.query)?.[1] ?? '', example] as const),
)("GraphiQL's example %s runs without an error", async (_name, { query, variables }) => {
  await using gateway = await openGateway();
  const answer = await gateway.query(query, variables);
  expect(answer.errors).toBeUndefined();
  expect(JSON.stringify(answer.data)).not.toContain('Error"');
});
