import { parseInstant } from '../../domain/instant.ts';
import { toJsonValue } from '../../domain/json-value.ts';
import { ACCESSIBILITIES, type Accessibility, type PaiLabel, type PaiModel } from '../../domain/pai-model.ts';
import type { NoteOdd } from '../lenient.ts';
import { longOf, parsedText, textOf } from '../normal-text.ts';
import type { PaiModelWire } from './wire.ts';

/**
 * Codes of digits that mean not found: workspace (three of them), data set, code source.
 *
 * Source: the vendor's own open-source provider.
 */
export const NOT_FOUND_CODES = ['100400008', '100700008', '100400027', '201300003', '201400002'];

/** A registered model as the graph has it; undefined for one without an id. What does not fit is undefined and noted. */
export function toPaiModel(wire: PaiModelWire, region: string, noteOdd: NoteOdd): PaiModel | undefined {
  const sourceId = textOf(wire.ModelId);
  if (sourceId === undefined) {
    noteOdd('ModelId');
    return undefined;
  }
  const parsed = parsedText(noteOdd);
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
    accessibility: parsed('Accessibility', wire.Accessibility, toAccessibility),
    origin,
    provider,
    domain: textOf(wire.Domain),
    task: textOf(wire.Task),
    documentation: textOf(wire.ModelDoc),
    orderNumber: parsed('OrderNumber', wire.OrderNumber, longOf),
    parameterSize: parsed('ParameterSize', wire.ParameterSize, longOf),
    labels: toLabels(wire, noteOdd),
    extraInfo:
      wire.ExtraInfo === undefined || wire.ExtraInfo === null ? undefined : toJsonValue(wire.ExtraInfo),
    ownerId: textOf(wire.OwnerId),
    userId: textOf(wire.UserId),
    createdAt: parsed('GmtCreateTime', wire.GmtCreateTime, parseInstant),
    updatedAt: parsed('GmtModifiedTime', wire.GmtModifiedTime, parseInstant),
  };
}

function toAccessibility(text: string): Accessibility | undefined {
  return ACCESSIBILITIES.find((one) => one === text.trim().toUpperCase());
}

/** Source: `Tags` is the newer name and stands in lists only. */
function toLabels(wire: PaiModelWire, noteOdd: NoteOdd): readonly PaiLabel[] {
  const name = wire.Tags === null || wire.Tags === undefined ? 'Labels' : 'Tags';
  return (wire[name] ?? []).flatMap((label) => {
    const key = textOf(label?.Key);
    if (key !== undefined) return [{ key, value: textOf(label?.Value) }];
    noteOdd(`${name}.Key`);
    return [];
  });
}
