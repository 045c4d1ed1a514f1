import type { HttpAnswer } from './http.ts';
import type { UpstreamRequest } from './request.ts';

/** What no message about an answer may repeat: the secrets of its request, and the key that signed that. */
export function exchangeSecrets(request: UpstreamRequest, { signedWith }: HttpAnswer): readonly string[] {
  return [...(request.secrets ?? []), ...(signedWith?.revealAll() ?? [])];
}
