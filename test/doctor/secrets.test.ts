import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import type { Check } from '../../src/doctor/check.ts';
import { toLines, toReport, toSummary } from '../../src/doctor/report.ts';
import { readWireFacts } from '../sandbox/support/wire-facts.ts';
import { closedUrl, diagnose, type Env, everywhere, listen } from './support/doctor.ts';

/** Every part but its ends is a word that nothing else says, and that survives any encoding. */
const ID = 'LTAIPl4ntedPl4ntedWq8z';
const SECRET = 'Pl4nted+/=& %"Secret"Pl4nted';
const TOKEN = 'CAIS-Pl4nted/Token+Pl4nted==';
const PLANTED: Env = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: ID,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: SECRET,
  ALIBABA_CLOUD_SECURITY_TOKEN: TOKEN,
};

/** Signatures that were seen on the way. */
const signatures = new Set<string>();
let outputs = 0;

/** All that the doctor would print, both ways. */
function printed(checks: readonly Check[]): string {
  const text = checks.map((check) => toLines(check, process.stdout)).join('');
  return `${text}${toSummary(checks)}${JSON.stringify(toReport(checks, Date.now()))}`;
}

async function expectNothing(env: Env, gatewayUrl?: string): Promise<readonly Check[]> {
  const checks = await diagnose({ ...PLANTED, ...env }, gatewayUrl === undefined ? {} : { gatewayUrl });
  const output = printed(checks);
  outputs += 1;
  expect(output).not.toMatch(/l4nted/i);
  for (const signature of signatures) expect(output).not.toContain(signature);
  return checks;
}

/** The whole request as text, with the secrets that a backend knows beside it. */
function echo(message: IncomingMessage): string {
  const { method, url, rawHeaders } = message;
  const signature = /Signature=(\w+)/.exec(message.headers.authorization ?? '')?.[1];
  if (signature !== undefined) signatures.add(signature);
  const encoded = [ID, SECRET, TOKEN].map(encodeURIComponent);
  return `${method} ${url} ${rawHeaders.join(' ')} key ${ID}, ${SECRET}, ${TOKEN} ${encoded.join(' ')} ${JSON.stringify(SECRET)}`;
}

interface Sample {
  readonly id: string;
  readonly http: { readonly status: number; readonly body?: Readonly<Record<string, unknown>> } | null;
}

const { samples } = readWireFacts<{ readonly samples: readonly Sample[] }>('error-samples.json');
const CODES = samples.flatMap(({ id, http }) => {
  const code = http?.body?.['Code'] ?? http?.body?.['code'] ?? http?.body?.['errCode'];
  return http === null ? [] : [[id, http.status, typeof code === 'string' ? code : undefined] as const];
});

