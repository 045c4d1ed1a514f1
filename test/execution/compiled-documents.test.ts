import { buildSchema, type DocumentNode, parse } from 'graphql';
import { afterEach, expect, test, vi } from 'vitest';
import { CompiledDocuments } from '../../src/execution/compiled-documents.ts';
import { CompiledExecution } from '../../src/execution/execute.ts';

const schema = buildSchema('type Query { a: Int b: Query }');

afterEach(() => vi.restoreAllMocks());

/** A document of so many characters. */
function documentOf(length: number, key = 'a'): DocumentNode {
  return parse(`{ ${key}: a${' '.repeat(length)} }`);
}

test('a document is compiled once, and again for another schema', () => {
  const documents = new CompiledDocuments();
  const document = parse('{ a }');
  const opened = documents.open(schema, document);
  expect(documents.open(schema, document)).toBe(opened);
  expect(documents.open(buildSchema('type Query { a: Int }'), document)).not.toBe(opened);
});

test('the oldest document that nobody has asked for again is forgotten first', () => {
  const documents = new CompiledDocuments();
  const [first, second] = [documentOf(16_000), documentOf(16_000)];
  const opened = [documents.open(schema, first), documents.open(schema, second)];
  for (let index = 0; index < 30; index++) {
    documents.open(schema, documentOf(8_000, `k${index}`));
    documents.open(schema, first);
  }
  for (let index = 0; index < 2; index++) documents.open(schema, documentOf(8_000));
  expect(documents.open(schema, first)).toBe(opened[0]);
  expect(documents.open(schema, second)).not.toBe(opened[1]);
});

test('a new document is kept though all others were asked for again', () => {
  const documents = new CompiledDocuments();
  const others = Array.from({ length: 4 }, (_, index) => documentOf(64_000, `k${index}`));
  for (const other of others) documents.open(schema, other);
  for (const other of others) documents.open(schema, other);
  const newcomer = documentOf(64_000, 'newcomer');
  const opened = documents.open(schema, newcomer);
  for (const other of others.slice(1)) documents.open(schema, other);
  expect(documents.open(schema, newcomer)).toBe(opened);
});

test('a document longer than any that is remembered leaves the others alone', () => {
  const documents = new CompiledDocuments();
  const [kept, long] = [parse('{ a }'), documentOf(140_000)];
  const [opened, openedLong] = [documents.open(schema, kept), documents.open(schema, long)];
  expect(documents.open(schema, long)).not.toBe(openedLong);
  expect(documents.open(schema, kept)).toBe(opened);
});

test('a short document is not remembered once much of it has been compiled, e.g. a fragment spread very often', () => {
  const documents = new CompiledDocuments();
  const document = parse('{ a }');
  const opened = documents.open(schema, document);
  opened.operations.set('all', { size: 16_000, run: () => undefined });
  documents.weigh(document);
  expect(documents.open(schema, document)).toBe(opened);
  opened.operations.set('more', { size: 600, run: () => undefined });
  documents.weigh(document);
  expect(documents.open(schema, document)).not.toBe(opened);
});

test('what is compiled weighs as its fields do, those of fragments wherever they are spread', () => {
  const document = parse('{ x: b { ...F } y: b { ...F } } fragment F on Query { a c: a d: a }');
  const weighed: number[] = [];
  const open = CompiledDocuments.prototype.open;
  vi.spyOn(CompiledDocuments.prototype, 'weigh').mockImplementation(() => undefined);
  vi.spyOn(CompiledDocuments.prototype, 'open').mockImplementation(function (
    this: CompiledDocuments,
    ...given
  ) {
    const opened = open.apply(this, given);
    weighed.push([...opened.operations.values()].reduce((sum, { size }) => sum + size, 0));
    return opened;
  });
  const execution = new CompiledExecution();
  const run = () => execution.execute({ schema, document, rootValue: { b: { a: 1 } } });
  expect(run()).toEqual(run());
  expect(weighed).toEqual([0, 8]);
});
