import type { Chance } from '../../support/random-query.ts';

/*
 * Requests that nobody should send. Documents and bodies begin as good ones and are spoilt.
 */

const GOOD_DOCUMENTS = [
  '{ models(first: 3) { totalCount nodes { id name billingRules(first: 1) { nodes { id } } } } }',
  'query Q($n: Int = 2, $s: ID) { paiModels(first: $n) { nodes { ...A } } model(sourceId: $s) { name } } fragment A on PaiModel { id name labels { key value } }',
  'mutation M { createModel(input: { name: "n", modelCode: "" }) { __typename ... on GatewayInvalidInputError { fieldErrors { path message } } } }',
  '{ catalog(first: 2, orderBy: { field: NAME, direction: ASC }) { nodes { __typename ... on ModelService { gateway { id } } } } }',
  '{ __schema { types { name fields { name } } } }',
];

const ODD_TEXTS = [
  '\u0000',
  '\uFFFF',
  '\uD800',
  '\uDC00',
  '\u202E',
  '"""',
  '#',
  '\\u{110000}',
  '\\uD83D',
  '🦀',
  '$',
  '...',
  '@',
  '!',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ':',
  '|',
  '&',
  '\r',
  '\u2028',
];

/** A document that is spoilt, or a bomb. */
function malformedDocument(chance: Chance): string {
  return chance.pick(DOCUMENTS)(chance);
}

const DOCUMENTS: readonly ((chance: Chance) => string)[] = [
  (chance) => {
    const document = chance.pick(GOOD_DOCUMENTS);
    return document.slice(0, chance.int(0, document.length - 1));
  },
  (chance) => {
    const document = chance.pick(GOOD_DOCUMENTS);
    const at = chance.int(0, document.length);
    return document.slice(0, at) + chance.pick(ODD_TEXTS) + document.slice(at + chance.int(0, 3));
  },
  (chance) => {
    const words = chance.pick(GOOD_DOCUMENTS).split(/\b/);
    return words.toSorted(() => chance.next() - 0.5).join('');
  },
  // Deep.
  (chance) => {
    const depth = chance.pick([16, 101, 1_000, 6_000]);
    const [open, close] = chance.pick([
      ['{a', '}'],
      ['{...{', '}}'],
      ['{ modelServices(first: 1) { nodes { gateway ', '} } }'],
      ['{ models(filter: {category: ', '}) { totalCount } }'],
      ['{ models(first: [', ']) { totalCount } }'],
    ] as const);
    return open.repeat(depth) + (chance.of(0.5) ? close.repeat(depth) : '');
  },
  // Wide.
  (chance) => `{ ${'__typename '.repeat(chance.pick([5_000, 19_000, 25_000]))} }`,
  (chance) => `{ nodes(ids: [${'"x" '.repeat(chance.pick([201, 19_000, 30_000]))}]) { id } }`,
  (chance) =>
    `query (${Array.from({ length: chance.pick([100, 4_000]) }, (_, index) => `$v${index}: Int`).join(' ')}) { __typename }`,
  // Alias bombs, plain and in fragments that double.
  (chance) =>
    `{ ${Array.from({ length: chance.pick([499, 501, 4_000]) }, (_, index) => `a${index}: models(first: 100) { totalCount }`).join(' ')} }`,
  (chance) => {
    const levels = chance.int(2, 30);
    const fragments = Array.from(
      { length: levels },
      (_, level) =>
        `fragment F${level} on Query { a${level}: __typename ${level + 1 < levels ? `...F${level + 1} ... { ...F${level + 1} }` : 'models(first: 1) { totalCount }'} }`,
    );
    return `{ ...F0 ...F0 } ${fragments.join(' ')}`;
  },
  (chance) => {
    const levels = chance.int(2, 12);
    const turns = (level: number): string =>
      level === levels
        ? 'id'
        : `a: modelServices(first: 2) { nodes { gateway { ...G${level} } } } b: modelServices(first: 3) { nodes { gateway { ...G${level} } } }`;
    const fragments = Array.from(
      { length: levels },
      (_, level) => `fragment G${level} on AiGateway { ${turns(level + 1)} }`,
    );
    return `{ aiGateways(first: 2) { nodes { ...G0 } } } ${fragments.join(' ')}`;
  },
  // Cycles.
  (chance) => {
    const length = chance.int(1, 40);
    const fragments = Array.from(
      { length },
      (_, index) => `fragment C${index} on Model { name ...C${(index + 1) % length} }`,
    );
    return `{ models { nodes { ...C0 } } } ${fragments.join(' ')}`;
  },
  // Directive bombs.
  (chance) => `{ ${`__typename ${'@include(if: true) '.repeat(chance.pick([51, 3_000]))}`} }`,
  (chance) => `query ${'@a '.repeat(chance.pick([60, 9_000]))} { __typename }`,
  // Values that are too much for their types.
  (chance) =>
    `{ models(first: ${chance.pick(['9'.repeat(5_000), '-1', '1e999', '1.5', 'null', '"1"', '{}', '$x', 'TRUE'])}) { totalCount } }`,
  (chance) => `{ models(after: "${'A'.repeat(chance.pick([10, 5_000, 900_000]))}") { nodes { id } } }`,
  (chance) => `{ node(id: ${JSON.stringify(chance.pick(ODD_TEXTS).repeat(chance.int(1, 300)))}) { id } }`,
  (chance) => `{ ${chance.pick(ODD_TEXTS).repeat(chance.int(1, 2_000))} }`,
];

