import * as z from 'zod';
import type { ApiKey } from './api-key.ts';
import { parseScopes, SCOPES } from './scopes.ts';

/** A file of keys that cannot be used, with every fault. No fault quotes a value: one may be a key by mistake. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** The names a key can have: they go into logs. */
export const keyName = z
  .string('must be a text')
  .regex(/^[\w.@-]{1,64}$/, 'must be 1 to 64 letters, digits, _ . @ or -');

const entry = z.strictObject(
  {
    name: keyName,
    sha256: z
      .string('must be a text')
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits, in lower case'),
    scopes: z
      .array(z.string('must be a text'), 'must be a list of texts')
      .refine(
        (names) => parseScopes(names).unknown.length === 0,
        `must hold only ${SCOPES.join(', ')}, *:read and *:write`,
      ),
    createdAt: z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with a zone' }).optional(),
    expiresAt: z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with a zone' }).optional(),
  },
  'must be an object of name, sha256, scopes, createdAt and expiresAt, and of nothing else',
);

const file = z.strictObject(
  {
    keys: z.array(entry, 'must be a list').superRefine((entries, { addIssue }) => {
      for (const field of ['name', 'sha256'] as const) {
        const values = entries.map((one) => one[field]);
        for (const [index, value] of values.entries()) {
          if (values.indexOf(value) === index) continue;
          addIssue({ code: 'custom', path: [index, field], message: 'is that of another key, too' });
        }
      }
    }),
  },
  'must be an object with a list "keys", and with nothing else',
);

/** One key as the file has it. */
export type KeyEntry = z.output<typeof entry>;

/** Reads the text of a file of keys. @throws KeyFileError */
export function parseKeyFile(text: string): readonly KeyEntry[] {
  const result = file.safeParse(parseJson(text));
  if (result.success) return result.data.keys;
  throw new KeyFileError(
    result.error.issues.map(({ path, message }) => `${path.length === 0 ? 'It' : path.join('.')} ${message}`),
  );
}

/** A key as it is looked up. */
export function toApiKey({ name, sha256, scopes, expiresAt }: KeyEntry): ApiKey {
  return {
    name,
    digest: Buffer.from(sha256, 'hex'),
    scopes: parseScopes(scopes).granted,
    expiresAt: expiresAt === undefined ? undefined : Date.parse(expiresAt),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new KeyFileError(['It is not JSON']);
  }
}
