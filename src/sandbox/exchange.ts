import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FailureContext, gatewayFailure, productFailure, successEnvelope } from './envelopes.ts';
import { toJson } from './exact-json.ts';
import type { FaultPlan, Strike } from './faults.ts';
import { readBody, readJsonBody, splitUrl } from './http-request.ts';
import { newRequestId } from './identifiers.ts';
import { readArguments } from './parameters.ts';
import { Refusal } from './refusal.ts';
import { type Routes, route } from './routes.ts';
import type { SandboxRequest } from './sandbox-request.ts';
import { type SignatureContext, verifySignature } from './verify-signature.ts';

/** What every exchange of one sandbox shares. */
export interface ExchangeSetting {
  readonly routes: Routes;
  readonly faults: FaultPlan;
  readonly signature: () => SignatureContext;
  /** Clock of the `Date` header, ms since 1970. */
  readonly now: () => number;
  /** Aborts when the sandbox closes. */
  readonly closing: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyText: string;
}

interface Exchange extends FailureContext {
  readonly record: SandboxRequest;
  readonly response: ServerResponse;
  readonly now: () => number;
  /** The connection was cut from this side. */
  isCut: boolean;
}

const JSON_TYPE = 'application/json;charset=utf-8';

/**
 * Answers one request: the gateway in front (route, version, signature), then the faults that are set, then the
 * operation. Signatures come before faults, so that a repeated nonce shows even where every attempt fails.
 */
export async function answerRequest(
  setting: ExchangeSetting,
  message: IncomingMessage,
  response: ServerResponse,
  record: SandboxRequest,
): Promise<void> {
  const exchange: Exchange = {
    product: record.product,
    record,
    response,
    now: setting.now,
    requestId: newRequestId(),
    hostId: record.headers['host'] ?? '',
    isCut: false,
  };
  response.once('close', () => {
    if (response.writableFinished || exchange.isCut || setting.closing.aborted) return;
    record.aborted = true;
    record.status = null;
  });
  try {
    const admitted = await admit(setting, message, record);
    const strike = setting.faults.strike(record);
    if (strike.latencyMs > 0) await sleep(strike.latencyMs, undefined, { signal: setting.closing });
    await answerStruck(exchange, admitted, strike);
  } catch (error) {
    // Nobody is left to be told.
    if (!message.complete || record.aborted || setting.closing.aborted) return;
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'InternalError', String(error));
    send(exchange, gatewayAnswer(exchange, refusal));
  }
}

type Admitted = Awaited<ReturnType<typeof admit>>;

async function admit(setting: ExchangeSetting, message: IncomingMessage, record: SandboxRequest) {
  const body = await readBody(message);
  record.bodyText = body.toString('utf8');
  const found = route(setting.routes, record);
  const { path, query } = splitUrl(record.rawUrl);
  verifySignature({ method: record.method, path, query, headers: record.headers, body }, setting.signature());
  return { ...found, body };
}

async function answerStruck(exchange: Exchange, admitted: Admitted, { fault }: Strike): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      return send(exchange, act(exchange, admitted));
    case 'hang':
      return;
    case 'reset':
      if (fault.when === 'after') act(exchange, admitted);
      exchange.isCut = true;
      exchange.response.socket?.resetAndDestroy();
      return;
    case 'cutBody':
      return sendHalf(exchange, act(exchange, admitted));
    case 'drip':
      act(exchange, admitted);
      return drip(exchange, fault.everyMs);
    case 'answer':
      return send(exchange, fault);
    case 'error': {
      const refusal = new Refusal(fault.status, fault.code, fault.message ?? 'A fault of the sandbox.');
      return send(exchange, { ...productAnswer(exchange, refusal), headers: fault.headers ?? {} });
    }
    case 'throttle':
      return send(exchange, throttled(exchange, fault.retryAfterMs));
  }
}

/** Source: throttling is 400 for most products, the pause in milliseconds is in x-acs-retry-after. */
function throttled(exchange: Exchange, retryAfterMs: number | undefined): Answer {
  const refusal = new Refusal(400, 'Throttling.User', 'Request was denied due to user flow control.');
  const headers: Record<string, string> = {};
  if (retryAfterMs !== undefined) headers['x-acs-retry-after'] = String(retryAfterMs);
  return { ...gatewayAnswer(exchange, refusal), headers };
}

function act(exchange: Exchange, admitted: Admitted): Answer {
  const { product, operation, pathParameters, body } = admitted;
  const { record, requestId } = exchange;
  try {
    const hasBody = operation.parameters.some((parameter) => parameter.in === 'body');
    const args = readArguments(operation.parameters, {
      path: pathParameters,
      query: record.query,
      body: hasBody ? readJsonBody(record.headers['content-type'], body) : {},
    });
    const envelope = successEnvelope(product, requestId, operation.answer(args));
    return { status: 200, bodyText: toJson(envelope) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return productAnswer(exchange, error);
  }
}

function productAnswer(exchange: Exchange, refusal: Refusal): Answer {
  return { status: refusal.httpStatus, bodyText: toJson(productFailure(exchange, refusal)) };
}

function gatewayAnswer(exchange: Exchange, refusal: Refusal): Answer {
  return { status: refusal.httpStatus, bodyText: toJson(gatewayFailure(exchange, refusal)) };
}

function send(exchange: Exchange, answer: Answer): void {
  const { response, record } = exchange;
  if (response.destroyed) return;
  writeHead(exchange, answer);
  record.status = answer.status;
  response.end(answer.bodyText);
}

async function sendHalf(exchange: Exchange, answer: Answer): Promise<void> {
  const { response } = exchange;
  if (response.destroyed) return;
  exchange.isCut = true;
  writeHead(exchange, answer);
  const bytes = Buffer.from(answer.bodyText);
  const flushed = new Promise<void>((resolve) => {
    response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => resolve());
  });
  await Promise.race([flushed, once(response, 'close')]);
  response.destroy();
}

function drip({ response, now }: Exchange, everyMs: number): void {
  if (response.destroyed) return;
  response.writeHead(200, { date: new Date(now()).toUTCString(), 'content-type': JSON_TYPE });
  response.flushHeaders();
  const timer = setInterval(() => response.write(' '), everyMs);
  response.once('close', () => clearInterval(timer));
}

function writeHead({ response, requestId, now }: Exchange, answer: Answer): void {
  response.writeHead(answer.status, {
    // From the same clock as the times in the data, as in the cloud.
    date: new Date(now()).toUTCString(),
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(answer.bodyText),
    'x-acs-request-id': requestId,
    ...lowerCaseNames(answer.headers ?? {}),
  });
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
