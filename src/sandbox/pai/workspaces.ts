import { demoWorkspaces, type PaiWorkspace } from '../data/workspaces.ts';
import type { Operation } from '../operation.ts';
import type { Arguments, Parameter } from '../parameters.ts';
import { containsText } from './labels.ts';
import { pageOf, sortedByTime } from './pages.ts';

const DEFAULT_PAGE_SIZE = 20;
const STATUSES = ['ENABLED', 'INITIALIZING', 'FAILURE', 'DISABLED', 'FROZEN', 'UPDATING'];

/** The workspaces of the account; they are there without demo data too, since models can be created in them. */
export function workspaceOperations(): readonly Operation[] {
  const workspaces = demoWorkspaces();
  return [
    {
      action: 'ListWorkspaces',
      method: 'GET',
      path: '/api/v1/workspaces',
      parameters: LIST_PARAMETERS,
      answer: (args) => listWorkspaces(workspaces, args),
    },
  ];
}

const LIST_PARAMETERS: readonly Parameter[] = [
  { name: 'Fields', in: 'query', type: 'text', oneOf: ['Id'] },
  { name: 'ModuleList', in: 'query', type: 'text' },
  { name: 'Option', in: 'query', type: 'text', oneOf: ['GetWorkspaces', 'GetResourceLimits'] },
  { name: 'Order', in: 'query', type: 'text', oneOf: ['ASC', 'DESC'] },
  { name: 'PageNumber', in: 'query', type: 'int64', min: 1 },
  { name: 'PageSize', in: 'query', type: 'int32', min: 1, max: 100 },
  { name: 'ResourceGroupId', in: 'query', type: 'text' },
  { name: 'SortBy', in: 'query', type: 'text', oneOf: ['GmtCreateTime', 'GmtModifiedTime'] },
  { name: 'Status', in: 'query', type: 'text', oneOf: STATUSES },
  { name: 'UserId', in: 'query', type: 'text' },
  { name: 'Verbose', in: 'query', type: 'boolean' },
  { name: 'WorkspaceIds', in: 'query', type: 'text' },
  { name: 'WorkspaceName', in: 'query', type: 'text' },
];

/** Verbose and ModuleList change nothing: what they add or remove is not documented. */
function listWorkspaces(workspaces: readonly PaiWorkspace[], args: Arguments) {
  // Source: the option answers limits instead of workspaces; what is inside is not documented.
  if (args.text('Option') === 'GetResourceLimits') return { ResourceLimits: { MaxWorkspaces: 50 } };
  const ids = args.text('WorkspaceIds')?.split(',');
  const matching = workspaces.filter(
    (workspace) =>
      (ids === undefined || ids.includes(workspace.WorkspaceId)) &&
      containsText([workspace.WorkspaceName], args.text('WorkspaceName')) &&
      (args.text('Status') ?? workspace.Status) === workspace.Status &&
      (args.text('ResourceGroupId') ?? workspace.resourceGroupId) === workspace.resourceGroupId &&
      (args.text('UserId') ?? workspace.Creator) === workspace.Creator,
  );
  const column = args.text('SortBy') === 'GmtModifiedTime' ? 'GmtModifiedTime' : 'GmtCreateTime';
  const page = pageOf(
    sortedByTime(matching, (workspace) => workspace[column], args),
    args,
    DEFAULT_PAGE_SIZE,
  );
  const hasOnlyIds = args.text('Fields') === 'Id';
  return {
    TotalCount: matching.length,
    Workspaces: hasOnlyIds ? page.map(({ WorkspaceId }) => ({ WorkspaceId })) : page,
  };
}
