import * as z from 'zod';
import { wireBoolean, wireJson, wireScalar, wireText } from '../lenient.ts';

/**
 * One entry, as ModelRouterQueryModel, ModelRouterQueryModelList and ModelRouterCreateModel answer it.
 *
 * Source: version 20240611. Every field may be missing; `id` is an int64, lengths are free text.
 */
export const modelWire = z.object({
  id: wireScalar,
  name: wireText,
  description: wireText,
  symbol: wireText,
  tags: wireText,
  tagNames: wireText,
  modelCode: wireText,
  modelType: wireText,
  apiKeyPreview: wireText,
  baseUrl: wireText,
  maxInputLength: wireScalar,
  maxOutputLength: wireScalar,
  isCustom: wireBoolean,
  deleteTag: wireScalar,
  hasBillingRule: wireBoolean,
  inOut: wireText,
  extensions: wireJson,
  version: wireScalar,
  gmtCreate: wireText,
  gmtModified: wireText,
});

/** See {@link modelWire}. */
export type ModelWire = z.output<typeof modelWire>;

/**
 * `data` of the lists of models and of billing rules.
 *
 * Source: version 20240611; `total` is text for models, `None` where there is none, and a number for rules.
 */
export const listWire = z.object({
  list: z.array(z.unknown()).nullish(),
  total: wireJson,
});

/**
 * The envelope of every answer. Source: version 20240611; the documented success sample carries
 * `errCode: "UNKNOWN_ERROR"`, so only `success` decides.
 */
export const envelopeWire = z.object({
  success: z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]),
  httpStatusCode: wireJson,
  data: wireJson,
});
