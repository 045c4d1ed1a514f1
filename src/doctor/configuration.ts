import { type Config, ConfigError, readConfig } from '../config.ts';
import type { Check } from './check.ts';

/** The oldest Node that the libraries take, as `engines` in package.json has it. */
export const OLDEST_NODE = '22.19';

/** The configuration, undefined where it cannot be used, and what is to be said of it. */
export function checkConfiguration(env: Readonly<Record<string, string | undefined>> | undefined): {
  readonly config: Config | undefined;
  readonly checks: readonly Check[];
} {
  try {
    const config = readConfig(env);
    return { config, checks: [usable(config), ...config.warnings.map((text) => said('warn', text))] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: undefined, checks: error.faults.map((text) => said('fail', text)) };
  }
}

const ABOUT = { subject: 'configuration', title: 'configuration' } as const;

function usable({ upstream, region, endpoints }: Config): Check {
  const overrides = [...endpoints.keys()];
  const where =
    upstream === 'sandbox'
      ? `no account: a sandbox of the doctor's own stands in for the cloud, region ${region}`
      : `Alibaba Cloud, region ${region}`;
  const elsewhere = overrides.length === 0 ? '' : `, other endpoints for ${overrides.join(', ')}`;
  return {
    ...ABOUT,
    mark: 'ok',
    finding: `${where}${upstream === 'sandbox' ? '' : elsewhere}`,
    facts: { upstream, region, overrides },
  };
}

function said(mark: 'warn' | 'fail', text: string): Check {
  const variable = /^[A-Z][A-Z0-9_]+/.exec(text)?.[0];
  return {
    ...ABOUT,
    mark,
    finding: text,
    hint: `Change ${variable ?? 'it'} or unset it; what each variable means: npm start -- --help`,
    facts: { variable: variable ?? null },
  };
}

/** Whether the libraries run on this Node. */
export function checkNode(version: string): Check {
  const about = { subject: 'node', title: 'Node', facts: { version, oldest: OLDEST_NODE } } as const;
  if (!isOlder(version, OLDEST_NODE)) return { ...about, mark: 'ok', finding: version };
  return {
    ...about,
    mark: 'fail',
    finding: `${version} is older than ${OLDEST_NODE}`,
    hint: 'Start it by npm, which brings a newer Node along, or install one.',
  };
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = than.split('.').map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}
