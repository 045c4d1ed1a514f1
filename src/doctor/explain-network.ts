import type { GatewayError } from '../errors.ts';
import { type Asked, type Explanation, saying } from './explanation.ts';

interface Rule {
  readonly codes: readonly string[];
  readonly finding: (asked: Asked) => string;
  readonly hint: (asked: Asked) => string;
}

const otherAddress = ({ variable, isOverridden, region }: Asked) =>
  isOverridden
    ? `Look for a typing error in ${variable}.`
    : `This product may not be served in ${region}: set another ALIBABA_CLOUD_REGION_ID, or ${variable}.`;

const nameServer = (asked: Asked) =>
  `Where other names have none either, this machine's name server is at fault. ${otherAddress(asked)}`;

const letThrough = ({ host, variable }: Asked) =>
  `A firewall, a security group or a missing route keeps this machine from ${host}. Where there is no way out of a VPC, set ${variable} to the VPC address of the product; HTTPS_PROXY is not used.`;

/** Failures of the network by the code that Node gives them. */
const RULES: readonly Rule[] = [
  {
    codes: ['ENOTFOUND'],
    finding: ({ host }) => `the name ${host} has no address`,
    hint: nameServer,
  },
  {
    codes: ['EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA'],
    finding: ({ host }) => `the name ${host} could not be looked up`,
    hint: () => "This machine's name server does not answer: see /etc/resolv.conf, or the cluster's DNS.",
  },
  {
    codes: ['ECONNREFUSED'],
    finding: ({ host }) => `${host} refuses connections`,
    hint: (asked) => `Nothing listens there. ${otherAddress(asked)}`,
  },
  {
    codes: ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'],
    finding: ({ host }) => `there is no way to ${host}`,
    hint: letThrough,
  },
  {
    codes: ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'],
    finding: ({ host, attemptMs }) => `no connection to ${host} within ${attemptMs} ms`,
    hint: letThrough,
  },
  {
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    finding: ({ host }) => `the certificate of ${host} is not valid at this time`,
    hint: () => "Look at this machine's clock first; if it is right, at who answers in the backend's place.",
  },
  {
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
    finding: ({ host }) => `the certificate is for another name than ${host}`,
    hint: (asked) => `Someone else answers there, or the name is wrong. ${otherAddress(asked)}`,
  },
  {
    codes: [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'CERT_UNTRUSTED',
    ],
    finding: ({ host }) => `the certificate of ${host} was issued by nobody this machine trusts`,
    hint: () =>
      'A proxy that opens TLS is likely: give its authority to Node with NODE_EXTRA_CA_CERTS, or go past it.',
  },
  {
    codes: ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'],
    finding: ({ host }) => `${host} does not speak TLS`,
    hint: ({ variable }) => `Look at scheme and port of ${variable}: something else listens there.`,
  },
];

/** Why no answer came. */
export function explainNetwork(error: GatewayError, asked: Asked): Explanation {
  const code = networkCode(error);
  const rule = RULES.find(({ codes }) => code !== undefined && codes.includes(code));
  if (rule !== undefined) {
    return { mark: 'fail', finding: `${rule.finding(asked)} (${code})`, hint: rule.hint(asked) };
  }
  const behind = code === undefined ? saying(error) : ` (${code})`;
  switch (error.kind) {
    case 'TIMEOUT':
      return {
        mark: 'fail',
        finding: `gave no answer${error.httpStatus === undefined ? ` within ${asked.attemptMs} ms` : ''}${behind}`,
        hint: `The vendor's status page may tell more. Where ${asked.host} is merely slow, raise UPSTREAM_TIMEOUT_MS and UPSTREAM_ATTEMPT_TIMEOUT_MS.`,
      };
    case 'TLS_FAILURE':
      return {
        mark: 'fail',
        finding: `no secure connection to ${asked.host} could be made${behind}`,
        hint: 'Look for a proxy that opens TLS, and at the clock of this machine.',
      };
    default:
      return error.httpStatus === undefined
        ? {
            mark: 'fail',
            finding: `the connection to ${asked.host} broke${behind}`,
            hint: `A firewall or a proxy may cut it, or the backend itself. ${letThrough(asked)}`,
          }
        : {
            mark: 'fail',
            finding: `says that it is not available${behind}`,
            hint: "The vendor's status page may tell more. The gateway asks again by itself.",
          };
  }
}

/** Node's code of a network failure, e.g. `ECONNREFUSED`. */
export function networkCode(error: GatewayError): string | undefined {
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
}
