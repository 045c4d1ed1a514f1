import type { Backend } from '../backend.ts';
import { NOT_FOUND_CODES } from './operation.ts';
import { openSession, type PaiSession } from './session.ts';

/** Regions that the central host serves. Source: the endpoint map of the vendor's TypeScript SDK. */
const CENTRAL_REGIONS = [
  'ap-southeast-2',
  'cn-fujian',
  'cn-hangzhou-finance',
  'cn-huhehaote',
  'cn-qingdao',
  'cn-wuhan',
  'cn-zhangbei',
  'eu-west-1',
  'me-east-1',
];

/** The PAI model registry, product aiworkspace. */
export const pai: Backend<PaiSession> = {
  source: 'PAI',
  title: 'PAI model registry',
  description: 'PAI model registry (product aiworkspace).',
  position: 2,
  isRegional: true,
  notFoundCodes: NOT_FOUND_CODES,
  endpoint: (region) =>
    CENTRAL_REGIONS.includes(region)
      ? 'https://aiworkspace.aliyuncs.com'
      : `https://aiworkspace.${region}.aliyuncs.com`,
  // Source: the vendor's pages of the operations, which name workspaces apart.
  permissionFor: (operation) =>
    operation.endsWith('Workspaces') ? `paiworkspace:${operation}` : `paimodel:${operation}`,
  openSession,
};
