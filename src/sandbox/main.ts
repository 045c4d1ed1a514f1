import { parseArgs } from 'node:util';
import { type Sandbox, startSandbox } from './index.ts';

const DEFAULT_PORT = 4010;
const HELP = `The sandbox: an HTTP server that behaves as Model Router, the PAI model registry and the PolarDB AI gateway do.

Usage: npm run sandbox

SANDBOX_PORT  where to listen on 127.0.0.1, ${DEFAULT_PORT} when not set; 0 picks a free port
`;

function readPort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}

function describe({ url, endpoints, credentials, region }: Sandbox): string {
  return `Sandbox listening at ${url}

MODEL_ROUTER_ENDPOINT=${endpoints.modelRouter}
PAI_ENDPOINT=${endpoints.pai}
AI_GATEWAY_ENDPOINT=${endpoints.aiGateway}
ALIBABA_CLOUD_ACCESS_KEY_ID=${credentials.accessKeyId}
ALIBABA_CLOUD_ACCESS_KEY_SECRET=${credentials.accessKeySecret}
ALIBABA_CLOUD_REGION_ID=${region}
`;
}

function fail(line: string): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

/** Undefined where it was given one that there is not. */
function wantsHelp(): boolean | undefined {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
    return values.help === true;
  } catch (error) {
    fail(`${(error as Error).message}\nTry --help.`);
    return undefined;
  }
}

async function run(): Promise<void> {
  const isHelp = wantsHelp();
  if (isHelp === undefined) return;
  if (isHelp) {
    process.stdout.write(HELP);
    return;
  }
  const port = readPort(process.env['SANDBOX_PORT']);
  if (port === undefined) {
    fail(`SANDBOX_PORT must be a number from 0 to 65535, but is "${process.env['SANDBOX_PORT']}".`);
    return;
  }
  try {
    const sandbox = await startSandbox({ port, keptRequests: 0 });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
    process.stdout.write(describe(sandbox));
  } catch (error) {
    const isInUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    fail(
      isInUse
        ? `Port ${port} is in use; set SANDBOX_PORT to another.`
        : `The sandbox did not start: ${error}`,
    );
  }
}

await run();
