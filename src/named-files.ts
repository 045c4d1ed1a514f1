import { readFileSync } from 'node:fs';
import { type Config, ConfigError } from './config.ts';
import { readManifest } from './http/trusted-documents.ts';

/** The documents that a gateway trusts, where the configuration names a file of them. @throws ConfigError */
export function trustedDocumentsOf({ trustedDocuments: mode, trustedDocumentsFile: file }: Config) {
  if (mode === 'off' || file === undefined) return {};
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError(['TRUSTED_DOCUMENTS_FILE names a file that cannot be read']);
  }
  const byId = readManifest(text);
  if ('fault' in byId) throw new ConfigError([`TRUSTED_DOCUMENTS_FILE ${byId.fault}`]);
  return { trustedDocuments: { mode, byId } };
}
