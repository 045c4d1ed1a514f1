import { createServer } from 'node:http';
import { placeOf, upstreamAnswers } from './upstream-answers.ts';

/*
 * The static backend where nginx is not installed: answers made beforehand, on the port of the first argument. `/count`
 * tells how many were given.
 */

const answers = new Map([...upstreamAnswers()].map(([place, answer]) => [place, Buffer.from(answer)]));
let count = 0;

const server = createServer((request, response) => {
  const url = request.url ?? '/';
  if (url === '/count') {
    response.end(String(count));
    return;
  }
  count += 1;
  request.resume();
  const answer = answers.get(placeOf(url, String(request.headers['x-acs-action'])));
  if (answer === undefined) response.writeHead(404).end();
  else {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
      .end(answer);
  }
});
server.keepAliveTimeout = 3_600_000;
server.listen(Number(process.argv[2]), '127.0.0.1');
