import { parseInstant } from '../../domain/instant.ts';
import type { PaiLabel } from '../../domain/pai-label.ts';
import { ACCESSIBILITIES, type Accessibility, type PaiModel } from '../../domain/pai-model.ts';
import type { PaiModelVersion } from '../../domain/pai-model-version.ts';
import { withoutUserInfo } from '../../domain/secret-text.ts';
import type { NoteOdd } from '../lenient.ts';
import { longOf, parsedJson, parsedText, textOf } from '../normal-text.ts';
import { toLabels } from './labels.ts';
import { type ModelRef, toPaiModelVersion } from './versions/normalise.ts';
import type { PaiModelWire } from './wire.ts';

/** A registered model as the graph has it; undefined for one without an id. What does not fit is undefined and noted. */
export function toPaiModel(wire: PaiModelWire, region: string, noteOdd: NoteOdd): PaiModel | undefined {
  const sourceId = textOf(wire.ModelId);
  if (sourceId === undefined) {
    noteOdd('ModelId');
    return undefined;
  }
  const provider = textOf(wire.Provider);
  const origin = textOf(wire.Origin);
  return {
    type: 'PaiModel',
    sourceId,
    region,
    name: textOf(wire.ModelName) ?? sourceId,
    description: textOf(wire.ModelDescription),
    vendor: provider ?? origin,
    category: textOf(wire.ModelType),
    workspaceId: textOf(wire.WorkspaceId),
    accessibility: toAccessibility(wire.Accessibility),
    origin,
    provider,
    domain: textOf(wire.Domain),
    task: textOf(wire.Task),
    documentation: parsedText(noteOdd, 'ModelDoc', wire.ModelDoc, withoutUserInfo),
    orderNumber: parsedText(noteOdd, 'OrderNumber', wire.OrderNumber, longOf),
    parameterSize: parsedText(noteOdd, 'ParameterSize', wire.ParameterSize, longOf),
    labels: toModelLabels(wire, noteOdd),
    extraInfo: parsedJson(noteOdd, 'ExtraInfo', wire.ExtraInfo),
    ownerId: textOf(wire.OwnerId),
    userId: textOf(wire.UserId),
    createdAt: parsedText(noteOdd, 'GmtCreateTime', wire.GmtCreateTime, parseInstant),
    updatedAt: parsedText(noteOdd, 'GmtModifiedTime', wire.GmtModifiedTime, parseInstant),
    latestVersion: toLatestVersion(wire, { modelId: sourceId, region }, noteOdd),
  };
}

function toAccessibility(text: string | null | undefined): Accessibility | undefined {
  return ACCESSIBILITIES.find((one) => one === text?.trim().toUpperCase());
}

/** Source: `Tags` is the newer name and stands in lists only. */
function toModelLabels(wire: PaiModelWire, noteOdd: NoteOdd): readonly PaiLabel[] {
  const name = wire.Tags === null || wire.Tags === undefined ? 'Labels' : 'Tags';
  return toLabels(name, wire[name], noteOdd);
}

/** Source: that it is absent, or null, where the model has no version is likely, not documented. */
function toLatestVersion(
  { LatestVersion }: PaiModelWire,
  model: ModelRef,
  noteOdd: NoteOdd,
): PaiModelVersion | undefined {
  if (LatestVersion === null || LatestVersion === undefined) return undefined;
  return toPaiModelVersion(LatestVersion, model, (field) => noteOdd(`LatestVersion.${field}`));
}
