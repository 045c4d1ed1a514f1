import type { Backend } from '../backend.ts';
import { type ModelRouterSession, openSession } from './session.ts';

/** Regions with a host of their own; the others are served by the central one or by the regional rule. */
const CENTRAL_REGIONS = ['cn-shanghai'];

/** The Model Router, product aicontent. */
export const modelRouter: Backend<ModelRouterSession> = {
  source: 'MODEL_ROUTER',
  title: 'Model Router',
  description: 'Model Router (product aicontent).',
  position: 1,
  isRegional: false,
  endpoint: (region) =>
    CENTRAL_REGIONS.includes(region)
      ? 'https://aicontent.aliyuncs.com'
      : `https://aicontent.${region}.aliyuncs.com`,
  permissionFor: (operation) => `aicontent:${operation}`,
  openSession,
};
