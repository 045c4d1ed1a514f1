import type { HttpAnswer } from './http.ts';
import type { UpstreamRequest } from './request.ts';

/** Values of fewer characters open nothing, and would be found in ordinary words. */
const SHORTEST_PART = 4;

/**
 * What no message about an answer may repeat: the secrets of its request, those in the URLs that the request sends, and
 * the key that signed it.
 */
export function exchangeSecrets(request: UpstreamRequest, { signedWith }: HttpAnswer): readonly string[] {
  const urls = textsOf(request).flatMap(urlsIn);
  return [...(request.secrets ?? []), ...urls.flatMap(urlSecrets), ...(signedWith?.revealAll() ?? [])];
}

/** Every text that a request sends as a value. */
function textsOf({ query, body }: UpstreamRequest): readonly string[] {
  return [...query.map(([, value]) => value), ...(body === undefined ? [] : textsIn(JSON.parse(body)))];
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A text that begins as a URL is one as a whole; in any other one they end where nobody would write on. */
function urlsIn(text: string): readonly string[] {
  return /^\s*[a-z][a-z0-9+.-]*:\/\//i.test(text)
    ? [text.trim()]
    : (text.match(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>\\]*[^\s"'<>\\.,;:!?)\]}]/gi) ?? []);
}

/** The user information of a URL, and the values of its query and of what follows that. */
function urlSecrets(url: string): readonly string[] {
  const [, authority = '', rest = ''] = /:\/\/([^/?#\\]*)[^?#]*(.*)/s.exec(url) ?? [];
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf('@')));
  const pairs = rest.split(/[?#&]/);
  const wholes = [user, ...pairs.filter((pair) => pair.includes('='))];
  const names = /^([^:]*):?(.*)$/s.exec(user)?.slice(1) ?? [];
  const parts = [...names, ...pairs.map((pair) => pair.slice(pair.indexOf('=') + 1))];
  return [...wholes, ...parts.filter((part) => part.length >= SHORTEST_PART)]
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, decoded(secret)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
