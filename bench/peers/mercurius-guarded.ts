import { createHash, createHmac, randomUUID } from 'node:crypto';
import Fastify, { LogController } from 'fastify';
import mercurius from 'mercurius';
import { pino } from 'pino';
import { Counter, Histogram } from 'prom-client';
import { Agent, interceptors, request } from 'undici';
import { z } from 'zod';
import { openJoin, type Read, upstreamOf } from './rows.ts';
import { resolvers, typeDefs } from './schema.ts';

/*
 * Mercurius doing what a gateway to this vendor has to, each part by the library that its users take for it: requests
 * that the vendor would let in (its signature), answers checked, times read, deadlines and retries, one log line and
 * metrics for each request, a limit on depth. Less than ModelGraph does all the same: no breaker, no rate limit, no
 * cost of queries, no redaction. Arguments: port, address of the backends.
 */

const [port, origin = ''] = process.argv.slice(2);
const KEY = { id: 'bench-key-id', secret: 'bench-key-secret' };
const DEADLINE_MS = 15_000;

const text = z.string().nullish();
const service = z.object({
  ModelServiceId: z.string(),
  Name: z.string(),
  Vendor: text,
  ModelCategory: text,
  Protocol: text,
  Status: text,
  BaseUrl: text,
  GmtCreated: text,
});
const model = z.object({
  id: z.union([z.number(), z.string()]),
  name: z.string(),
  description: text,
  symbol: text,
  modelType: text,
  modelCode: text,
  maxInputLength: text,
  maxOutputLength: text,
  gmtCreate: text,
  gmtModified: text,
});
const offer = z.object({ identifier: text, type: text, inOut: text, inputToken: text, outputToken: text });
const version = z.object({
  VersionName: z.string(),
  VersionDescription: text,
  Uri: text,
  ApprovalStatus: text,
  FormatType: text,
  FrameworkType: text,
  GmtCreateTime: text,
});
const enveloped = (data: z.ZodType) => z.object({ success: z.boolean(), requestId: z.string(), data });
const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  DescribeModelServices: z.object({ TotalRecordCount: z.number(), Items: z.array(service) }),
  DescribeCostRules: z.object({
    TotalRecordCount: z.number(),
    Items: z.array(z.object({ ModelServiceId: z.string(), Model: z.string() })),
  }),
  ModelRouterQueryModelList: enveloped(z.object({ list: z.array(model) })),
  ModelRouterQueryModel: enveloped(model),
  ModelRouterQueryNacosProviders: enveloped(
    z.array(z.object({ name: z.string(), symbol: z.string(), models: z.array(offer) })),
  ),
  ListModels: z.object({
    Models: z.array(z.object({ ModelId: z.string(), ModelName: z.string(), Domain: text, Task: text })),
  }),
  ListModelVersions: z.object({ Versions: z.array(version) }),
};
const VERSIONS: Readonly<Record<string, string>> = {
  DescribeModelServices: '2017-08-01',
  DescribeCostRules: '2017-08-01',
  ListModels: '2021-02-04',
  ListModelVersions: '2021-02-04',
};

const requests = new Histogram({
  name: 'graphql_request_duration_seconds',
  help: 'From the request to its answer.',
  labelNames: ['status'],
});
const calls = new Histogram({
  name: 'upstream_call_duration_seconds',
  help: 'From a call to its answer.',
  labelNames: ['action', 'status'],
});
const faults = new Counter({
  name: 'upstream_faults_total',
  help: 'Calls that failed.',
  labelNames: ['action'],
});

const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
const NO_BODY = sha256('');
const encode = (value: string) =>
  encodeURIComponent(value).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const { host } = new URL(origin);

function signed(method: string, path: string, action: string): Record<string, string> {
  const [place = '', search = ''] = path.split('?');
  const query = [...new URLSearchParams(search)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  const headers: Record<string, string> = {
    host,
    'x-acs-action': action,
    'x-acs-content-sha256': NO_BODY,
    'x-acs-date': new Date().toISOString().replace(/\.\d+/, ''),
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-version': VERSIONS[action] ?? '20240611',
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = `${method}\n${place}\n${query}\n${lines}\n${names.join(';')}\n${NO_BODY}`;
  const signature = createHmac('sha256', KEY.secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  return {
    ...headers,
    accept: 'application/json',
    'user-agent': 'mercurius-guarded',
    authorization: `ACS3-HMAC-SHA256 Credential=${KEY.id},SignedHeaders=${names.join(';')},Signature=${signature}`,
  };
}

const dispatcher = new Agent().compose(
  interceptors.retry({ maxRetries: 2, methods: ['GET', 'POST'], statusCodes: [429, 502, 503, 504] }),
);

const readUntil =
  (signal: AbortSignal): Read =>
  async <Answer>(method: 'GET' | 'POST', path: string, action: string) => {
    const end = calls.startTimer({ action });
    try {
      const { body, statusCode } = await request(`${origin}${path}`, {
        method,
        dispatcher,
        signal,
        headers: signed(method, path, action),
      });
      const answer = ANSWERS[action]?.parse(await body.json());
      end({ status: statusCode });
      if (statusCode >= 400) throw new Error(`${action} answered ${statusCode}`);
      return answer as Answer;
    } catch (error) {
      faults.inc({ action });
      throw error;
    }
  };

const instant = (name: string) => (row: Readonly<Record<string, unknown>>) => {
  const value = row[name];
  return typeof value === 'string' ? new Date(value).toISOString().replace('.000', '') : null;
};

const app = Fastify({
  // Written together, as ModelGraph does: a system call a line would cost it a tenth.
  loggerInstance: pino(pino.destination({ dest: 1, sync: true, minLength: 4_096 })),
  logController: new LogController({ disableRequestLogging: true }),
  genReqId: () => randomUUID(),
});
app.addHook('onResponse', (asked, reply, done) => {
  requests.observe({ status: reply.statusCode }, reply.elapsedTime / 1_000);
  const { operationName } = (asked.body ?? {}) as { readonly operationName?: string };
  asked.log.info({ operationName, status: reply.statusCode, durationMs: reply.elapsedTime }, 'request');
  done();
});
app.register(
  mercurius as never,
  {
    schema: typeDefs,
    resolvers: {
      ...resolvers,
      ModelService: { ...resolvers.ModelService, createdAt: instant('GmtCreated') },
      Model: { ...resolvers.Model, createdAt: instant('gmtCreate'), updatedAt: instant('gmtModified') },
      Version: { ...resolvers.Version, createdAt: instant('GmtCreateTime') },
    },
    jit: 1,
    queryDepth: 12,
    context: () => {
      const upstream = upstreamOf(readUntil(AbortSignal.timeout(DEADLINE_MS)));
      return { upstream, join: openJoin(upstream) };
    },
  } as never,
);
await app.listen({ port: Number(port), host: '127.0.0.1' });
