import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { examples } from '../../src/examples.ts';
import { askCost } from '../cost/support/ask.ts';
import { openStream, subscribe } from '../live/support/stream.ts';
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

describe("GraphiQL's example", () => {
  const byName = (kind: RegExp) =>
    examples.flatMap((example) => {
      const name = kind.exec(example.query)?.[1];
      return name === undefined ? [] : [[name, example] as const];
    });
  const answered = byName(/^(?:query|mutation) (\w+)/m);
  const streamed = byName(/^subscription (\w+)/m);

  test('is one of these', () => {
    expect(answered.length + streamed.length).toBe(examples.length);
  });

  test.each(answered)('%s runs without an error', async (_name, { query, variables }) => {
    await using gateway = await openGateway();
    const answer = await gateway.fetch('/graphql', {
      method: 'POST',
      // As GraphiQL asks: what is deferred comes in parts.
      headers: { 'content-type': 'application/json', accept: 'application/json, multipart/mixed' },
      body: JSON.stringify({ query, variables }),
    });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([200, expect.stringContaining('"data"')]);
    expect(text).not.toMatch(/"errors"|Error"/);
    expect(text.includes('"hasNext":false')).toBe(query.includes('@defer'));
  });

  test.each(streamed)('%s is heard', async (_name, { query }) => {
    await using gateway = await openGateway();
    const stream = await subscribe(gateway, query);
    expect(stream.response.status).toBe(200);
    await gateway.query('mutation { createModel(input: { name: "New", modelCode: "new" }) { __typename } }');
    expect((await stream.next())?.data).toContain('"kind":"CREATED"');
    await stream.leave();
  });
});
