const MASK = '****';

/**
 * What may be shown of a raw key: at most half of it, nothing of its middle, at most 2 characters of a key of up
 * to 8. Undefined for an empty one.
 */
export function maskKey(key: string): string | undefined {
  const chars = SURROGATE.test(key) ? [...key] : undefined;
  const { length } = chars ?? key;
  if (length === 0) return undefined;
  const shown = length <= 8 ? Math.min(2, Math.floor(length / 2)) : 2 * Math.floor(length / 4);
  const head = Math.min(4, Math.ceil(shown / 2));
  const tail = Math.min(4, Math.floor(shown / 2));
  const part = (from: number, to: number) => chars?.slice(from, to).join('') ?? key.slice(from, to);
  return `${part(0, head)}${MASK}${part(length - tail, length)}`;
}

/** Half of a character that takes two places in a text. */
const SURROGATE = /[\ud800-\udfff]/;

/** A preview that the backend should have masked: passed on where it carries an asterisk, masked here where not. */
export function maskPreview(preview: string): string | undefined {
  return preview.includes('*') ? preview : maskKey(preview);
}

/** Stands for each value of a query in a URL that leaves the gateway. */
const QUERY_MASK = '***';

/**
 * A URL with nothing to hide that any reader of URLs takes, as most are: a host whose last label is no number, a path
 * of plain characters.
 */
const PLAIN_URL =
  /^[a-z][a-z0-9]*:\/\/(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)*[a-z][a-z0-9]*(?::\d{1,4})?(?:\/[\w./-]*)?$/;

/** Plain URLs that are remembered, and their longest. */
const MAX_PLAIN_URLS = 1_000;
const MAX_PLAIN_URL_LENGTH = 200;

/** Rows of a list often have the same few addresses. They have nothing to hide. */
const plainUrls = new Set<string>();
/** One of them: to compare two texts is quicker than to look one up, since each of them is new. */
let latestPlainUrl: string | undefined;

function isPlainUrl(text: string): boolean {
  if (text === latestPlainUrl) return true;
  if (!plainUrls.has(text)) {
    if (!PLAIN_URL.test(text)) return false;
    if (plainUrls.size >= MAX_PLAIN_URLS) plainUrls.clear();
    if (text.length <= MAX_PLAIN_URL_LENGTH) plainUrls.add(text);
  }
  if (text.length <= MAX_PLAIN_URL_LENGTH) latestPlainUrl = text;
  return true;
}

/**
 * A URL as it may leave: without user information and fragment, each value of its query masked. Undefined where the
 * text is no absolute URL with one of `schemes`. A URL with nothing to hide stays as it is written.
 */
export function maskUrl(text: string, schemes: readonly string[] = ['http', 'https']): string | undefined {
  if (isPlainUrl(text) && schemes.includes(text.slice(0, text.indexOf(':')))) return text;
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\]*)([^?#]*)(?:\?([^#]*))?/i.exec(text);
  if (parts === null) return undefined;
  const [, scheme = '', authority = '', path = '', query] = parts;
  // What is stored may bear a name with blanks; an address of the web has none.
  if ((/^https?$/i.test(scheme) ? /[\s\p{Cc}]/u : /\p{Cc}/u).test(text)) return undefined;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (!schemes.includes(scheme.toLowerCase()) || host === '' || !URL.canParse(text)) return undefined;
  return `${scheme}://${host}${path}${query === undefined ? '' : `?${maskQuery(query)}`}`;
}

function maskQuery(query: string): string {
  return query
    .split('&')
    .map((pair) =>
      pair.includes('=') ? `${pair.slice(0, pair.indexOf('='))}=${QUERY_MASK}` : maskBare(pair),
    )
    .join('&');
}

/** A query part without a name is all value. */
function maskBare(pair: string): string {
  return pair === '' ? '' : QUERY_MASK;
}

/**
 * A text without the user information of the URLs in it. Their queries stay: of an address for people, they may be what
 * it takes to open it.
 */
export function withoutUserInfo(text: string): string {
  return text
    .replace(/^(\s*[a-z][a-z0-9+.-]{0,31}:\/\/)[^/?#\\]*@/i, '$1')
    .replace(/^(\s*(?:https?:[/\\]*|[/\\]{2}))[^\s/?#\\]*@/i, '$1')
    .replace(/(?<=:\/\/)[^\s/?#\\]*@/g, '');
}

/** Whether a URL was masked by {@link maskUrl}: sent back, it would overwrite the real one. */
export function isMaskedUrl(text: string): boolean {
  const query = /\?([^#]*)/.exec(text)?.[1];
  return query?.split('&').some((pair) => pair.slice(pair.indexOf('=') + 1) === QUERY_MASK) ?? false;
}
