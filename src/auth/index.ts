import { createKeyAuthenticator } from './api-key.ts';
import type { Authenticate } from './authenticate.ts';
import type { AuthSettings } from './settings.ts';
import { type KeyFileDependencies, openKeyFile } from './watched-keys.ts';

/**
 * Opens what tells callers apart; undefined where nobody is asked who they are.
 *
 * @throws KeyFileError where the file of keys cannot be used
 */
export async function openAuthenticator(
  settings: AuthSettings,
  dependencies: KeyFileDependencies,
): Promise<Authenticate | undefined> {
  switch (settings.mode) {
    case 'none':
      return undefined;
    case 'api-key':
      return createKeyAuthenticator(await openKeyFile(settings.keysFile, dependencies), dependencies.now);
    case 'jwt': {
      // Only here: a gateway without tokens does not load it.
      const { createJwtAuthenticator } = await import('./jwt.ts');
      return createJwtAuthenticator(settings, dependencies.now);
    }
  }
}