/** The body of a request: JSON, or what was JSON. */
export function malformedBody(chance: Chance): Buffer {
  const others = chance.pick(ODD_PARAMETERS);
  const json = `{"query":${JSON.stringify(malformedDocument(chance))}${others === '' ? '' : `,${others}`}}`;
  return chance.pick(BODIES)(Buffer.from(json), chance);
}

const deepJson = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

const ODD_PARAMETERS = [
  '',
  '',
  '"variables":{"n":1}',
  '"variables":{"n":{"toString":1,"constructor":null}}',
  '"variables":[]',
  '"variables":"x"',
  `"variables":{"__proto__":{"n":1},"n":${deepJson}}`,
  '"operationName":"Q"',
  '"operationName":"__proto__"',
  '"operationName":{"a":1}',
  '"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}',
  '"extensions":7',
  '"query":null',
  '"query":["{ __typename }"]',
  '"unknown":true',
];

const BODIES: readonly ((body: Buffer, chance: Chance) => Buffer)[] = [
  ...Array.from({ length: 8 }, () => (body: Buffer) => body),
  (body, chance) => body.subarray(0, chance.int(0, body.length)),
  // Bytes that are no UTF-8.
  (body, chance) => {
    const spoilt = Buffer.from(body);
    for (let times = chance.int(1, 8); times > 0; times--)
      spoilt[chance.int(0, spoilt.length - 1)] = chance.int(128, 255);
    return spoilt;
  },
  (body) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(body.toString(), 'utf16le')]),
  (body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
  (body, chance) =>
    Buffer.from(`[${Array.from({ length: chance.pick([0, 2, 11]) }, () => body.toString()).join()}]`),
  (body) => Buffer.concat([body, body]),
  (_body, chance) => Buffer.from(Array.from({ length: chance.int(0, 3_000) }, () => chance.int(0, 255))),
  (_body, chance) =>
    Buffer.from(
      chance.pick(['', ' ', 'null', '0', '""', '[]', '{}', '[null]', '[[]]', 'NaN', '{"query":', deepJson]),
    ),
];

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'BREW', 'post', ''];

/** A request as bytes. What is no HTTP at all is among them. */
export function malformedBytes(chance: Chance): Buffer {
  return chance.pick(REQUESTS)(chance);
}

function http(
  method: string,
  path: string,
  headers: readonly string[],
  body: Buffer = Buffer.alloc(0),
): Buffer {
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: close',
    ...headers,
    '',
    '',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

const post = (headers: readonly string[], body: Buffer) =>
  http('POST', '/graphql', ['Content-Type: application/json', ...headers], body);

const REQUESTS: readonly ((chance: Chance) => Buffer)[] = [
  ...Array.from({ length: 6 }, () => (chance: Chance) => {
    const body = malformedBody(chance);
    return post([`Content-Length: ${body.length}`], body);
  }),
  // A length that is not the body's.
  (chance) => {
    const body = malformedBody(chance).subarray(0, 10_000);
    return post(
      [`Content-Length: ${chance.pick([0, 1, body.length + 7, -1, '1e3', '0x10', 10 ** 12, 'NaN'])}`],
      body,
    );
  },
  // Chunks, whole and broken.
  (chance) => {
    const body = malformedBody(chance).subarray(0, 10_000);
    const size = chance.pick([body.length.toString(16), 'zz', '-1', 'ffffffffffff', '']);
    return post(
      ['Transfer-Encoding: chunked'],
      Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]),
    );
  },
  (chance) => {
    const body = malformedBody(chance).subarray(0, 1_000);
    return post([`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'], body);
  },
  (chance) => {
    const body = malformedBody(chance).subarray(0, 1_000);
    const encoding = chance.pick(['gzip', 'br', 'deflate', 'zstd', 'x']);
    return post([`Content-Encoding: ${encoding}`, `Content-Length: ${body.length}`], body);
  },
  (chance) => {
    const body = malformedBody(chance).subarray(0, 1_000);
    const type = chance.pick([
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/graphql',
      'application/json; charset=utf-16',
      '',
      'a/b/c',
    ]);
    return http('POST', '/graphql', [`Content-Type: ${type}`, `Content-Length: ${body.length}`], body);
  },
  (chance) => {
    const query = encodeURIComponent(malformedDocument(chance).slice(0, 3_000).toWellFormed());
    const spoilt = chance.of(0.3) ? `${query.slice(0, chance.int(0, query.length))}%` : query;
    return http(
      'GET',
      `/graphql?query=${spoilt}&variables=${chance.pick(['', '{', '%7B%7D', '[1]', '%ff'])}`,
      [],
    );
  },
  (chance) =>
    http(
      chance.pick(METHODS),
      chance.pick([
        '/graphql',
        '/',
        '//',
        '/graphql/../..',
        '*',
        'http://x/',
        '/%00',
        '/ready?',
        '/graphql#x',
        `/${'a'.repeat(9_000)}`,
      ]),
      [],
    ),
  (chance) => http('GET', '/graphql', [`X-Long: ${'x'.repeat(chance.pick([100, 20_000]))}`]),
  (chance) =>
    http('POST', '/graphql', [
      chance.pick([
        'Content-Type',
        ': x',
        'A B: c',
        'X:\u0001',
        'Host: other',
        'x-graphql-cost: \u00ff',
        'x-request-timeout-ms: 1e9',
        'accept: *;q',
        'Expect: 100-continue',
        'Upgrade: websocket',
      ]),
    ]),
  (chance) => Buffer.from(Array.from({ length: chance.int(1, 500) }, () => chance.int(0, 255))),
  (chance) => {
    const whole = post(['Content-Length: 40'], Buffer.from('{"query":"{ models { totalCount } }"}   '));
    return whole.subarray(0, chance.int(1, whole.length - 1));
  },
];
