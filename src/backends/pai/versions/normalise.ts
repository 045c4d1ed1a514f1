import { parseInstant } from '../../../domain/instant.ts';
import type { PaiModelVersion } from '../../../domain/pai-model-version.ts';
import { maskUrl } from '../../../domain/secret-text.ts';
import type { NoteOdd } from '../../lenient.ts';
import { parsedJson, parsedText, textOf } from '../../normal-text.ts';
import { toLabels } from '../labels.ts';
import type { PaiModelVersionWire } from './wire.ts';

/**
 * Schemes of places where models lie.
 *
 * Source: oss, http and https are documented for writing; the others are kinds of storage that PAI's own pages name.
 */
const STORAGE_SCHEMES = ['oss', 'http', 'https', 'nas', 'cpfs', 'bmcpfs', 'odps', 'hdfs', 'dlf', 's3'];

/** What a version is a version of. */
export interface ModelRef {
  readonly modelId: string;
  readonly region: string;
}

/** A version as the graph has it; undefined for one without a name. What does not fit is undefined and noted. */
export function toPaiModelVersion(
  wire: PaiModelVersionWire,
  { modelId, region }: ModelRef,
  noteOdd: NoteOdd,
): PaiModelVersion | undefined {
  const versionName = textOf(wire.VersionName);
  if (versionName === undefined) {
    noteOdd('VersionName');
    return undefined;
  }
  return {
    type: 'PaiModelVersion',
    region,
    modelSourceId: modelId,
    versionName,
    description: textOf(wire.VersionDescription),
    uri: parsedText(noteOdd, 'Uri', wire.Uri, (text) => maskUrl(text, STORAGE_SCHEMES)),
    approvalStatus: textOf(wire.ApprovalStatus),
    formatType: textOf(wire.FormatType),
    frameworkType: textOf(wire.FrameworkType),
    sourceType: textOf(wire.SourceType),
    sourceRef: textOf(wire.SourceId),
    labels: toLabels('Labels', wire.Labels, noteOdd),
    metrics: parsedJson(noteOdd, 'Metrics', wire.Metrics),
    inferenceSpec: parsedJson(noteOdd, 'InferenceSpec', wire.InferenceSpec),
    trainingSpec: parsedJson(noteOdd, 'TrainingSpec', wire.TrainingSpec),
    extraInfo: parsedJson(noteOdd, 'ExtraInfo', wire.ExtraInfo),
    createdAt: parsedText(noteOdd, 'GmtCreateTime', wire.GmtCreateTime, parseInstant),
    updatedAt: parsedText(noteOdd, 'GmtModifiedTime', wire.GmtModifiedTime, parseInstant),
  };
}
