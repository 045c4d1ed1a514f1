import type { Backend } from '../backend.ts';
import { type AiGatewaySession, openSession } from './session.ts';

/** Regions that the central host serves. Source: the endpoint map of the vendor's SDKs. */
const CENTRAL_REGIONS = [
  'cn-beijing',
  'cn-fujian',
  'cn-hangzhou',
  'cn-hangzhou-finance',
  'cn-heyuan',
  'cn-qingdao',
  'cn-shanghai',
  'cn-wuhan',
  'cn-wulanchabu',
  'cn-zhangbei',
];

/** The PolarDB AI gateway, product polardb. */
export const aiGateway: Backend<AiGatewaySession> = {
  source: 'AI_GATEWAY',
  title: 'PolarDB AI gateway',
  description: 'PolarDB AI gateway (product polardb).',
  position: 3,
  isRegional: true,
  endpoint: (region) =>
    CENTRAL_REGIONS.includes(region)
      ? 'https://polardb.aliyuncs.com'
      : `https://polardb.${region}.aliyuncs.com`,
  permissionFor: (operation) => `polardb:${operation}`,
  openSession,
};
