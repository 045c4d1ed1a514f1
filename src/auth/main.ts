import { parseArgs } from 'node:util';
import { keysFileVariable } from '../config.ts';
import { type Instant, parseRfc3339 } from '../domain/instant.ts';
import { addKey, type NewKey } from './add-key.ts';
import { KeyFileError, keyName } from './key-file.ts';
import { parseScopes, SCOPES } from './scopes.ts';

const DAY_MS = 86_400_000;

const HELP = `Makes an API key for callers of the gateway (AUTH_MODE=api-key).

Usage: npm run key -- --name <name> --scopes <scopes> [--file <path>] [--expires <when>]
       or, built: node dist/auth/main.js with the same

  --name     whose key it is; shown in logs, unique in the file
  --scopes   what it may do, separated by commas: ${SCOPES.join(', ')};
             *:read and *:write stand for every source; a write implies no read
  --file     the file of keys (the variable AUTH_KEYS_FILE); made where there is none
  --expires  a date (2030-12-31), a time with a zone (2030-12-31T12:00:00Z) or a number of days (90d)

The key is printed once, alone on standard output, and kept nowhere: the file holds its SHA-256. A running gateway
sees the change within a second. To revoke a key, take its entry out of the file.
`;

/** What the command was told cannot be used. */
class UsageError extends Error {}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      name: { type: 'string' },
      scopes: { type: 'string' },
      file: { type: 'string' },
      expires: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const path = values.file ?? keysFileVariable();
  if (path === undefined || path === '') {
    throw new UsageError('Name the file of keys by --file or by the variable AUTH_KEYS_FILE.');
  }
  const now = new Date();
  const key: NewKey = {
    name: toName(values.name),
    scopes: toScopes(values.scopes),
    expiresAt: toExpiry(values.expires, now),
  };
  const made = await addKey(path, key, now);
  process.stderr.write(
    `The key "${key.name}" is in ${path}. This is the only time it is shown; callers send it as "Authorization: Bearer …":\n`,
  );
  process.stdout.write(`${made}\n`);
}

function toName(name: string | undefined): string {
  const result = keyName.safeParse(name);
  if (result.success) return result.data;
  throw new UsageError(
    name === undefined
      ? 'Say whose key it is: --name <name>.'
      : '--name must be 1 to 64 letters, digits, _ . @ or -.',
  );
}

function toScopes(text = ''): readonly string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const choice = `choose from ${SCOPES.join(', ')}, *:read and *:write`;
  if (names.length === 0) throw new UsageError(`Say what it may do: --scopes <scopes>; ${choice}.`);
  const { unknown } = parseScopes(names);
  if (unknown.length > 0) throw new UsageError(`No such scope: ${unknown.join(', ')}; ${choice}.`);
  return [...new Set(names)];
}

function toExpiry(text: string | undefined, now: Date): Date | undefined {
  if (text === undefined) return undefined;
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  const time = days === undefined ? dateOrTime(text) : now.getTime() + Number(days) * DAY_MS;
  if (time === undefined) {
    throw new UsageError(
      '--expires must be a date (2030-12-31), a time with a zone, or a number of days (90d).',
    );
  }
  if (time <= now.getTime()) throw new UsageError('--expires lies in the past.');
  return new Date(time);
}

/** A date is its midnight in UTC; a time may leave out its seconds. */
function dateOrTime(text: string): Instant | undefined {
  const [, date = '', minute = 'T00:00', second = ':00', zone = 'Z'] =
    /^([\d-]{10})(?:(T\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  return parseRfc3339(`${date}${minute}${second}${zone}`);
}

function explain(error: unknown): string {
  if (error instanceof KeyFileError) {
    return `The file of keys cannot be used:\n${error.faults.map((fault) => `  - ${fault}`).join('\n')}\n`;
  }
  const { message } = error instanceof Error ? error : new Error(String(error));
  return `${message}\nTry --help.\n`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(explain(error));
  process.exitCode = 1;
}