describe('no key, secret or token is printed', () => {
  afterAll(() => {
    expect(outputs).toBeGreaterThan(60);
    expect(signatures.size).toBeGreaterThan(100);
  });

  const echoing = (status: number, code: string | undefined, field: (text: string) => string) =>
    listen((message, response) => {
      const text = echo(message);
      const said = code ?? field(SECRET);
      response.writeHead(status, { 'x-acs-request-id': field(TOKEN) }).end(
        JSON.stringify({
          ...{ Code: said, errCode: said, Message: text, errMessage: text, success: false },
          ...{ RequestId: field(ID), requestId: field(ID), Recommend: text, HostId: text },
          AccessDeniedDetail: {
            AuthAction: `polardb:${field(ID)}`,
            AuthPrincipalDisplayName: text,
            EncodedDiagnosticMessage: text,
          },
        }),
      );
    });

  it.each(CODES)('where a backend and STS repeat the whole request: %s', async (_id, status, code) => {
    await using server = await echoing(status, code, (text) => text);
    const checks = await expectNothing({ ...everywhere(server.url), STS_ENDPOINT: server.url });
    expect(checks.filter(({ subject }) => subject === 'backend')).toHaveLength(3);
  });

  it.each([200, 400, 401, 403, 500])(
    'where secrets stand in for codes, request ids and permissions, with status %i',
    async (status) => {
      const asToken = (text: string) => text.replaceAll(/[^\w-]/g, '-');
      await using server = await listen((message, response) => {
        echo(message);
        const body = JSON.stringify({
          Code: ID,
          RequestId: ID,
          AccessDeniedDetail: { AuthAction: `a1:${ID}` },
        });
        response.writeHead(status, { 'x-acs-request-id': asToken(ID) }).end(body);
      });
      await expectNothing({ ...everywhere(server.url), STS_ENDPOINT: server.url });
    },
  );

  it('where STS answers with them', async () => {
    await using server = await listen((message, response) => {
      echo(message);
      response.end(
        JSON.stringify({
          AccountId: '1234567890123456',
          Arn: `acs:ram::1234567890123456:user/${ID}`,
          IdentityType: 'RAMUser',
          Credentials: { AccessKeyId: ID, AccessKeySecret: SECRET, SecurityToken: TOKEN },
          SecurityToken: TOKEN,
        }),
      );
    });
    const checks = await expectNothing({ ...everywhere(server.url), STS_ENDPOINT: server.url });
    expect(checks.find(({ subject }) => subject === 'identity')).toMatchObject({
      mark: 'ok',
      finding: 'RAM user acs:ram::1234567890123456:user/[redacted], account 1234567890123456',
    });
  });

  const broken: readonly (readonly [string, (message: IncomingMessage, response: ServerResponse) => void])[] =
    [
      ['hangs', () => undefined],
      [
        'cuts',
        (message, response) =>
          void response
            .writeHead(200, { 'content-length': 1e6 })
            .write(echo(message), () => response.destroy()),
      ],
      ['resets', (_message, response) => response.destroy()],
      ['sends a page', (message, response) => response.end(`<html>${echo(message)}`)],
      [
        'sends XML',
        (message, response) =>
          response
            .writeHead(403)
            .end(`<?xml version="1.0"?><Error><Code>${ID}</Code><Message>${echo(message)}</Message></Error>`),
      ],
      [
        'redirects',
        (message, response) =>
          response
            .writeHead(302, { location: `https://x.example/?${encodeURIComponent(echo(message))}` })
            .end(),
      ],
      ['drips', (_message, response) => void response.write(SECRET)],
    ];
  it.each(broken)('where a backend %s', async (_how, listener) => {
    await using server = await listen(listener);
    await expectNothing({
      ...everywhere(server.url),
      STS_ENDPOINT: server.url,
      UPSTREAM_TIMEOUT_MS: '300',
    });
  });

  it('where what answers is no HTTP', async () => {
    const server = createServer((socket) => void socket.end(`${SECRET}\r\n\r\n`)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expectNothing({ ...everywhere(url), STS_ENDPOINT: url }, url);
    server.close();
  });

  it.each(['http', 'https'])('where %s is refused', async (scheme) => {
    const url = (await closedUrl()).replace('http', scheme);
    await expectNothing({ ...everywhere(url), STS_ENDPOINT: url }, url);
  });

  it.each([
    ...['HOST', 'PORT', 'UPSTREAM', 'ALIBABA_CLOUD_REGION_ID', 'SANDBOX_PORT', 'LOG_LEVEL', 'STS_ENDPOINT'],
    ...['MODEL_ROUTER_ENDPOINT', 'REQUEST_TIMEOUT_MS', 'ALLOW_UNAUTHENTICATED', 'AUTH_MODE', 'AUTH_JWKS_URL'],
    ...['AUTH_JWT_SECRET', 'TRUSTED_DOCUMENTS', 'CORS_ORIGINS'],
  ])('where %s holds a secret by mistake', async (name) => {
    const checks = await expectNothing({ [name]: SECRET });
    expect(checks[0]).toMatchObject({ subject: 'configuration', mark: 'fail' });
  });

  it('where an address carries them', async () => {
    for (const url of [`https://${ID}:x@h.example`, `https://h.example/?token=${TOKEN}`]) {
      expect((await expectNothing({ PAI_ENDPOINT: url }))[0]).toMatchObject({ mark: 'fail' });
    }
  });

  it.each([' ', '\n', '"'])('where the keys have %j around them', async (edge) => {
    const env = Object.fromEntries(
      Object.entries(PLANTED).map(([name, text]) => [name, `${edge}${text}${edge}`]),
    );
    await using server = await echoing(403, 'NoPermission', (text) => text);
    await expectNothing({ ...env, ...everywhere(server.url), STS_ENDPOINT: server.url });
  });

  it('where they are not used', async () => {
    const checks = await expectNothing({ UPSTREAM: 'sandbox' });
    expect(checks[1]).toMatchObject({ subject: 'configuration', mark: 'warn' });
  });

  it('where what answers in place of a gateway knows them', async () => {
    const bodies = [
      { ready: true, backends: [{ source: SECRET }] },
      {
        ready: true,
        backends: [],
        drift: { distinct: 1, top: [{ source: 'PAI', operation: 'x', field: ID, kind: 'odd', count: 1 }] },
      },
      {
        ready: true,
        backends: [],
        drift: { distinct: 1, top: [{ source: 'PAI', operation: TOKEN, field: 'x', kind: 'odd', count: 1 }] },
      },
      { ready: SECRET, backends: [] },
    ];
    for (const body of bodies) {
      await using server = await listen((_message, response) => response.end(JSON.stringify(body)));
      await expectNothing({ UPSTREAM: 'sandbox' }, server.url);
    }
  });
});
