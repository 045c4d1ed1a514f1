import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createClient } from 'graphql-sse';
import { describe, expect, it } from 'vitest';
import { complaintsIn } from '../support/log-lines.ts';
import { type GatewayProcess, startProcess } from './support/gateway-process.ts';

const SLOW = { timeout: 60_000 };
const EVENTS = 'subscription { catalogEvents(sources: [MODEL_ROUTER]) { kind nodeId } }';

type Told = { readonly data?: unknown; readonly errors?: unknown };

async function query(origin: string, document: string): Promise<unknown> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document }),
  });
  return response.json();
}

const makeModel = (origin: string, name: string) =>
  query(origin, `mutation { createModel(input: { name: "${name}", modelCode: "made" }) { __typename } }`);

/** Subscribes as an application does, and waits until it is heard. */
async function subscribe(origin: string) {
  const statuses: number[] = [];
  const client = createClient({
    url: `${origin}/graphql`,
    retryAttempts: 0,
    fetchFn: async (...sent: Parameters<typeof fetch>) => {
      const response = await fetch(...sent);
      statuses.push(response.status);
      return response;
    },
  });
  const told: Told[] = [];
  let end: unknown;
  const leave = client.subscribe(
    { query: EVENTS },
    {
      next: (answer) => told.push(answer),
      error: (error) => {
        end = error;
      },
      complete: () => {
        end = 'complete';
      },
    },
  );
  await expect.poll(() => statuses.length, { timeout: 10_000 }).toBe(1);
  return { told, statuses, leave, end: () => end };
}

const kinds = (told: readonly Told[]) => told.map(({ data }) => (data as never)?.['catalogEvents']?.['kind']);

/** Waits until the process has ended, and gives how long that took. */
async function stop(gateway: GatewayProcess): Promise<{ readonly code: unknown; readonly ms: number }> {
  const begun = performance.now();
  gateway.child.kill('SIGTERM');
  return { code: await gateway.ended, ms: performance.now() - begun };
}

describe('graphql-sse', SLOW, () => {
  it('hears of what changes, and is told the end when the process drains, which does not wait for it', async () => {
    await using gateway = startProcess();
    const origin = await gateway.origin();
    const [one, two] = [await subscribe(origin), await subscribe(origin)];
    await makeModel(origin, 'first');
    await makeModel(origin, 'second');
    await expect.poll(() => kinds(one.told)).toEqual(['CREATED', 'CREATED']);
    expect(two.told).toEqual(one.told);
    expect([one.end(), two.end()]).toEqual([undefined, undefined]);
    // By default requests under way would have 16 seconds to end.
    const { code, ms } = await stop(gateway);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(8_000);
    await expect.poll(() => [one.end(), two.end()]).toEqual(['complete', 'complete']);
    expect(complaintsIn(gateway.stderr)).toEqual([]);
  });

  it('runs as the README shows it', async () => {
    await using gateway = startProcess();
    const origin = await gateway.origin();
    const [, shown = ''] =
      /^### Live updates$.*?^```js\n(.*?)^```$/ms.exec(readFileSync('README.md', 'utf8')) ?? [];
    expect(shown).toContain('http://127.0.0.1:4000');
    const command = ['--input-type=module', '-e', shown.replace('http://127.0.0.1:4000', origin)];
    await using client = startProcess({}, [], { command, cwd: process.cwd() });
    // It says nothing when it is heard: what is made before that is not told.
    // The last may meet a process that is about to end.
    const names = setInterval(() => void makeModel(origin, 'shown').catch(() => undefined), 200);
    await client.printed(/kind: 'CREATED',\s+nodeId: '\w+',\s+node: \{ name: 'shown' \}/);
    clearInterval(names);
    gateway.child.kill('SIGTERM');
    expect(await client.ended).toBe(0);
    expect(client.stdout).toMatch(/subscribe again\n$/);
    expect(await gateway.ended).toBe(0);
  });

  it('that leaves is forgotten, and the process ends at once', async () => {
    await using gateway = startProcess();
    const origin = await gateway.origin();
    const { leave, told } = await subscribe(origin);
    leave();
    await makeModel(origin, 'unheard');
    expect(told).toEqual([]);
    const { code, ms } = await stop(gateway);
    expect([code, ms < 3_000]).toEqual([0, true]);
    expect(complaintsIn(gateway.stderr)).toEqual([]);
  });

  it('is sent elsewhere by a process that drains and still takes requests', async () => {
    await using gateway = startProcess({ DRAIN_DELAY_MS: '3000' });
    const origin = await gateway.origin();
    const first = await subscribe(origin);
    gateway.child.kill('SIGTERM');
    await expect.poll(first.end).toBe('complete');
    const again = await subscribe(origin);
    expect(again.statuses).toEqual([503]);
    await using other = startProcess();
    const elsewhere = await subscribe(await other.origin());
    await makeModel(await other.origin(), 'heard');
    await expect.poll(() => kinds(elsewhere.told)).toEqual(['CREATED']);
    elsewhere.leave();
    expect(await gateway.ended).toBe(0);
  });

  it('that does not read its end keeps the process no longer than a few seconds', async () => {
    await using gateway = startProcess();
    const origin = await gateway.origin();
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    const aliases = Array.from({ length: 400 }, (_, index) => `alias${index}: nodeId`).join(' ');
    const body = JSON.stringify({ query: `subscription { catalogEvents { ${aliases} } }` });
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: ${new URL(origin).host}\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'readable');
    socket.pause();
    const models = Array.from(
      { length: 100 },
      (_, index) => `{ name: "m${index}", modelCode: "m${index}", category: "Chat" }`,
    );
    for (let batch = 0; batch < 8; batch += 1) {
      await query(
        origin,
        `mutation { createModels(input: { vendor: "qwen", apiKey: "key", models: [${models.join(' ')}] }) { __typename } }`,
      );
    }
    const { code, ms } = await stop(gateway);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(12_000);
    socket.destroy();
  });
});
