import type { Page } from '../../../domain/page.ts';
import type { PaiWorkspace, PaiWorkspaceFilter } from '../../../domain/workspace.ts';
import { roa } from '../../../transport/roa.ts';
import type { BackendLink } from '../../backend.ts';
import { flatPage } from '../../flat-envelope.ts';
import { readLeniently } from '../../lenient.ts';
import { callRegistry, readOperation } from '../operation.ts';
import { toWorkspace } from './normalise.ts';
import { workspaceWire } from './wire.ts';

const LIST_WORKSPACES = readOperation('ListWorkspaces');

/** ListWorkspaces. @throws GatewayError */
export function listWorkspaces(
  link: BackendLink,
  filter: PaiWorkspaceFilter,
  pageNumber: number,
  pageSize: number,
): Promise<Page<PaiWorkspace>> {
  const query = {
    PageNumber: pageNumber,
    PageSize: pageSize,
    WorkspaceName: filter.name,
    Status: filter.status,
    // What it adds is not documented; its default, false, may leave out what the graph shows.
    Verbose: true,
  };
  const path = ['api', 'v1', 'workspaces'];
  const request = { ...roa(LIST_WORKSPACES, 'GET', path, { query }), readAs: listWorkspaces };
  return callRegistry(link, request, (answer) =>
    flatPage(answer, { rows: 'Workspaces', total: 'TotalCount' }, (pageNumber - 1) * pageSize, (row) =>
      readLeniently(workspaceWire, row, answer.noteOdd, (wire, noteOnce) =>
        toWorkspace(wire, link.region, noteOnce),
      ),
    ),
  );
}
