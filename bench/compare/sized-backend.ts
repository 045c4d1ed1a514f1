import { createServer } from 'node:http';
import {
  modelsPage,
  providersAnswer,
  range,
  routerEnvelope,
  routerModel,
  servicesPage,
} from './upstream-answers.ts';

/*
 * Backends whose lists are as long as they are told: `/size?rows=…` for the offers of the vendors, `&list=…` for the
 * models and for the services. Answers are made when a size is told, not when they are asked for. The port is the first
 * argument.
 */

const PAGE = 100;
const ROWS_PER_PROVIDER = 50;
const ROUTER = '/api/v1/modelRouter/open';

let offers: Buffer = Buffer.alloc(0);
let modelPages: readonly Buffer[] = [];
let servicePages: readonly Buffer[] = [];

function setSizes(rows: number, list: number): void {
  const providers = Math.max(1, Math.floor(rows / ROWS_PER_PROVIDER));
  offers = jsonBytes(providersAnswer(providers, Math.min(rows, ROWS_PER_PROVIDER)));
  const pages = range(Math.max(1, Math.ceil(list / PAGE)));
  const rowsOf = (page: number) => Math.max(0, Math.min(PAGE, list - page * PAGE));
  modelPages = pages.map((page) =>
    jsonBytes(
      modelsPage(
        range(rowsOf(page)).map((index) => routerModel(1 + page * PAGE + index)),
        list,
      ),
    ),
  );
  servicePages = pages.map((page) => jsonBytes(servicesPage(PAGE, page * PAGE, list, rowsOf(page))));
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

const GATEWAYS = jsonBytes({
  RequestId: 'CED079B7-A408-41A1-BFF1-EC608E000001',
  TotalRecordCount: '1',
  PageNumber: '1',
  PageRecordCount: '1',
  PageSize: '100',
  Items: [{ GwClusterId: 'pg-0', GwDescription: 'pg-0', Status: 'ACTIVATION' }],
});
const CREATED_SERVICE = jsonBytes({
  RequestId: 'CED079B7-A408-41A1-BFF1-EC608E000002',
  ModelServiceId: 'ms-new',
  Status: 'Enable',
});

function answerOf(method: string, url: URL, action: string): Buffer | undefined {
  const { pathname, searchParams } = url;
  const page = (name: string) => Number(searchParams.get(name) ?? '1') - 1;
  if (action === 'DescribeGatewayList') return GATEWAYS;
  if (action === 'DescribeModelServices') return servicePages[page('PageNumber')];
  if (action === 'CreateModelService') return CREATED_SERVICE;
  if (pathname === `${ROUTER}/nacos/providers`) return offers;
  if (pathname === `${ROUTER}/models` && method === 'GET') return modelPages[page('pageIndex')];
  if (pathname === `${ROUTER}/models`) return jsonBytes(routerEnvelope(routerModel(1)));
  const id = pathname.slice(`${ROUTER}/models/`.length);
  return /^\d+$/.test(id) ? jsonBytes(routerEnvelope(routerModel(Number(id)))) : undefined;
}

setSizes(PAGE, PAGE);
const server = createServer((request, response) => {
  request.resume();
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname === '/size') {
    setSizes(Number(url.searchParams.get('rows')), Number(url.searchParams.get('list')));
    response.end();
    return;
  }
  const answer = answerOf(request.method ?? 'GET', url, String(request.headers['x-acs-action']));
  if (answer === undefined) response.writeHead(404).end();
  else {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
      .end(answer);
  }
});
server.keepAliveTimeout = 3_600_000;
server.listen(Number(process.argv[2]), '127.0.0.1');
