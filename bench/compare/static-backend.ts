import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer as createSocketServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endChild, isInstalled, startChild } from './children.ts';
import { upstreamAnswers } from './upstream-answers.ts';

/** The backends, all three on one port, which answer at once and always the same. */
export interface StaticBackend {
  readonly url: string;
  readonly port: number;
  /** What serves it. */
  readonly description: string;
  /** Requests answered since it was started, those for the answers only. */
  requestCount(): Promise<number>;
  close(): Promise<void>;
}

const START_POLL_MS = 25;
const START_POLLS = 200;

/** Starts nginx where it is installed, else a lean Node server. `folder` must be empty and of this run. */
export async function startStaticBackend(folder: string): Promise<StaticBackend> {
  return isInstalled('nginx', '-v') ? startNginx(folder) : startNodeBackend();
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createSocketServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Waits until a port answers over HTTP. @throws where it does not, or the process has ended */
export async function untilAnswers(url: string, isGone: () => boolean): Promise<void> {
  for (let poll = 0; poll < START_POLLS; poll++) {
    if (isGone()) break;
    try {
      await (await fetch(url)).arrayBuffer();
      return;
    } catch {
      await sleep(START_POLL_MS);
    }
  }
  throw new Error(`nothing answers at ${url}`);
}

async function startNginx(folder: string): Promise<StaticBackend> {
  for (const [place, answer] of upstreamAnswers()) {
    const file = join(folder, 'answers', place);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, answer);
  }
  const port = await freePort();
  const statusPort = await freePort();
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(configuration, nginxConfiguration(folder, port, statusPort));
  const child = startChild('nginx', ['-p', folder, '-c', configuration], { core: 'rest' });
  const statusUrl = `http://127.0.0.1:${statusPort}/`;
  await untilAnswers(statusUrl, () => child.exitCode !== null);
  let ownRequests = 1;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    description: 'nginx',
    async requestCount() {
      const text = await (await fetch(statusUrl)).text();
      ownRequests += 1;
      const [, total] = /\n\s*\d+ \d+ (\d+)/.exec(text) ?? [];
      return Number(total) - ownRequests;
    },
    close: () => endChild(child),
  };
}

/** Source: a static file refuses POST with 405; the page for that error is the file itself. */
function nginxConfiguration(folder: string, port: number, statusPort: number): string {
  return `
daemon off;
# One process: a worker outlives a master that is killed.
master_process off;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'nginx-error.log')} error;
events { worker_connections 4096; }
http {
  access_log off;
  default_type application/json;
  types { }
  keepalive_timeout 3600s;
  keepalive_requests 1000000000;
  tcp_nodelay on;
  # Of a file with a date and a tag some client keeps a copy; the vendor's answers have neither.
  etag off;
  add_header Last-Modified "";
  add_header Cache-Control no-store;
  sendfile on;
  open_file_cache max=2000 inactive=1h;
  open_file_cache_valid 1h;
  client_body_temp_path ${join(folder, 'body')};
  proxy_temp_path ${join(folder, 'proxy')};
  fastcgi_temp_path ${join(folder, 'fastcgi')};
  uwsgi_temp_path ${join(folder, 'uwsgi')};
  scgi_temp_path ${join(folder, 'scgi')};
  server {
    listen 127.0.0.1:${port} backlog=1024;
    root ${join(folder, 'answers')};
    error_page 405 =200 $uri;
    location = / { rewrite ^ /rpc/$http_x_acs_action-$arg_PageSize.json? last; }
    location = /api/v1/models { rewrite ^ /pai/models-$arg_ModelName.json? last; }
    location ~ ^/api/v1/models/[^/]+/versions$ { rewrite ^ /pai/versions.json? last; }
    location /api/v1/modelRouter/ { rewrite ^(.*)$ /roa$1.json? last; }
    location /rpc/ { }
    location /pai/ { }
    location /roa/ { }
  }
  server {
    listen 127.0.0.1:${statusPort};
    location / { stub_status; }
  }
}
`;
}

async function startNodeBackend(): Promise<StaticBackend> {
  const port = await freePort();
  const child = startChild(process.execPath, ['bench/compare/node-backend.ts', String(port)], {
    core: 'rest',
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/count`, () => child.exitCode !== null);
  return {
    url,
    port,
    description: 'a node:http server',
    requestCount: async () => Number(await (await fetch(`${url}/count`)).text()),
    close: () => endChild(child),
  };
}
