import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaintsIn } from '../support/log-lines.ts';
import { startProcess } from './support/gateway-process.ts';
import { installProduction, type Production, STALE } from './support/production.ts';

describe('npm run build', { timeout: 30_000 }, () => {
  let production: Production;
  beforeAll(async () => {
    production = await installProduction();
  }, 120_000);
  afterAll(() => production[Symbol.asyncDispose]());

  const start = (args: readonly string[] = [], entry = 'main.js') =>
    startProcess({ NODE_ENV: 'production' }, args, {
      // Node refuses to write any file: the image's file system is read-only.
      command: ['--permission', '--allow-fs-read=*', join('dist', entry)],
      cwd: production.directory,
    });

  it('leaves JavaScript, and nothing of an earlier build', () => {
    expect(production.emitted).toContain('main.js');
    expect(production.emitted).not.toContain(STALE);
    expect(production.emitted.filter((file) => /\.[^.]*ts$/.test(file))).toEqual([]);
  });

  it('needs production dependencies only, those included that are loaded late', async () => {
    const code = await Promise.all(
      production.emitted
        .filter((file) => file.endsWith('.js'))
        .map((file) => readFile(join(production.directory, 'dist', file), 'utf8')),
    );
    const imports = code.flatMap((text) => [
      ...text.matchAll(/(?:^import .* from |\bimport\(|^import )"([@a-z][^"\s]*)"/gm),
    ]);
    const packages = new Set(imports.map(([, name = '']) => name));
    expect(packages).toContain('@alicloud/credentials');
    // Of undici only what sends: nothing of it can be left out by itself.
    expect(code.join('\n')).not.toContain('MockAgent');
    // One other character takes a file twice its memory.
    expect(code.filter((text) => /[^\0-\x7f]/.test(text))).toEqual([]);
    await production.evaluate([...packages].map((name) => `await import('${name}');`).join('\n'));
    await expect(production.evaluate("await import('vitest');")).rejects.toThrow('ERR_MODULE_NOT_FOUND');
  });

  it('runs on a read-only file system, and ends in order', async () => {
    await using gateway = start();
    const origin = await gateway.origin();
    const answer = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: '{ catalog(first: 1) { totalCount } models(first: 1) { nodes { name } } }',
      }),
    });
    const models = { nodes: [{ name: '通义千问' }] };
    expect(await answer.json()).toEqual({ data: { catalog: { totalCount: 358 }, models } });
    const page = await fetch(`${origin}/graphql`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toMatch(/GraphiQL/i);
    const probes = await Promise.all(['/health', '/ready'].map((path) => fetch(`${origin}${path}`)));
    expect(probes.map(({ status }) => status)).toEqual([200, 200]);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
    expect(complaintsIn(gateway.stderr)).toEqual([]);
  });

  it('leaves its code compiled, so that no start compiles it', async () => {
    await using gateway = startProcess({ NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }, ['--help'], {
      command: ['--max-semi-space-size=16', join('dist', 'main.js')],
      cwd: production.directory,
    });
    expect(await gateway.ended).toBe(0);
    const chunks = production.emitted.filter((file) => /^chunks.main-.*\.js$/.test(file));
    expect(chunks).toHaveLength(1);
    for (const chunk of chunks) expect(gateway.stderr).toContain(`${chunk} was accepted`);
    expect(gateway.stderr).not.toContain('rejected');
  });

  it('brings the doctor along', async () => {
    await using gateway = start();
    await using doctor = start(['--json', '--url', await gateway.origin()], 'doctor.js');
    expect(await doctor.ended).toBe(0);
    expect(doctor.stderr).toBe('');
    expect(JSON.parse(doctor.stdout)).toMatchObject({ healthy: true });
    expect(doctor.stdout).toContain('"drift"');
  });

  it('explains itself with --help', async () => {
    await using gateway = start(['--help']);
    expect(await gateway.ended).toBe(0);
    expect(gateway.stdout).toContain('node dist/main.js');
  });
});
