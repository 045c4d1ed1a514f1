/** How long a browser may remember a grant. */
const MAX_AGE_SECONDS = 600;

/** What a page may read of an answer besides its body. */
const EXPOSED_HEADERS = 'retry-after, www-authenticate, x-request-id';

/** Whether a page of one of `origins` asks. A browser sends the header, and a page cannot forge it. */
export function isAllowed({ headers }: Request, origins: readonly string[]): boolean {
  const origin = headers.get('origin');
  return origin !== null && origins.includes(origin);
}

/** Whether a browser asks in the name of such a page if it may ask. */
export function isPreflight(request: Request, origins: readonly string[]): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.has('access-control-request-method') &&
    isAllowed(request, origins)
  );
}

/**
 * What lets such a page read the answer. Callers say who they are in a header of their own, so cookies are never
 * allowed, and a page cannot spend what a browser knows of its user.
 */
export function corsHeaders(
  request: Request,
  origins: readonly string[],
): readonly (readonly [name: string, value: string])[] {
  if (origins.length === 0) return [];
  const vary = ['vary', 'origin'] as const;
  if (!isAllowed(request, origins)) return [vary];
  const granted = [
    vary,
    ['access-control-allow-origin', request.headers.get('origin') ?? ''],
    ['access-control-expose-headers', EXPOSED_HEADERS],
  ] as const;
  if (!isPreflight(request, origins)) return granted;
  return [
    ...granted,
    ['vary', 'access-control-request-headers'],
    ['access-control-allow-methods', 'GET, POST'],
    ['access-control-allow-headers', request.headers.get('access-control-request-headers') ?? 'content-type'],
    ['access-control-max-age', String(MAX_AGE_SECONDS)],
  ];
}
