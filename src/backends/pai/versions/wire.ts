import * as z from 'zod';
import { wireJson, wireScalar, wireText } from '../../lenient.ts';
import { labelsWire } from '../labels.ts';

/**
 * A version as GetModelVersion, ListModelVersions and the `LatestVersion` of a model answer it. None of them names
 * its model. `Options` and the specs that the graph does not have are not read.
 *
 * Source: version 2021-02-04; every field may be missing.
 */
export const paiModelVersionWire = z.object({
  VersionName: wireScalar,
  VersionDescription: wireText,
  Uri: wireText,
  ApprovalStatus: wireText,
  FormatType: wireText,
  FrameworkType: wireText,
  SourceType: wireText,
  SourceId: wireText,
  Labels: labelsWire,
  Metrics: wireJson,
  InferenceSpec: wireJson,
  TrainingSpec: wireJson,
  ExtraInfo: wireJson,
  GmtCreateTime: wireText,
  GmtModifiedTime: wireText,
});

/** See {@link paiModelVersionWire}. */
export type PaiModelVersionWire = z.output<typeof paiModelVersionWire>;

/** The answer of CreateModelVersion: a name and nothing else. Source: version 2021-02-04. */
export const createdPaiModelVersionWire = z.object({ VersionName: wireText });
