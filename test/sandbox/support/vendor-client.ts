import { createHash, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { operationFacts } from './wire-facts.ts';

// A CommonJS package: what an ESM import calls its default depends on who imports it, Node or a test runner.
const vendor = createRequire(import.meta.url)(
  '@alicloud/openapi-core',
) as typeof import('@alicloud/openapi-core');
const { default: Client, $OpenApiUtil, OpenApiUtil } = vendor;

type Runtime = Parameters<InstanceType<typeof Client>['callApi']>[2];
type SignableRequest = Parameters<typeof OpenApiUtil.getAuthorization>[0];

/** What is needed to call a sandbox, wherever it runs. */
export type Reachable = Pick<Sandbox, 'url' | 'credentials'>;

/** What the vendor's client gives back for a success. */
export interface VendorAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Performs a documented operation through the vendor's own generic client; rejects as that client does. */
export async function callVendor(
  sandbox: Reachable,
  action: string,
  input: Readonly<Record<string, unknown>> = {},
  options: { readonly accessKeyId?: string; readonly securityToken?: string } = {},
): Promise<VendorAnswer> {
  const facts = operationFacts(action);
  const client = new Client(
    new $OpenApiUtil.Config({
      ...sandbox.credentials,
      ...options,
      endpoint: new URL(sandbox.url).host,
      protocol: 'HTTP',
    }),
  );
  const inputOf = (place: string) =>
    Object.fromEntries(
      facts.request
        .filter((parameter) => parameter.in === place && input[parameter.name] !== undefined)
        .map(({ name }) => [name, input[name]]),
    );
  const body = facts.request.some((parameter) => parameter.in === 'body') ? { body: inputOf('body') } : {};
  const answer = await client.callApi(
    new $OpenApiUtil.Params({
      action,
      version: facts.version,
      protocol: 'HTTPS',
      pathname: pathOf(facts.path, input),
      method: facts.method,
      authType: 'AK',
      style: facts.style,
      reqBodyType: facts.reqBodyType,
      bodyType: 'json',
    }),
    new $OpenApiUtil.OpenApiRequest({ query: textsOf(inputOf('query')), ...body }),
    {} as Runtime,
  );
  return answer as VendorAnswer;
}

function pathOf(template: string, input: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(String(input[name])));
}

function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/** A request to be signed with the vendor's signing function and sent by fetch. */
export interface RawCall {
  readonly action: string;
  readonly path?: string;
  readonly method?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly bodyText?: string;
  readonly contentType?: string;
  /** Sent and signed. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent instead of or beside the signed ones. */
  readonly headersAfterSigning?: Readonly<Record<string, string>>;
  readonly nowMs?: number;
  readonly signal?: AbortSignal;
}

/** Sends a request that the vendor's client would not let us make. */
export async function sendRaw(sandbox: Reachable, call: RawCall): Promise<Response> {
  const facts = operationFacts(call.action);
  const { method = facts.method, path = facts.path, query = {}, bodyText = '' } = call;
  const payloadHash = createHash('sha256').update(bodyText).digest('hex');
  const headers: Record<string, string> = {
    host: new URL(sandbox.url).host,
    'x-acs-action': call.action,
    'x-acs-version': facts.version,
    'x-acs-date': `${new Date(call.nowMs ?? Date.now()).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-content-sha256': payloadHash,
    ...(bodyText !== '' && { 'content-type': call.contentType ?? 'application/json; charset=utf-8' }),
    ...call.headers,
  };
  const request = { method, pathname: path, query, headers } as unknown as SignableRequest;
  const { accessKeyId, accessKeySecret } = sandbox.credentials;
  const authorization = OpenApiUtil.getAuthorization(
    request,
    'ACS3-HMAC-SHA256',
    headers['x-acs-content-sha256'] ?? payloadHash,
    accessKeyId,
    accessKeySecret,
  );
  const search = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join('='));
  const url = `${sandbox.url}${path}${search.length > 0 ? `?${search.join('&')}` : ''}`;
  return fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...headers, authorization, ...call.headersAfterSigning },
    ...(bodyText !== '' && { body: Buffer.from(bodyText) }),
    ...(call.signal && { signal: call.signal }),
  });
}
