import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { OPERATIONS } from './operations.ts';
import { openUpstream } from './upstream.ts';

/*
 * What ModelGraph is measured against: the same answers by hand, without GraphQL, validation, signing or limits.
 * `--tuned` for undici's bare dispatch, `--joined` to share equal reads that are under way.
 */

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    upstream: { type: 'string', default: '' },
    tuned: { type: 'boolean', default: false },
    joined: { type: 'boolean', default: false },
  },
});
const read = openUpstream(values.upstream, { isTuned: values.tuned, isJoined: values.joined });

createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const answer = (status: number, value: unknown) => {
      const text = JSON.stringify(value);
      response
        .writeHead(status, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(text),
        })
        .end(text);
    };
    if (parts.length === 0) return answer(200, { data: { __typename: 'Query' } });
    const { operationName, variables } = JSON.parse(Buffer.concat(parts).toString()) as {
      operationName: string;
      variables: Readonly<Record<string, string>>;
    };
    const operation = OPERATIONS[operationName];
    if (operation === undefined) return answer(404, { errors: [{ message: 'no such operation' }] });
    operation(read, variables).then(
      (data) => answer(200, { data }),
      (error: unknown) => answer(500, { errors: [{ message: String(error) }] }),
    );
  });
}).listen(Number(values.port), '127.0.0.1');
