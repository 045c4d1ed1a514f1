import * as z from 'zod';
import { wireText } from '../../lenient.ts';

/**
 * `data` of ModelRouterBatchCreateModel. Source: version 20240611, TypeScript SDK; `created` holds whole entries,
 * `failures` name their item by modelId and name only.
 */
export const batchWire = z.object({
  created: z.array(z.unknown()).nullish(),
  failures: z.array(z.unknown()).nullish(),
});

/** One of `failures`. `modelId` is the vendor's code here, as in all writes of models. */
export const batchFailureWire = z.object({ modelId: wireText, name: wireText, errorMsg: wireText });
