/// <reference lib="dom" />

import type { ToldCall } from './upstream-calls.ts';
import { UPSTREAM_CALLS_EXTENSION, UPSTREAM_CALLS_HEADER } from './upstream-calls.ts';

/** The panel below GraphiQL. On a phone a bar goes below its operation: beside it there is no room for both. */
const STYLE = `
  body { display: flex; flex-direction: column; height: 100vh; }
  #root { flex: 1; min-height: 0; display: flex; flex-direction: column; }
  #root > * { flex: 1; min-height: 0; }
  .graphiql-container { height: 100% !important; }
  #upstream-calls {
    flex: none; max-height: 34vh; overflow: auto; border-top: 1px solid hsla(219, 29%, 50%, 0.3);
    font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; color: hsl(219, 28%, 32%); background: #fff;
  }
  body.graphiql-dark #upstream-calls { color: hsl(219, 29%, 78%); background: hsl(219, 29%, 18%); }
  #upstream-calls summary { padding: 4px 12px; cursor: pointer; position: sticky; top: 0; background: inherit; }
  #upstream-calls table { width: 100%; border-collapse: collapse; margin-bottom: 6px; }
  #upstream-calls th, #upstream-calls td { padding: 1px 12px; text-align: left; white-space: nowrap; }
  #upstream-calls th { font-weight: normal; opacity: 0.7; }
  #upstream-calls .number { text-align: right; }
  #upstream-calls .time { width: 45%; }
  #upstream-calls .bar { height: 9px; min-width: 2px; border-radius: 2px; background: hsl(212, 80%, 52%); }
  #upstream-calls .joined .bar { background: hsl(212, 30%, 70%); }
  #upstream-calls .failed .bar { background: hsl(0, 75%, 52%); }
  #upstream-calls .failed .status { color: hsl(0, 75%, 48%); }
  @media (max-width: 640px) {
    #upstream-calls tr { display: flex; flex-wrap: wrap; justify-content: space-between; padding-bottom: 3px; }
    #upstream-calls thead { display: none; }
    #upstream-calls { max-height: 28vh; font-size: 11px; }
    #upstream-calls td { padding: 0 8px; }
    #upstream-calls .operation { flex: 1 1 60%; white-space: normal; overflow-wrap: anywhere; }
    #upstream-calls .backend { text-align: right; }
    #upstream-calls .time { order: 1; width: 100%; }
  }
`;

/**
 * What the page's head holds for it. The panel shows the calls of the last operation: which, of which backend, when,
 * how long, the answer's status, and how many keys went in one call.
 */
export function waterfallHead(): string {
  const names = [UPSTREAM_CALLS_HEADER, UPSTREAM_CALLS_EXTENSION].map((name) => JSON.stringify(name));
  return `<style>${STYLE}</style><script>(${showWaterfall.toString()})(${names.join(', ')});</script>`;
}

/**
 * Runs in the browser, before GraphiQL: has its requests ask what is called for them, and takes that out of the
 * answer before GraphiQL shows it. Refers to nothing outside, since its text is what the page gets.
 */
