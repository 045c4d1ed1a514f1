import { Agent, request } from 'undici';

/** Reads one upstream answer; `action` is the vendor's name of the operation. */
export type Read = (method: 'GET' | 'POST', path: string, action: string) => Promise<unknown>;

/** Opens the way to the backends. */
export function openUpstream(
  origin: string,
  { isTuned, isJoined }: { readonly isTuned: boolean; readonly isJoined: boolean },
): Read {
  const read = isTuned ? dispatching(origin) : requesting(origin);
  return isJoined ? joining(read) : read;
}

/** As the library's documentation shows it. */
function requesting(origin: string): Read {
  return async (method, path, action) => {
    const { body } = await request(`${origin}${path}`, { method, headers: { 'x-acs-action': action } });
    return body.json();
  };
}

/** The barest that the library has. */
function dispatching(origin: string): Read {
  const agent = new Agent({ pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  return (method, path, action) =>
    new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      agent.dispatch(
        { origin, method, path, headers: { 'x-acs-action': action }, body: null },
        {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData: (_controller, part) => void parts.push(part),
          onResponseEnd() {
            const whole = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
            resolve(JSON.parse(whole.toString('utf8')));
          },
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
}

/** Equal reads that are under way are one. */
function joining(read: Read): Read {
  const underWay = new Map<string, Promise<unknown>>();
  return (method, path, action) => {
    const key = `${action} ${path}`;
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const answer = read(method, path, action).finally(() => underWay.delete(key));
    underWay.set(key, answer);
    return answer;
  };
}
