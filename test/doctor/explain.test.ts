import { describe, expect, it } from 'vitest';
import { explain } from '../../src/doctor/explain.ts';
import { ERROR_KINDS, type ErrorKind, GatewayError } from '../../src/errors.ts';

const ASKED = {
  title: 'PAI model registry',
  host: 'pai.example',
  variable: 'PAI_ENDPOINT',
  isOverridden: false,
  region: 'cn-hangzhou',
  attemptMs: 5_000,
  operation: 'ListModels',
  permission: undefined,
};

const network = (kind: ErrorKind, code?: unknown) =>
  new GatewayError(kind, 'It broke.', { cause: Object.assign(new Error('secret words'), { code }) });

describe('every kind of failure', () => {
  it.each(Object.keys(ERROR_KINDS) as ErrorKind[])('%s is put into words, with what to do', (kind) => {
    const { mark, finding, hint } = explain(new GatewayError(kind, 'It broke.'), ASKED);
    expect(mark).toBe(ERROR_KINDS[kind].code === 'RATE_LIMITED' ? 'warn' : 'fail');
    expect(finding).toMatch(/^[a-z].{10}/);
    expect(hint).toMatch(/^[A-Z].{15,}[.)]$/s);
  });
});

describe('a failure of the network', () => {
  it.each<[ErrorKind, string, RegExp, RegExp]>([
    ['UNAVAILABLE', 'ENOTFOUND', /pai\.example has no address/, /name server.*not be served in cn-hangzhou/],
    ['UNAVAILABLE', 'EAI_AGAIN', /could not be looked up/, /name server/],
    ['UNAVAILABLE', 'ECONNREFUSED', /pai\.example refuses connections/, /Nothing listens/],
    ['UNAVAILABLE', 'ENETUNREACH', /no way to pai\.example/, /firewall.*PAI_ENDPOINT.*HTTPS_PROXY/],
    ['UNAVAILABLE', 'ECONNRESET', /connection to pai\.example broke/, /proxy/],
    ['UNAVAILABLE', 'UND_ERR_SOCKET', /connection to pai\.example broke/, /proxy/],
    ['TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', /no connection to pai\.example within 5000 ms/, /firewall/],
    ['TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', /gave no answer within 5000 ms/, /UPSTREAM_TIMEOUT_MS/],
    ['TLS_FAILURE', 'CERT_HAS_EXPIRED', /not valid at this time/, /clock/],
    ['TLS_FAILURE', 'ERR_TLS_CERT_ALTNAME_INVALID', /another name than pai\.example/, /name is wrong/],
    ['TLS_FAILURE', 'SELF_SIGNED_CERT_IN_CHAIN', /nobody this machine trusts/, /NODE_EXTRA_CA_CERTS/],
    ['TLS_FAILURE', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', /nobody this machine trusts/, /NODE_EXTRA_CA_CERTS/],
    ['TLS_FAILURE', 'ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/, /scheme and port/],
    ['TLS_FAILURE', 'ERR_SSL_OTHER', /no secure connection/, /proxy/],
  ])('%s of %s', (kind, code, finding, hint) => {
    const said = explain(network(kind, code), ASKED);
    expect(said.finding).toMatch(finding);
    expect(said.finding).toContain(`(${code})`);
    expect(said.hint).toMatch(hint);
  });

  it('blames an address that was set, and not the region', () => {
    const { hint } = explain(network('UNAVAILABLE', 'ECONNREFUSED'), { ...ASKED, isOverridden: true });
    expect(hint).toBe('Nothing listens there. Look for a typing error in PAI_ENDPOINT.');
  });

  it.each([undefined, 7, 'no such code', 'x'.repeat(99)])('does not quote what is no code: %j', (code) => {
    const { finding } = explain(network('UNAVAILABLE', code), ASKED);
    expect(finding).toBe('the connection to pai.example broke');
  });
});
