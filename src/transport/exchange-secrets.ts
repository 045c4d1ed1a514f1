import type { HttpAnswer } from './http.ts';
import type { UpstreamRequest } from './request.ts';

/** Values of fewer characters open nothing, and would be found in ordinary words. */
const SHORTEST_PART = 4;
/** Far more than an honest request has: to look for any number of them would take any time. */
const MOST_OF_URLS = 100;

/**
 * What no message about an answer may repeat: the secrets of its request, those in the URLs that the request sends, and
 * the key that signed it.
 */
export function exchangeSecrets(request: UpstreamRequest, { signedWith }: HttpAnswer): readonly string[] {
  const ofUrls = new Set(textsOf(request).flatMap(urlsIn).flatMap(urlSecrets));
  return [
    ...(request.secrets ?? []),
    ...[...ofUrls].slice(0, MOST_OF_URLS),
    ...(signedWith?.revealAll() ?? []),
  ];
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
  if (/^\s*[a-z][a-z0-9+.-]{0,31}:\/\//i.test(text)) return [text.trim()];
  // From the begin of a word, and no long one: else every letter of a long text would be tried with all behind it.
  const found = text.match(/(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,31}:\/\/[^\s"'<>\\]*/gi) ?? [];
  return found.map(withoutStop);
}

/** A text without the punctuation behind it. */
function withoutStop(text: string): string {
  let end = text.length;
  while (end > 0 && '.,;:!?)]}'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
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
