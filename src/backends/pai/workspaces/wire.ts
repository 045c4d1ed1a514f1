import * as z from 'zod';
import { wireBoolean, wireScalar, wireText } from '../../lenient.ts';

/**
 * A workspace as ListWorkspaces answers it.
 *
 * Source: version 2021-02-04. `resourceGroupId` begins in lower case, unlike its siblings; `DisplayName` is known to
 * the newer SDK only; every field may be missing.
 */
export const workspaceWire = z.object({
  WorkspaceId: wireScalar,
  WorkspaceName: wireText,
  DisplayName: wireText,
  Description: wireText,
  Status: wireText,
  IsDefault: wireBoolean,
  Creator: wireScalar,
  AdminNames: z.array(wireText).nullish(),
  EnvTypes: z.array(wireText).nullish(),
  resourceGroupId: wireText,
  GmtCreateTime: wireText,
  GmtModifiedTime: wireText,
});

/** See {@link workspaceWire}. */
export type WorkspaceWire = z.output<typeof workspaceWire>;
