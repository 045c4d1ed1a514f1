import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startProcess } from '../e2e/support/gateway-process.ts';
import { allOf, copiedInto, DOCKERFILE, imageEnv, lastOf, stages } from './support/image.ts';

const packageFile = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly devDependencies: { readonly node: string };
};

describe('the Dockerfile', () => {
  it('is one that a builder takes', () => {
    expect(validate(DOCKERFILE)).toEqual([]);
    expect(validate(DOCKERFILE.replace('HEALTHCHECK', 'HEALTCHECK'))).toHaveLength(1);
  });

  it('stands on the release of Node that the tests run on, and on nothing else from outside', () => {
    const names = stages.map(({ name }) => name);
    const outside = stages.map(({ base }) => base).filter((base) => !names.includes(base));
    expect(outside).toEqual([expect.stringMatching(/^node:[\d.]+-\w+-slim$/)]);
    expect(outside[0]).toContain(`:${packageFile.devDependencies.node}-`);
  });

  it('copies what the build needs and nothing more, and .dockerignore lets nothing else in', () => {
    const instructions = stages.flatMap((stage) => stage.instructions);
    expect(instructions.filter(({ keyword }) => keyword === 'ADD')).toEqual([]);
    const copied = stages.flatMap(({ name }) => copiedInto(name));
    const [everything, ...exceptions] = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(everything).toBe('*');
    expect(new Set(exceptions)).toEqual(new Set(copied.map((path) => `!${path}`)));
  });

  it('puts no secret into a layer', () => {
    const variables = stages
      .flatMap((stage) => stage.instructions)
      .filter(({ keyword }) => ['ARG', 'ENV'].includes(keyword));
    expect(variables.filter(({ text }) => /key|secret|token|password/i.test(text))).toEqual([]);
  });

  it('brings production dependencies only', () => {
    const installs = (name: string | undefined) =>
      stages.find((stage) => stage.name === name)?.instructions.find(({ text }) => text.startsWith('npm ci'));
    const origins = allOf('COPY').filter(({ text }) => /^\S*node_modules /.test(text));
    expect(origins.map(({ from }) => installs(from)?.text)).toEqual(['npm ci --omit=dev']);
  });
});

describe('the image', { timeout: 30_000 }, () => {
  it('runs as a numbered user that is not root', () => {
    expect(lastOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('runs as the user who built it, for whom the compiled code is', () => {
    const built = stages.find(({ name }) => name === 'build')?.instructions ?? [];
    const users = built.filter(({ keyword }) => keyword === 'USER').map(({ text }) => text);
    expect(users).toEqual([lastOf('USER')]);
    const words = built.map(({ keyword, text }) => `${keyword} ${text}`);
    const build = words.findIndex((word) => word.startsWith('RUN npm run build'));
    expect(build).toBeGreaterThan(words.indexOf(`USER ${users[0]}`));
    // Node lets nobody else read it.
    expect(words[build]).toContain('chmod -R a+rX dist');
  });

  it('belongs to root, so that the gateway cannot change what it is', () => {
    const dist = allOf('COPY').filter(({ text }) => text.includes('/app/dist'));
    expect(dist).toHaveLength(1);
    expect(readFileSync('Dockerfile', 'utf8')).toContain('COPY --from=build --chown=0:0 /app/dist ./dist');
  });

  it('runs what the build emits, without a shell, which would keep signals to itself', () => {
    expect(JSON.parse(lastOf('ENTRYPOINT'))).toEqual(['node', '--max-semi-space-size=16', 'dist/main.js']);
    expect(allOf('CMD')).toEqual([]);
    expect(imageEnv['NODE_ENV']).toBe('production');
  });

  it('does not start where nobody has said how callers prove who they are', () => {
    expect(() => readConfig(imageEnv)).toThrow(/^HOST is not a loopback address/);
    const { host, port } = readConfig({ ...imageEnv, ALLOW_UNAUTHENTICATED: '1' });
    expect(host).toBe('0.0.0.0');
    expect(lastOf('EXPOSE')).toBe(String(port));
  });

  /** Runs the check as a container engine does; gives its exit code. */
  async function check(port: number): Promise<unknown> {
    const [, ...args] = JSON.parse(lastOf('HEALTHCHECK').replace(/^CMD /, '')) as [string, ...string[]];
    const child = spawn(process.execPath, args, { env: { ...imageEnv, PORT: String(port) } });
    return (await once(child, 'exit'))[0];
  }

  it('is healthy while the gateway answers /health, and only then', async () => {
    await using gateway = startProcess({ ...imageEnv, ALLOW_UNAUTHENTICATED: '1', LOG_LEVEL: 'silent' });
    const port = Number(new URL(await gateway.origin()).port);
    expect(await check(port)).toBe(0);
    gateway.child.kill('SIGTERM');
    await gateway.ended;
    expect(await check(port)).toBe(1);
  });

  it('is not healthy where something else answers', async () => {
    const server = createServer((_request, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(await check((server.address() as AddressInfo).port)).toBe(1);
    server.close();
  });
});