function showWaterfall(header: string, extension: string): void {
  const send = window.fetch;

  window.fetch = async (input, init) => {
    const isOurs =
      init?.method === 'POST' && new URL(String(input), location.href).pathname === location.pathname;
    if (!isOurs) return send(input, init);
    const headers = new Headers(init.headers);
    headers.set(header, '1');
    const response = await send(input, { ...init, headers });
    const type = response.headers.get('content-type') ?? '';
    const { status, statusText, headers: answered } = response;
    const request = String(init.body);
    if (type.startsWith('multipart/mixed') && response.body !== null) {
      return new Response(partsWithoutCalls(response.body, request), {
        status,
        statusText,
        headers: answered,
      });
    }
    if (!/\bjson\b/.test(type)) return response;
    return new Response(withoutCalls(await response.text(), request), {
      status,
      statusText,
      headers: answered,
    });
  };

  /** What is deferred goes on to GraphiQL as it comes. */
  function partsWithoutCalls(body: ReadableStream<BufferSource>, request: string): ReadableStream {
    const end = '\r\n---';
    let rest = '';
    const parts = new TransformStream<string, string>({
      transform(chunk, controller) {
        const pieces = (rest + chunk).split(end);
        rest = pieces.pop() ?? '';
        for (const piece of pieces) {
          const [head = '', ...json] = piece.split('\r\n\r\n');
          const told = json.map((text) => withoutCalls(text, request));
          controller.enqueue([head.replace(/\r\nContent-Length: \d+/, ''), ...told].join('\r\n\r\n') + end);
        }
      },
      flush: (controller) => controller.enqueue(rest),
    });
    return body.pipeThrough(new TextDecoderStream()).pipeThrough(parts).pipeThrough(new TextEncoderStream());
  }

  function withoutCalls(text: string, request: string): string {
    let answer: { extensions?: Record<string, unknown>; hasNext?: boolean };
    try {
      answer = JSON.parse(text);
    } catch {
      return text;
    }
    const calls = answer.extensions?.[extension] as readonly ToldCall[] | undefined;
    // GraphiQL asks for the schema by itself: nobody wants to see what that took.
    if (!request.includes('IntrospectionQuery') && answer.hasNext !== true) draw(calls ?? []);
    if (answer.extensions === undefined || calls === undefined) return text;
    delete answer.extensions[extension];
    if (Object.keys(answer.extensions).length === 0) delete answer.extensions;
    return JSON.stringify(answer);
  }

  function draw(calls: readonly ToldCall[]): void {
    const panel = document.getElementById('upstream-calls') ?? openPanel();
    const endMs = Math.max(0, ...calls.map(({ startMs, ms = 0 }) => startMs + ms));
    const sent = calls.reduce((sum, { attempts }) => sum + attempts, 0);
    const took = calls.length === 0 ? '' : ` in ${shortMs(endMs)}`;
    (panel.querySelector('summary') as HTMLElement).textContent = `Upstream calls: ${sent}${took}`;
    panel.querySelector('table')?.remove();
    if (calls.length > 0) panel.append(tableOf(calls, endMs));
  }

  function openPanel(): HTMLElement {
    const panel = element('details', 'panel');
    panel.id = 'upstream-calls';
    panel.setAttribute('open', '');
    panel.append(element('summary', ''));
    document.body.append(panel);
    return panel;
  }

  function tableOf(calls: readonly ToldCall[], endMs: number): HTMLElement {
    const table = element('table', '');
    const head = element('thead', '');
    head.append(rowOf('th', ['operation', 'backend', '', 'start', 'time', 'status', 'keys']));
    const body = element('tbody', '');
    for (const call of calls) {
      const { operation, source, startMs, ms = 0, keys = '' } = call;
      const texts = [operation, source, '', shortMs(startMs), shortMs(ms), statusOf(call), String(keys)];
      const row = rowOf('td', texts);
      row.classList.add(call.outcome !== 'ok' ? 'failed' : call.joined ? 'joined' : 'sent');
      row.querySelector('.time')?.append(barOf(startMs, ms, endMs));
      body.append(row);
    }
    table.append(head, body);
    return table;
  }

  function statusOf({ httpStatus, outcome = 'under way', joined, attempts }: ToldCall): string {
    const parts = [httpStatus ?? '', outcome === 'ok' ? '' : outcome, joined ? 'joined' : ''];
    return [...parts, attempts > 1 ? `× ${attempts}` : ''].filter((part) => part !== '').join(' ');
  }

  function barOf(startMs: number, ms: number, endMs: number): HTMLElement {
    const bar = element('div', 'bar');
    const percent = endMs === 0 ? 0 : 100 / endMs;
    bar.style.marginLeft = `${percent * startMs}%`;
    bar.style.width = `${percent * ms}%`;
    return bar;
  }

  function rowOf(kind: 'th' | 'td', texts: readonly string[]): HTMLElement {
    const names = ['operation', 'backend', 'time', 'number', 'number', 'status', 'number keys'];
    const row = element('tr', '');
    for (const [index, text] of texts.entries()) {
      const cell = element(kind, names[index] ?? '');
      cell.textContent = text;
      row.append(cell);
    }
    return row;
  }

  function element(name: string, className: string): HTMLElement {
    const made = document.createElement(name);
    made.className = className;
    return made;
  }

  function shortMs(ms: number): string {
    return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  }
}
