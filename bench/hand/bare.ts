import { createServer } from 'node:http';

/*
 * The least that node:http can answer, on the port of the first argument: what the load generator reaches with it is
 * what it can reach at all.
 */

const ANSWER = Buffer.from('{"data":{"__typename":"Query"}}');

createServer((request, response) => {
  request.resume();
  response
    .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': ANSWER.length })
    .end(ANSWER);
}).listen(Number(process.argv[2]), '127.0.0.1');
