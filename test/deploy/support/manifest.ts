import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';

/** An object for Kubernetes. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Reads a manifest. @throws Error where it is no YAML */
export function parseManifest(text: string): readonly Resource[] {
  return [...parseAllDocuments(text)].map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as Resource;
  });
}

/**
 * What the compiler says of the resources as objects of Kubernetes' types: unlike a schema, it knows of each field that
 * there is, and so tells a misspelt one.
 */
export async function typeErrors(resources: readonly Resource[]): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'modelgraph-manifest-')));
  try {
    await symlink(await realpath('node_modules'), join(directory, 'node_modules'), 'junction');
    const file = join(directory, 'manifest.mts');
    await writeFile(file, resources.map(toTyped).join('\n'));
    const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
    await promisify(execFile)(process.execPath, [compiler, ...options, file], { cwd: directory });
    return '';
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}

function toTyped(resource: Resource, index: number): string {
  const { apiVersion, kind } = resource;
  // The group, of which the package drops the domain, and the version.
  const [version = '', group = 'core'] = apiVersion.split('/').reverse();
  const module = `kubernetes-types/${group.split('.')[0]}/${version}.js`;
  return `export const resource${index}: import('${module}').${kind} = ${JSON.stringify(resource, null, 2)};`;
}
