import { writeFileSync } from 'node:fs';
import { backends } from './backends/index.ts';
import { VENDOR_CODES } from './backends/vendor-codes.ts';
import { classifyRefusal, rulesWith } from './backends/vendor-errors.ts';
import { ERROR_CODES, ERROR_KINDS, type ErrorCode, type ErrorKind, type REQUEST_CODES } from './errors.ts';
import { CODE_MEANINGS } from './schema/error-types.ts';

/** What a client, or the gateway's operator, does about each code. */
const WHAT_TO_DO: Readonly<Record<ErrorCode, string>> = {
  BAD_USER_INPUT:
    'Change the request. The message names the argument or field; `fieldErrors` of a mutation names every one. Sent again as it is, it fails again.',
  UNAUTHENTICATED:
    "With HTTP 401 and no source: send a key or token that is accepted. Else the operator's: set a valid access key, or mend the role or profile that it comes from; where the date was refused, set the machine's clock.",
  FORBIDDEN:
    "Where the caller lacks the scope: ask the operator for a key that has it. Else the operator's: grant the cloud account the permission that the message or `upstreamMessage` names, or settle the account's balance; `npm run doctor` tells which is missing.",
  NOT_FOUND: 'Check the id; what it named may have been deleted. In a lookup the field is null instead.',
  CONFLICT:
    'Read the state again and decide: choose another name, end what uses it, or have the quota raised; give another input an `idempotencyKey` of its own. Sent again as it is, it fails again.',
  RATE_LIMITED:
    'Wait for `retryAfterMs`, then send it again; where it lasts, ask for less at once. Of a backend the gateway asks less by itself; with HTTP 429 it is the caller who has asked too much of the gateway.',
  UPSTREAM_TIMEOUT:
    'A read may be sent again. Of a mutation with `outcomeUnknown`, look first whether it was done. Where it lasts, see the latency of the backend in the metrics, and `UPSTREAM_TIMEOUT_MS`.',
  UPSTREAM_UNAVAILABLE:
    'Wait for `retryAfterMs`, where it is given, and send it again. Where it lasts, check the network, the region and the endpoint, and the state of the breaker in `sources` or the metrics.',
  UPSTREAM_ERROR:
    "A read may be sent again once. Of a mutation with `outcomeUnknown`, look first whether it was done. Where it lasts, give `requestId` to the vendor's support.",
};

/** What happened, for each kind. */
const WHAT_HAPPENED: Readonly<Record<ErrorKind, string>> = {
  INVALID_INPUT: 'The input was refused, here or by a backend',
  UNAUTHENTICATED:
    "A backend refused the gateway's cloud credentials, or the gateway the caller's key or token",
  CLOCK_SKEW: "A backend refused the date of a request: the machine's clock is wrong",
  NONCE_USED: 'A backend had seen the nonce of a request before',
  FORBIDDEN: "The gateway's cloud account, or the caller, may not do it",
  NOT_FOUND: 'It does not exist',
  CONFLICT: 'The state of the backend does not allow it',
  RATE_LIMITED: 'A backend complained of too many requests, or the gateway of the caller',
  HELD_BACK: 'Too many calls wait for the backend already: nothing was sent',
  REQUEST_TIMEOUT: 'The time for the whole request was over',
  TIMEOUT: 'A backend did not answer in time',
  UNAVAILABLE: 'No connection, a broken one, or a backend that says it is down',
  BREAKER_OPEN: 'The backend failed too often of late and is left alone for a moment: nothing was sent',
  TLS_FAILURE: 'No secure connection, a certificate that does not fit for example',
  UNREADABLE: 'An answer that was cut, endless, too large, not JSON, or without what it must hold',
  BACKEND_FAULT: 'A backend failed by its own account',
  UNEXPECTED_REFUSAL: 'A refusal that no rule knows, or that says the gateway calls the backend wrongly',
  TOO_MANY_CALLS:
    'The operation may take more upstream calls than one may, or a field took more than it had planned',
  OUTCOME_UNKNOWN:
    'An earlier create of the same `idempotencyKey` may or may not have been carried out: only reads were sent',
};

const INTRODUCTION = `# Errors

Whatever a backend answers, clients see one of the codes below: in \`errors[].extensions.code\`, in \`code\` of a
\`GatewayError\` in the result of a mutation, in \`sources\` of the catalogue, in the log and in the metrics. Beside it
stand, where they are known, \`source\` (the backend), \`upstreamCode\` and \`upstreamMessage\` (its own words, without
secrets), \`requestId\` (its own), \`httpStatus\`, \`retryable\` and \`retryAfterMs\`.

This page is generated from the tables of the code by \`npm run errors\`; a test fails when it is out of date.
`;

