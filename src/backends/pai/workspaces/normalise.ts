import { parseInstant } from '../../../domain/instant.ts';
import type { PaiWorkspace } from '../../../domain/workspace.ts';
import type { NoteOdd } from '../../lenient.ts';
import { parsedText, textOf } from '../../normal-text.ts';
import type { WorkspaceWire } from './wire.ts';

/** A workspace as the graph has it; undefined for one without an id. What does not fit is undefined and noted. */
export function toWorkspace(wire: WorkspaceWire, region: string, noteOdd: NoteOdd): PaiWorkspace | undefined {
  const sourceId = textOf(wire.WorkspaceId);
  if (sourceId === undefined) {
    noteOdd('WorkspaceId');
    return undefined;
  }
  const displayName = textOf(wire.DisplayName);
  return {
    sourceId,
    region,
    name: textOf(wire.WorkspaceName) ?? displayName ?? sourceId,
    displayName,
    description: textOf(wire.Description),
    status: textOf(wire.Status),
    isDefault: wire.IsDefault ?? undefined,
    creatorId: textOf(wire.Creator),
    adminNames: textsOf(wire.AdminNames),
    environments: textsOf(wire.EnvTypes),
    resourceGroupId: textOf(wire.resourceGroupId),
    createdAt: parsedText(noteOdd, 'GmtCreateTime', wire.GmtCreateTime, parseInstant),
    updatedAt: parsedText(noteOdd, 'GmtModifiedTime', wire.GmtModifiedTime, parseInstant),
  };
}

function textsOf(texts: readonly (string | null | undefined)[] | null | undefined): readonly string[] {
  return (texts ?? []).map(textOf).filter((text) => text !== undefined);
}
