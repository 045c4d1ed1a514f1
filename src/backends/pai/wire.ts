import * as z from 'zod';
import { wireJson, wireScalar, wireText } from '../lenient.ts';
import { labelsWire } from './labels.ts';
import { paiModelVersionWire } from './versions/wire.ts';

/**
 * A registered model, as GetModel and ListModels answer it.
 *
 * Source: version 2021-02-04. Lists carry `Labels` and `Tags`, the single read `Labels` only; every field may be
 * missing. `ParameterSize` is in millions.
 */
export const paiModelWire = z.object({
  ModelId: wireScalar,
  ModelName: wireText,
  ModelDescription: wireText,
  ModelType: wireText,
  ModelDoc: wireText,
  Accessibility: wireText,
  Domain: wireText,
  Task: wireText,
  Origin: wireText,
  Provider: wireText,
  OrderNumber: wireScalar,
  ParameterSize: wireScalar,
  ExtraInfo: wireJson,
  Labels: labelsWire,
  Tags: labelsWire,
  WorkspaceId: wireScalar,
  OwnerId: wireScalar,
  UserId: wireScalar,
  GmtCreateTime: wireText,
  GmtModifiedTime: wireText,
  LatestVersion: paiModelVersionWire.nullish(),
});

/** See {@link paiModelWire}. */
export type PaiModelWire = z.output<typeof paiModelWire>;

/** The answer of CreateModel: an id and nothing else. Source: version 2021-02-04. */
export const createdPaiModelWire = z.object({ ModelId: wireText });