const OF_REQUESTS: Readonly<Record<(typeof REQUEST_CODES)[number], string>> = {
  INTERNAL_SERVER_ERROR: `A bug of the gateway. The message says no more than that.

**What to do.** Report it with the request's id, which is in the answer's header \`x-request-id\` and in the log; the
log's line \`bug\` has the stack.
`,
  PERSISTED_QUERY_NOT_FOUND: `The id is that of no trusted document.

**What to do.** Send the whole document, where the gateway takes others than trusted ones; clients' libraries do so by
themselves. Else add it to the manifest that \`TRUSTED_DOCUMENTS_FILE\` names.
`,
};

const REFUSALS = `## How a refusal is judged

The first line that fits decides. \`*\` stands for any text; letter case and underscores do not count. Model Router's
\`success: false\` is a refusal whatever its status, and its \`httpStatusCode\` counts where it is the worse one.
`;

/** Codes that mean not found to one backend only, and that backend. */
const OWNERS = new Map(
  backends.flatMap(({ title, notFoundCodes = [] }) => notFoundCodes.map((code) => [code, title] as const)),
);

const RULES = rulesWith([...OWNERS.keys()]);

/** The catalogue of error codes, as docs/errors.md holds it. */
export function errorCatalogue(): string {
  const ofRequests = Object.entries(OF_REQUESTS).map(([code, text]) => `## ${code}\n\n${text}`);
  return [INTRODUCTION, ...ERROR_CODES.map(section), ...ofRequests, REFUSALS, rulesTable()].join('\n');
}

function section(code: ErrorCode): string {
  const kinds = (Object.keys(ERROR_KINDS) as ErrorKind[]).filter((kind) => ERROR_KINDS[kind].code === code);
  const happened = kinds.map((kind) => [
    WHAT_HAPPENED[kind],
    repeated(kind),
    ERROR_KINDS[kind].tripsBreaker ? 'yes' : 'no',
  ]);
  return [
    `## ${code}`,
    '',
    CODE_MEANINGS[code],
    '',
    `**What to do.** ${WHAT_TO_DO[code]}`,
    '',
    table(['what happened', 'is sent again', 'counts against the backend'], happened),
    '',
    '**What a backend says.** The order in which it is judged is at the end.',
    '',
    ...whatLeadsTo(code),
    '',
  ].join('\n');
}

function repeated(kind: ErrorKind): string {
  if (kind === 'CLOCK_SKEW') return 'once, with the date corrected';
  const { retries } = ERROR_KINDS[kind];
  return retries === 0 ? 'no' : `a read, ${retries === 1 ? 'once' : 'twice'}`;
}

/** Patterns, statuses and documented codes. */
function whatLeadsTo(code: ErrorCode): readonly string[] {
  const rules = RULES.filter(({ kind }) => ERROR_KINDS[kind].code === code);
  const patterns = rules.flatMap(({ codes = [] }) => codes).map(patternText);
  const statuses = rules.flatMap((rule) => rule.statuses ?? []).map(statusText);
  const documented = VENDOR_CODES.filter(
    (one) => ERROR_KINDS[classifyRefusal(one.code, one.statuses[0] ?? 400)].code === code,
  )
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map((one) => `\`${one.code}\` (${one.statuses.join(' or ')})`);
  const parts = [
    { what: 'Codes', items: patterns },
    { what: 'HTTP statuses', items: statuses },
    { what: 'Documented codes, with their HTTP statuses', items: documented },
  ];
  return parts.flatMap(({ what, items }) => (items.length === 0 ? [] : [`- ${what}: ${items.join(', ')}`]));
}

function rulesTable(): string {
  const rows = RULES.map(({ codes = [], statuses = [], kind }) => [
    codes.map(patternText).join(', '),
    statuses.map(statusText).join(', '),
    ERROR_KINDS[kind].code,
  ]);
  const others = ['anything else', '', ERROR_KINDS.UNEXPECTED_REFUSAL.code];
  return `${table(['vendor code', 'or HTTP status', 'becomes'], [...rows, others])}\n`;
}

function statusText(status: number | '5xx'): string {
  return status === '5xx' ? 'any other from 500 on' : `${status}`;
}

function patternText(pattern: string): string {
  const owner = OWNERS.get(pattern);
  return owner === undefined ? `\`${pattern}\`` : `\`${pattern}\` (${owner} only)`;
}

/** As the formatter writes tables, with columns of one width. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

if (process.argv[1] === import.meta.filename) writeFileSync('docs/errors.md', errorCatalogue());
