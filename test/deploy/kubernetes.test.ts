import { readFileSync } from 'node:fs';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { Container, EnvVar, PodSpec, Service } from 'kubernetes-types/core/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openGateway } from '../support/gateway.ts';
import { imageEnv, lastOf } from './support/image.ts';
import { parseManifest, typeErrors } from './support/manifest.ts';

const resources = parseManifest(readFileSync('deploy/kubernetes.yaml', 'utf8'));

function only<Kind>(kind: string): Kind {
  const [resource, ...others] = resources.filter((candidate) => candidate.kind === kind);
  if (resource === undefined || others.length > 0) throw new Error(`The manifest has not one ${kind}.`);
  return resource as Kind;
}

const deployment = only<Deployment>('Deployment').spec;
const service = only<Service>('Service').spec;
const budget = only<PodDisruptionBudget>('PodDisruptionBudget').spec;
const pod = deployment?.template.spec as PodSpec;
const [container = {} as Container, ...sidecars] = pod.containers;
const variables: readonly EnvVar[] = container.env ?? [];

/** What the gateway finds in its environment, a word in place of each secret. */
const env = {
  ...imageEnv,
  ...Object.fromEntries(variables.map(({ name, value = 'secret' }) => [name, value])),
};
/** Without the question how callers prove who they are, which is a test of its own. */
const config = readConfig({ ...env, ALLOW_UNAUTHENTICATED: '1' });

/** Bytes of a quantity such as 640Mi. */
function bytesOf(quantity: unknown): number {
  const [, digits = '', unit = ''] = /^(\d+)([KMG]i)$/.exec(String(quantity)) ?? [];
  return Number(digits) * 1024 ** (['Ki', 'Mi', 'Gi'].indexOf(unit) + 1);
}

describe('the manifest', { timeout: 30_000 }, () => {
  it('holds what Kubernetes knows, spelt right', async () => {
    expect(await typeErrors(resources)).toBe('');
    const misspelt = JSON.stringify(resources).replace('readOnlyRootFilesystem', 'readOnlyRootFileSystem');
    expect(await typeErrors(JSON.parse(misspelt))).toMatch(/readOnlyRootFileSystem\W+ does not exist/);
  });

  it('selects its own pods, and no port or volume that they lack', () => {
    const labels = deployment?.template.metadata?.labels;
    expect(labels).toBeDefined();
    expect(deployment?.selector.matchLabels).toEqual(labels);
    expect(service?.selector).toEqual(labels);
    expect(budget?.selector?.matchLabels).toEqual(labels);
    for (const { labelSelector } of pod.topologySpreadConstraints ?? []) {
      expect(labelSelector?.matchLabels).toEqual(labels);
    }
    const portNames = (container.ports ?? []).map(({ name }) => name);
    expect(service?.ports?.map(({ targetPort }) => targetPort)).toEqual(portNames);
    const volumes = (pod.volumes ?? []).map(({ name }) => name);
    expect((container.volumeMounts ?? []).map(({ name }) => name)).toEqual(volumes);
  });

  it('runs the image of this version, on the port that it listens on, as the user that it names', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
    expect(container.image).toMatch(new RegExp(`(^|/)modelgraph:${version.replaceAll('.', '\\.')}$`));
    expect(container.ports?.map(({ containerPort }) => containerPort)).toEqual([config.port]);
    expect(`${pod.securityContext?.runAsUser}:${pod.securityContext?.runAsGroup}`).toBe(lastOf('USER'));
  });

  it('sets variables that the gateway has, and takes secrets from secrets', () => {
    const table = readFileSync('README.md', 'utf8');
    const ofNode = ['NODE_OPTIONS'];
    const unknown = variables.filter(({ name }) => !table.includes(`\`${name}\``) && !ofNode.includes(name));
    expect(unknown).toEqual([]);
    const secrets = variables.filter(({ name }) => /ACCESS_KEY|SECRET|TOKEN/.test(name));
    expect(secrets.map(({ name }) => name)).toContain('ALIBABA_CLOUD_ACCESS_KEY_SECRET');
    expect(secrets.filter(({ valueFrom }) => valueFrom?.secretKeyRef === undefined)).toEqual([]);
    expect(resources.map(({ kind }) => kind)).not.toContain('Secret');
    expect(config.upstream).toBe('alibaba');
  });

  it('asks callers who they are', () => {
    const names = variables.map(({ name }) => name);
    expect(names).toContain('AUTH_MODE');
    expect(names).not.toContain('ALLOW_UNAUTHENTICATED');
    const [mount] = container.volumeMounts ?? [];
    const file = variables.find(({ name }) => name === 'AUTH_KEYS_FILE')?.value;
    expect(file).toMatch(new RegExp(`^${mount?.mountPath}/`));
    expect(mount?.readOnly).toBe(true);
  });
});

describe('the probes', () => {
  const pathOf = (name: 'startupProbe' | 'livenessProbe' | 'readinessProbe') =>
    container[name]?.httpGet?.path ?? '';

  it('ask what the gateway answers, and only readiness ends with SIGTERM', async () => {
    await using opened = await openGateway();
    const statuses = () =>
      Promise.all(
        (['startupProbe', 'livenessProbe', 'readinessProbe'] as const).map(
          async (name) => (await opened.fetch(pathOf(name))).status,
        ),
      );
    expect(await statuses()).toEqual([200, 200, 200]);
    opened.gateway.drain();
    expect(await statuses()).toEqual([200, 200, 503]);
  });

  it('ask at the port of the container, and leave it time to start', () => {
    for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
      expect(container.ports?.map(({ name }) => name)).toContain(probe?.httpGet?.port);
    }
    const { periodSeconds = 10, failureThreshold = 3 } = container.startupProbe ?? {};
    expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(30);
  });
});

describe('a pod', () => {
  it('is killed only after the gateway had its time to end', () => {
    expect(config.drainDelayMs).toBeGreaterThan(0);
    const graceMs = (pod.terminationGracePeriodSeconds ?? 0) * 1000;
    expect(graceMs).toBeGreaterThan(config.drainDelayMs + config.drainMs);
  });

  it('is replaced one at a time, and never the last', () => {
    const replicas = deployment?.replicas ?? 1;
    expect(replicas).toBeGreaterThanOrEqual(2);
    expect(Number(budget?.maxUnavailable)).toBeLessThan(replicas);
    expect(deployment?.strategy?.rollingUpdate?.maxUnavailable).toBe(0);
    expect(pod.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey)).toContain(
      'kubernetes.io/hostname',
    );
  });

  it('has the least rights: what the restricted policy of Kubernetes asks, and a read-only file system', () => {
    expect(sidecars).toEqual([]);
    expect(pod.initContainers).toBeUndefined();
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect([pod.hostNetwork, pod.hostPID, pod.hostIPC]).toEqual([undefined, undefined, undefined]);
  });

  it('finds no variables of other services in its environment, where SANDBOX_PORT is its own', () => {
    expect(pod.enableServiceLinks).toBe(false);
  });

  it('is held to its memory, with room beside the heap', () => {
    const { requests, limits } = container.resources ?? {};
    expect(requests?.['cpu']).toBeDefined();
    expect(limits?.['cpu']).toBeDefined();
    const limitBytes = bytesOf(limits?.['memory']);
    expect(bytesOf(requests?.['memory'])).toBeLessThanOrEqual(limitBytes);
    const [, heapMb] = /--max-old-space-size=(\d+)/.exec(env['NODE_OPTIONS'] ?? '') ?? [];
    expect(limitBytes - Number(heapMb) * 1024 ** 2).toBeGreaterThanOrEqual(bytesOf('200Mi'));
  });
});
