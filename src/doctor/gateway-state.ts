import * as z from 'zod';
import { ERROR_CODES, GatewayError } from '../errors.ts';
import { createHttpClient, type HttpAnswer } from '../transport/http.ts';
import { parseExactJson } from '../transport/json.ts';

const name = z.string().regex(/^[\w.:()[\]-]{1,100}$/);
const wholeNumber = z.number().int().nonnegative();

/** What is read of `/ready`: names, codes and numbers, whatever answers there. */
const stateWire = z.object({
  ready: z.boolean(),
  backends: z
    .array(
      z.object({
        source: name,
        breaker: z.enum(['open', 'half-open', 'closed']),
        retryAfterMs: wholeNumber,
        callsPerSecond: z.number().nullable(),
        running: wholeNumber,
        queued: wholeNumber,
        lastError: z
          .object({ code: z.enum(ERROR_CODES), at: z.iso.datetime(), missingPermission: name.optional() })
          .nullable(),
      }),
    )
    .max(100),
  drift: z
    .object({
      distinct: wholeNumber,
      top: z
        .array(z.object({ source: name, operation: name, field: name, kind: name, count: wholeNumber }))
        .max(100),
    })
    .optional(),
});

/** The state of a running gateway, as its `/ready` tells it. */
export type GatewayState = z.output<typeof stateWire>;

/** What came of asking for it. */
export type Asking =
  | { readonly outcome: 'told'; readonly state: GatewayState; readonly atMs: number }
  /** Nobody listens. */
  | { readonly outcome: 'absent' }
  /** Whoever listens does not answer in time. */
  | { readonly outcome: 'silent' }
  /** Someone answers, or breaks off, but not as a gateway does. */
  | { readonly outcome: 'foreign' };

/** Longest wait for an answer: `/ready` asks nobody else. */
export const READY_TIMEOUT_MS = 3_000;
const MAX_BODY_BYTES = 1024 * 1024;

/** Asks a gateway how it is. */
export async function askGateway(base: URL): Promise<Asking> {
  const http = createHttpClient(base.origin, {
    connectTimeoutMs: READY_TIMEOUT_MS,
    maxBodyBytes: MAX_BODY_BYTES,
  });
  const request = {
    method: 'GET',
    path: `${base.pathname.replace(/\/$/, '')}/ready`,
    headers: { accept: 'application/json', 'user-agent': 'modelgraph-doctor' },
    body: null,
  } as const;
  const progress = { hasLeft: false, isOnUsedConnection: false, hasAnswerBegun: false };
  const deadline = AbortSignal.timeout(READY_TIMEOUT_MS);
  try {
    const answer = await new Promise<HttpAnswer>((answered, failed) => {
      const sending = http.send(request, progress, { answered, failed });
      deadline.addEventListener('abort', () => sending.breakOff(deadline.reason), { once: true });
    });
    return read(answer);
  } catch (error) {
    if (deadline.aborted) return { outcome: 'silent' };
    if (!(error instanceof GatewayError)) throw error;
    if (error.kind === 'TIMEOUT') return { outcome: 'silent' };
    return { outcome: progress.hasLeft ? 'foreign' : 'absent' };
  } finally {
    await http.close();
  }
}

function read({ body, headers }: HttpAnswer): Asking {
  const state = stateWire.safeParse(jsonOf(body));
  const date = Date.parse(headers.date ?? '');
  return state.success
    ? { outcome: 'told', state: state.data, atMs: Number.isNaN(date) ? Date.now() : date }
    : { outcome: 'foreign' };
}

function jsonOf(body: string): unknown {
  try {
    return parseExactJson(body);
  } catch {
    return undefined;
  }
}
