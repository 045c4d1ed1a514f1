import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/doctor/report.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { closedUrl, type Env, inFrontOf, listen } from '../doctor/support/doctor.ts';
import { startProcess } from './support/gateway-process.ts';

const DOCTOR = {
  command: [fileURLToPath(new URL('../../src/doctor.ts', import.meta.url))],
  cwd: process.cwd(),
};

/** Runs a command on a terminal. */
const SCRIPT = '/usr/bin/script';

const start = (env: Env = {}, args: readonly string[] = []) => startProcess(env, args, DOCTOR);

async function run(env: Env = {}, args: readonly string[] = []) {
  await using doctor = start(env, args);
  return { code: await doctor.ended, stdout: doctor.stdout, stderr: doctor.stderr };
}

async function runJson(env: Env = {}, args: readonly string[] = []) {
  const { code, stdout, stderr } = await run(env, ['--json', ...args]);
  return { code, stderr, report: JSON.parse(stdout) as Report };
}

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
afterEach(() => sandbox.clearFaults());

describe('npm run doctor', { timeout: 30_000 }, () => {
  it('needs nothing, and says a line on each thing that it looked at', async () => {
    const { code, stdout, stderr } = await run();
    expect(stdout.replaceAll(/\d+ m?s\b/g, 'N').split('\n')).toEqual([
      "ok    configuration       no account: a sandbox of the doctor's own stands in for the cloud, region cn-beijing",
      `ok    Node                ${process.versions.node}`,
      "ok    credentials         access key LTAI****-key, from the sandbox's own",
      'skip  identity            not asked: the sandbox has keys of its own, which belong to nobody',
      'ok    Model Router        answered ModelRouterQueryModelList in N',
      'ok    PAI model registry  answered ListModels in N',
      'ok    PolarDB AI gateway  answered DescribeGatewayList in N',
      'ok    clock               within N of the 3 backends that answered',
      'skip  gateway             not asked: PORT is 0, so name its address with --url',
      '',
      'Nothing is broken, 0 warnings.',
      '',
    ]);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('ends without a word where nobody reads what it says', async () => {
    await using doctor = start();
    doctor.child.stdout.destroy();
    expect([await doctor.ended, doctor.stderr]).toEqual([1, '']);
  });

  it('ends with 1 where something is broken, and says below it what to do', async () => {
    sandbox.setFault('aiworkspace:ListModels', { kind: 'error', status: 403, code: 'Forbidden.RAM' });
    const { code, stdout, stderr } = await run(inFrontOf(sandbox));
    expect(stdout).toMatch(
      /^fail {2}PAI model registry {2}the permission paimodel:ListModels is missing.*\n {26}→ Attach a policy .*\{"Version":"1"/m,
    );
    expect(stdout).toMatch(/\n\n1 fault to mend, 0 warnings\.\n$/);
    expect([code, stderr]).toEqual([1, '']);
  });

  it('ends with 0 where there are warnings alone', async () => {
    const { code, stdout } = await run({ ...inFrontOf(sandbox), STS_ENDPOINT: await closedUrl() });
    expect(stdout).toMatch(/^warn {2}identity .*\n.*→ /m);
    expect(stdout).toMatch(/Nothing is broken, 1 warning\.\n$/);
    expect(code).toBe(0);
  });

  it('tells all faults of a configuration at once', async () => {
    const { code, stdout } = await run({ PORT: 'x', LOG_LEVEL: 'x' });
    expect(stdout.match(/^fail {2}configuration/gm)).toHaveLength(2);
    expect(code).toBe(1);
  });

  it('with --json prints one document, healthy or not, of the same names', async () => {
    const names = ['subject', 'source', 'mark', 'finding', 'hint', 'facts'];
    const well = await runJson(inFrontOf(sandbox));
    expect([well.code, well.stderr]).toEqual([0, '']);
    expect(well.report).toEqual({ healthy: true, at: expect.any(String), checks: expect.any(Array) });
    expect(new Date(well.report.at).toISOString()).toBe(well.report.at);
    for (const check of well.report.checks) expect(Object.keys(check)).toEqual(names);
    expect(well.report.checks.find(({ source }) => source === 'PAI')).toEqual({
      subject: 'backend',
      source: 'PAI',
      mark: 'ok',
      finding: expect.stringMatching(/^answered ListModels in \d+ ms$/),
      hint: null,
      facts: {
        endpoint: sandbox.url,
        operation: 'ListModels',
        reads: 3,
        attempts: 3,
        latencyMs: expect.any(Number),
        error: null,
        missingPermission: null,
      },
    });
    sandbox.setFault('aiworkspace:ListModels', { kind: 'error', status: 403, code: 'Forbidden.RAM' });
    const ill = await runJson(inFrontOf(sandbox));
    expect([ill.code, ill.report.healthy]).toEqual([1, false]);
    expect(ill.report.checks.find(({ mark }) => mark === 'fail')).toMatchObject({
      source: 'PAI',
      hint: expect.any(String),
      facts: { missingPermission: { action: 'paimodel:ListModels' } },
    });
    const misconfigured = await runJson({ PORT: 'x' });
    expect([misconfigured.code, misconfigured.report.healthy]).toEqual([1, false]);
  });

  it('asks a gateway that runs', async () => {
    await using gateway = startProcess(inFrontOf(sandbox));
    const origin = await gateway.origin();
    const { code, report } = await runJson(inFrontOf(sandbox), ['--url', `${origin}/`]);
    expect(report.checks.slice(-2)).toMatchObject([
      { subject: 'gateway', mark: 'ok', finding: `runs at ${origin}` },
      { subject: 'drift', mark: 'ok', facts: { distinct: 0, top: [] } },
    ]);
    expect(code).toBe(0);
    const byPort = await runJson({ ...inFrontOf(sandbox), PORT: new URL(origin).port });
    expect(byPort.report.checks.at(-2)).toMatchObject({ subject: 'gateway', finding: `runs at ${origin}` });
  });

  it('does not wait for a backend that hangs, nor keep the others waiting', async () => {
    await using silent = await listen(() => undefined);
    const env = { ...inFrontOf(sandbox), PAI_ENDPOINT: silent.url, STS_ENDPOINT: silent.url };
    const { code, stdout } = await run({ ...env, UPSTREAM_TIMEOUT_MS: '3000' });
    expect(stdout).toMatch(/^fail {2}PAI model registry {2}gave no answer within 1500 ms; 2 attempts$/m);
    expect(stdout).toMatch(/^warn {2}identity .*gave no answer/m);
    expect(stdout.match(/^ok {4}(Model Router|PolarDB)/gm)).toHaveLength(2);
    expect(code).toBe(1);
  });

  it('ends at once and without a word by Ctrl-C', async () => {
    await using silent = await listen(() => undefined);
    await using doctor = start({ ...inFrontOf(sandbox), PAI_ENDPOINT: silent.url });
    await doctor.printed(/Model Router/);
    doctor.child.kill('SIGINT');
    expect(await doctor.ended).toBe('SIGINT');
    expect(doctor.stderr).toBe('');
  });

  it.each(['--help', '-h'])('explains itself with %s', async (option) => {
    const { code, stdout, stderr } = await run({ PORT: 'x' }, [option]);
    for (const word of ['Usage', '--json', '--url', 'STS_ENDPOINT', 'Exit code'])
      expect(stdout).toContain(word);
    expect([code, stderr]).toEqual([0, '']);
  });

  it.each<[readonly string[], RegExp]>([
    [['--jsn'], /--jsn/],
    [['please'], /please/],
    [['--url'], /--url/],
    [['--url', 'here'], /--url must be a whole URL/],
    [['--url', 'ftp://127.0.0.1'], /--url must be a whole URL/],
    [['--url', 'http://Pl4nted:Pl4nted@127.0.0.1'], /--url must not carry user information/],
    [['--url', 'http://127.0.0.1/?Pl4nted'], /--url must not carry/],
  ])('refuses %j', async (args, said) => {
    const { code, stdout, stderr } = await run({}, args);
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/\nTry --help\.\n$/);
    expect(stderr).not.toContain('Pl4nted');
    expect([code, stdout]).toEqual([1, '']);
  });

  it('has no colours in a pipe, whatever the terminal is', async () => {
    const { stdout } = await run({ TERM: 'xterm-256color', COLORTERM: 'truecolor' });
    expect(stdout).not.toContain('\u001B');
  });

  it.runIf(process.platform === 'linux' && existsSync(SCRIPT))(
    'has colours on a terminal, and none with NO_COLOR',
    async () => {
      const onTerminal = async (env: Env) => {
        const command = `${process.execPath} ${DOCTOR.command[0]}`;
        const child = spawn(SCRIPT, ['-qec', command, '/dev/null'], {
          env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', PORT: '0', TERM: 'xterm', ...env },
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
        return output;
      };
      expect(await onTerminal({})).toContain('\u001B[32mok\u001B[39m    configuration');
      expect(await onTerminal({ NO_COLOR: '1' })).toContain('ok    configuration');
      expect(await onTerminal({ NO_COLOR: '1' })).not.toContain('\u001B[3');
    },
  );

  it('is a script of npm', async () => {
    const npm = spawn('npm', ['run', '--silent', 'doctor', '--', '--json'], {
      env: { ...process.env, PORT: '0', UPSTREAM: 'sandbox' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [output, [code]] = await Promise.all([text(npm.stdout), once(npm, 'close')]);
    expect((JSON.parse(output) as Report).healthy).toBe(true);
    expect(code).toBe(0);
  });
});
