import { GatewayError } from '../../../src/errors.ts';
import type { HttpAnswer } from '../../../src/transport/http.ts';

/** A number from a text, always the same. */
export function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  }
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

/** How often what goes wrong. */
export interface ChaosSetting {
  readonly seed: number;
  /** Of calls. */
  readonly failing: number;
  /** Of properties of rows. */
  readonly spoilt: number;
  /** Backends that are down. */
  readonly down: readonly string[];
}

const NEVER_COMES = 'a value that no client may see';

/** What a property of a row is in place of what it should be. */
const SPOILS: readonly ((value: unknown) => unknown)[] = [
  () => null,
  () => undefined,
  () => null,
  () => new Error(NEVER_COMES),
  () => new GatewayError('UNREADABLE', 'This property cannot be read.'),
  () => Number.NaN,
  () => ({ secret: NEVER_COMES }),
  () => [NEVER_COMES, null],
  () => true,
  () => 7,
  () => NEVER_COMES,
  (value) => Promise.resolve(value),
  () => refused(),
  (value) => () => value,
  () => () => {
    throw new TypeError(NEVER_COMES);
  },
];

function refused(): Promise<never> {
  const promise = Promise.reject(new GatewayError('TIMEOUT', 'This property took too long.'));
  // A row may be read without that property.
  promise.catch(() => undefined);
  return promise;
}

/** What goes wrong, the same way for whoever asks. */
export class Chaos {
  readonly #setting: ChaosSetting;

  constructor(setting: ChaosSetting) {
    this.#setting = setting;
  }

  #hits(share: number, hash: number): number | undefined {
    return (hash % 10_000) / 10_000 < share ? hash >>> 7 : undefined;
  }

  /** @throws GatewayError */
  spoilAnswer(source: string, key: string, answer: HttpAnswer): HttpAnswer {
    if (this.#setting.down.includes(source)) throw new GatewayError('UNAVAILABLE', 'The backend is down.');
    const hit = this.#hits(this.#setting.failing, hashOf(`${this.#setting.seed} ${key}`));
    if (hit === undefined) return answer;
    switch (hit % 4) {
      case 0:
        throw new GatewayError('TIMEOUT', 'The backend took too long.');
      case 1:
        return { ...answer, status: 500, body: '{"Code":"InternalError","Message":"oh","RequestId":"r-1"}' };
      case 2:
        return { ...answer, body: answer.body.slice(0, answer.body.length / 2) };
      default:
        throw new TypeError(NEVER_COMES);
    }
  }

  /** Sessions whose rows are not what their types promise. */
  spoilSessions(value: object): object {
    if (this.#setting.spoilt === 0) return value;
    return new Proxy(value, {
      get: (target, name) => {
        const session: unknown = Reflect.get(target, name);
        return typeof session === 'object' && session !== null ? this.#spoilMethods(session) : session;
      },
    });
  }

  #spoilMethods(session: object): object {
    return new Proxy(session, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => this.#spoilGiven(member.apply(target, args));
      },
    });
  }

  #spoilGiven(given: unknown): unknown {
    if (given instanceof Promise) return given.then((value: unknown) => this.#spoil(value));
    if (typeof given !== 'object' || given === null || !('readPage' in given)) return given;
    const { readPage } = given as { readPage(...args: readonly unknown[]): Promise<{ rows: unknown[] }> };
    const spoilt = async (...args: unknown[]) => {
      const page = await readPage.apply(given, args);
      return { ...page, rows: page.rows.map((row) => this.#spoil(row)) };
    };
    return { ...given, readPage: spoilt };
  }

  #spoil(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#spoil(item));
    if (typeof value !== 'object' || value === null) return value;
    const { type, sourceId } = value as { type?: string; sourceId?: unknown };
    if (type === undefined) return value;
    const row: Record<string, unknown> = { ...value };
    const hash = hashOf(`${this.#setting.seed} ${type} ${sourceId}`);
    for (const [index, key] of Object.keys(row).entries()) {
      const hit = this.#hits(this.#setting.spoilt, Math.imul(hash ^ (index * 0x9e3779b1), 0x2c1b3c6d) >>> 0);
      if (hit !== undefined) row[key] = SPOILS[hit % SPOILS.length]?.(row[key]);
    }
    return row;
  }
}
