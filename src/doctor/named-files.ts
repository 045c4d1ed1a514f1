import { KeyFileError } from '../auth/key-file.ts';
import { readKeys } from '../auth/watched-keys.ts';
import { type Config, ConfigError } from '../config.ts';
import { trustedDocumentsOf } from '../named-files.ts';
import type { Check } from './check.ts';

const ABOUT = { subject: 'configuration', title: 'configuration' } as const;

/** What is wrong with the files that the configuration names; nothing where all is well. */
export async function checkNamedFiles(config: Config, nowMs: number): Promise<readonly Check[]> {
  const { auth } = config;
  const ofKeys = auth.mode === 'api-key' ? await checkKeyFile(auth.keysFile, nowMs) : [];
  return [...checkTrustedDocuments(config), ...ofKeys];
}

function checkTrustedDocuments(config: Config): readonly Check[] {
  try {
    trustedDocumentsOf(config);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((finding) => ({
      ...ABOUT,
      mark: 'fail',
      finding,
      hint: 'Mend the file, or name another: a gateway does not start without it.',
      facts: { variable: 'TRUSTED_DOCUMENTS_FILE' },
    }));
  }
}

async function checkKeyFile(path: string, nowMs: number): Promise<readonly Check[]> {
  const facts = { variable: 'AUTH_KEYS_FILE' };
  try {
    const expired = (await readKeys(path)).flatMap(({ name, expiresAt }) =>
      expiresAt !== undefined && expiresAt <= nowMs ? [name] : [],
    );
    if (expired.length === 0) return [];
    const finding = `the API keys of ${expired.join(', ')} have expired: whoever calls with one is turned away`;
    const hint = 'Make new ones (npm run key -- --help), and take the old out of the file.';
    return [{ ...ABOUT, mark: 'warn', finding, hint, facts: { ...facts, expired } }];
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    return error.faults.map((fault) => ({
      ...ABOUT,
      mark: 'fail',
      finding: `the file that AUTH_KEYS_FILE names cannot be used: ${fault}`,
      hint: 'Mend it, or make one with npm run key -- --help: a gateway does not start without it, and one that runs goes on with the keys it knows.',
      facts,
    }));
  }
}
