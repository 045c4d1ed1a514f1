import { aiGatewayOperations } from './ai-gateway/operations.ts';
import { modelRouterOperations } from './model-router/operations.ts';
import type { Operation, Product, Setting } from './operation.ts';
import { paiOperations } from './pai/operations.ts';
import { Refusal } from './refusal.ts';

/** Source: Model Router writes its version without dashes. */
const VERSIONS = {
  aicontent: '20240611',
  aiworkspace: '2021-02-04',
  polardb: '2017-08-01',
} as const satisfies Record<Product, string>;

/** The operations of all products over fresh data. */
export type Routes = Readonly<Record<Product, readonly Operation[]>>;

/** What of a request decides where it goes; the path is encoded. */
export interface Destination {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function createRoutes(setting: Setting): Routes {
  return {
    aicontent: modelRouterOperations(setting),
    aiworkspace: paiOperations(setting),
    polardb: aiGatewayOperations(setting),
  };
}

/** Which product a path belongs to; the three share one port. */
export function productOf(path: string): Product | undefined {
  if (path === '/') return 'polardb';
  if (path.startsWith('/api/v1/modelRouter/')) return 'aicontent';
  return path.startsWith('/api/v1/') ? 'aiworkspace' : undefined;
}

/** Finds the operation a request asks for, with the decoded placeholders of its path. Throws Refusal. */
export function route(routes: Routes, { method, path, headers }: Destination) {
  const product = productOf(path);
  if (!product) throw unknownApi(method, path);
  const candidates = routes[product].filter((operation) => matchPath(operation.path, path));
  if (candidates.length === 0) throw unknownApi(method, path);
  if (headers['x-acs-version'] !== VERSIONS[product]) {
    throw new Refusal(400, 'NoSuchVersion', `The version of ${product} must be ${VERSIONS[product]}.`);
  }
  const allowed = candidates.filter((operation) => operation.method === method);
  if (allowed.length === 0) {
    throw new Refusal(403, 'UnsupportedHTTPMethod', `This path does not take ${method}.`);
  }
  const operation = allowed.find(({ action }) => action === headers['x-acs-action']);
  if (!operation) throw unknownAction(product, headers['x-acs-action']);
  return { product, operation, pathParameters: matchPath(operation.path, path) ?? {} };
}

function unknownApi(method: string, path: string): Refusal {
  return new Refusal(404, 'InvalidApi.NotFound', `No API is at ${method} ${path}, check method and path.`);
}

/** Source: InvalidAction is 403 on the PolarDB page. An ROA action that contradicts its route is no known API. */
function unknownAction(product: Product, action = ''): Refusal {
  return product === 'polardb'
    ? new Refusal(403, 'InvalidAction', `The action "${action}" is not valid.`)
    : new Refusal(404, 'InvalidApi.NotFound', `The action "${action}" is not the one at this path.`);
}

function matchPath(template: string, path: string): Record<string, string> | undefined {
  const [expected, actual] = [template.split('/'), path.split('/')];
  if (expected.length !== actual.length) return undefined;
  const found: [string, string][] = [];
  for (const [index, part] of expected.entries()) {
    const segment = actual[index] ?? '';
    const isPlaceholder = part.startsWith('{');
    if (isPlaceholder ? segment === '' : segment !== part) return undefined;
    if (isPlaceholder) found.push([part.slice(1, -1), decodeSegment(segment)]);
  }
  return Object.fromEntries(found);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'InvalidParameter', 'The path is not percent-encoded UTF-8.');
  }
}
