import { percentEncode } from './sign.ts';

/** Longest vendor text that is passed on, in characters. */
const MAX_LENGTH = 300;

/** What a vendor's message may quote and a client must not read. Order matters: wholes before their parts. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, '[url]'],
  [/(?<![\w.~%+-])[\w.~%+-]+:[^\s"'<>]+@[\w[\].-]+(?::\d+)?/g, '[host]'],
  // Names of resources hold account ids and user names.
  [/\bacs:[\w-]*:[\w-]*:\d*\**:[^\s"',;]*/gi, '[resource]'],
  [
    /(\b(?:(?:api|access)[-_ ]?key(?:[-_ ]?(?:id|secret))?|secret|token|signature|password|authorization|credential)s?|(?:密钥|秘钥|密码|口令|令牌|签名|凭证|凭据)(?:\s*id)?)(["'”’」]?\s*[=:：＝﹕]\s*["'“‘「]?)(?:(?:bearer|basic)\s+)?[^\s"',;&，；、。“”‘’」）]+/gi,
    '$1$2[redacted]',
  ],
  [/\bx-acs-[\w-]+(\s*[:=]\s*\S+)?/gi, '[header]'],
  [/\b(?:LTAI|STS\.)[\w.-]{6,}/g, '[key]'],
  [/\b(?:sk|ak|pk)-[\w*-]{4,}/gi, '[key]'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '[host]'],
  // At least four groups or a double colon: three are a time of day.
  [/(?<![\w:])(?:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|[0-9a-f:]*::[0-9a-f:]*)(?![\w:])/gi, '[host]'],
  [/\b(?:[a-z0-9-]+\.)+(?:com|cn|net|org|io|ai|dev|internal|local|corp)\b(?::\d+)?/gi, '[host]'],
  [/\b(?:[a-z0-9-]+\.){2,}[a-z]{2,}\b(?::\d+)?/g, '[host]'],
  // With capitals, but neither a code, which begins with one, nor an exception of Java, which ends in several words.
  [
    /(?<![\w.-])(?![A-Z](?:[a-z]|\.))(?:[\w-]+\.){2,}(?![A-Za-z]*[a-z][A-Z])[A-Za-z]{2,}\b(?::\d+)?/g,
    '[host]',
  ],
  // Behind words that only a host follows, or with a port, which neither a file with a line nor a setting has.
  [
    /(?<=\b(?:host(?:name)?|connect(?:ed|ing|ion)? to|dial(?: tcp)?|getaddrinfo \w+|ECONN\w+)[\s:=]+["']?)[a-z][\w-]*(?:(?:\.[\w-]+)+(?::\d+)?|:\d+)/gi,
    '[host]',
  ],
  [
    /(?<![\w.:/-])(?![A-Z][a-z])[A-Za-z][\w-]*(?:\.[\w-]+)*\.[\w-]*[A-Za-z][\w-]*(?<!\.(?:py|[jt]s|java|go|cc?|cpp|h|rs|sh|sql|json|ya?ml|xml|txt|log|md)):\d{2,5}(?![\w.:])/g,
    '[host]',
  ],
  [
    /(?<![\w.:/-])[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?<!-(?:code|status|size|tokens?|length|limit|count|timeout|time|id|line|max|min)):(?:80|443|\d{4,5})(?![\w:])/gi,
    '[host]',
  ],
  [/\blocalhost(?::\d+)?\b/gi, '[host]'],
  [/[\w.~%+-]+@\[host\]/g, '[host]'],
  [/\?[\w.~%-]+=[^\s"']*/g, '[query]'],
  [/\b[\w.~%-]+=[^\s"'&]*(?:&[\w.~%-]+=[^\s"'&]*)+/g, '[query]'],
  [/(?<![\w/])\/(?:[\w.%~*{}-]+\/)*[\w.%~*{}-]+/g, '[path]'],
  // Long and random; not InputCostPointsPerMillion, which is made of words.
  [/\b(?![a-z]*(?:[A-Z][a-z]+)*(?![\w+/-]))[A-Za-z0-9+/_-]{24,}={0,2}/g, '[redacted]'],
  // Behind a letter only as long as no date and time is, or where the word says what it is.
  [/(?:\b\d{8,}|(?<=[a-z_])\d{15,}|(?<=uid_?)\d{8,})\**/gi, '[account]'],
];

/**
 * A vendor's message with keys, signatures, URLs, hosts, paths, headers and account ids taken out.
 * `secrets` are values known to be secret in this exchange; each occurrence goes, whatever it looks like.
 */
export function redactVendorText(text: string, secrets: readonly string[] = []): string {
  const redacted = PATTERNS.reduce(
    (rest, [pattern, mark]) => rest.replace(pattern, mark),
    withoutSecrets(text, secrets).slice(0, 4 * MAX_LENGTH),
  );
  return redacted.length > MAX_LENGTH ? `${redacted.slice(0, MAX_LENGTH - 1)}…` : redacted;
}

/** A text with every occurrence of these values taken out, however they are spelt. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.length === 0 ? text : text.replace(anyOf(secrets), '[redacted]');
}

/** Finds each secret as it is, percent-encoded either way, or escaped in JSON or XML; the longest first. */
function anyOf(secrets: readonly string[]): RegExp {
  const spellings = secrets
    .map((secret) => secret.toWellFormed())
    .filter((secret) => secret !== '')
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      percentEncode(secret),
      // As a form encodes it.
      percentEncode(secret).replaceAll('%20', '+'),
      JSON.stringify(secret).slice(1, -1),
    ])
    .toSorted((a, b) => b.length - a.length)
    .map((spelling) => spelling.replaceAll(/[!-/:-@[-`{-~]/g, escapedOrNot));
  // Nothing to look for matches nothing.
  return new RegExp(spellings.length === 0 ? '(?!)' : spellings.join('|'), 'gi');
}

const XML_NAMES: Readonly<Record<string, string>> = {
  '"': '|quot',
  '&': '|amp',
  "'": '|apos',
  '<': '|lt',
  '>': '|gt',
};

/** Punctuation, which writers of XML and of JSON may leave as it is or not. */
function escapedOrNot(char: string): string {
  const code = char.charCodeAt(0);
  const hex = code.toString(16);
  const plain = char === '/' ? '\\\\?/' : `\\${char}`;
  return `(?:${plain}|&(?:#0*${code}|#x0*${hex}${XML_NAMES[char] ?? ''});|\\\\u00${hex})`;
}
