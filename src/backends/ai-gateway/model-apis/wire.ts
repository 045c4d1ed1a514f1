import * as z from 'zod';
import { wireJson, wireScalar, wireText } from '../../lenient.ts';

/**
 * A model API, as DescribeModelApis answers it.
 *
 * Source: version 2017-08-01. `Category` is what the writes call `ModelCategory`; `RouteRules` is JSON as text, whose
 * printed example is not valid; `GmtCreated` has no zone.
 */
export const modelApiWire = z.object({
  ModelApiId: wireScalar,
  Name: wireText,
  Category: wireText,
  Protocol: wireText,
  PathPrefix: wireText,
  Status: wireText,
  RecordInput: wireScalar,
  RecordOutput: wireScalar,
  RouteRules: wireJson,
  GmtCreated: wireText,
});

/** See {@link modelApiWire}. */
export type ModelApiWire = z.output<typeof modelApiWire>;

/** The answer of CreateModelApi. Source: version 2017-08-01. */
export const createdModelApiWire = z.object({
  ModelApiId: wireText,
  Status: wireText,
  InvokeEndpoint: wireText,
});
