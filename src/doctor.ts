import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { backends } from './backends/index.ts';
import { endpointVariable } from './config.ts';
import type { Check } from './doctor/check.ts';
import { examine } from './doctor/examine.ts';
import { isHealthy, toLines, toReport, toSummary } from './doctor/report.ts';

const HELP = `Says what is wrong between a gateway and its backends, and what to do about it.

Usage: npm run doctor [-- --json] [-- --url URL]    or, built: node dist/doctor.js [--json] [--url URL]

  --json        one JSON document in place of lines (npm run --silent doctor -- --json)
  --url URL     where a gateway runs; that none does is a fault then. By default at HOST and PORT, if one runs there

It reads the same environment as the gateway (npm start -- --help), and looks at the configuration, Node, the
credentials and the identity they belong to, each backend by a harmless read (${backends.map(({ title }) => title).join(', ')}),
the clock, and, where one runs, the gateway: breakers, last errors, drift since its start.

STS_ENDPOINT    a whole URL in place of the cloud's STS, which tells whose the keys are; without it STS is not
                asked where ${backends.map(({ source }) => endpointVariable(source)).join(', ')} are set

Exit code: 1 where something is broken, else 0; a warning breaks nothing. Keys are never printed.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' }, url: { type: 'string' } },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const gatewayUrl = values.url === undefined ? undefined : readUrl(values.url);
  const checks: Check[] = [];
  for await (const check of examine({ gatewayUrl }, tools())) {
    checks.push(check);
    if (values.json !== true) process.stdout.write(toLines(check, process.stdout));
  }
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify(toReport(checks, Date.now()), null, 2)}\n`
      : `\n${toSummary(checks)}`,
  );
  return isHealthy(checks) ? 0 : 1;
}

function tools() {
  return {
    now: Date.now,
    nonce: randomUUID,
    monotonicMs: () => performance.now(),
    random: Math.random,
  };
}

/** An argument that cannot be used. Its message quotes no value. */
class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(text)) {
    throw new ArgumentError('--url must be a whole URL beginning with http:// or https://');
  }
  if (`${url.username}${url.password}${url.search}${url.hash}` !== '') {
    throw new ArgumentError('--url must not carry user information, a query or a fragment');
  }
  return url;
}

function explain(error: unknown): string {
  if (error instanceof ArgumentError) return `${error.message}\nTry --help.\n`;
  const { code, message, name }: NodeJS.ErrnoException =
    error instanceof Error ? error : new Error('no error');
  if (code?.startsWith('ERR_PARSE_ARGS') === true) return `${message}\nTry --help.\n`;
  return `The doctor itself failed (${name}): tell whoever maintains it.\n`;
}

let exitCode = 1;
// Whoever reads the lines may have seen enough: `npm run doctor | head`.
process.stdout.on('error', () => process.exit(exitCode));
try {
  exitCode = await main();
} catch (error) {
  process.stderr.write(explain(error));
}
// Not left to itself: what still looks for credentials may hold the process for long.
process.stdout.write('', () => process.exit(exitCode));
