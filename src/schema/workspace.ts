import { builder } from '../builder.ts';
import { costs } from '../cost/statement.ts';
import type { PaiWorkspace } from '../domain/workspace.ts';
import { connect, connectionType, type WindowArgs, windowArgs } from './connection.ts';
import { pageCost } from './list-cost.ts';

const paiWorkspace = builder.objectRef<PaiWorkspace>('PaiWorkspace').implement({
  description: 'A workspace of PAI: what models are registered in. Upstream: ListWorkspaces.',
  fields: (t) => ({
    sourceId: t.exposeID('sourceId', {
      nullable: false,
      description: "The backend's own id, digits: the workspaceId of a PaiModel. Upstream: WorkspaceId.",
    }),
    region: t.exposeString('region', { nullable: false, description: 'The region it is in.' }),
    name: t.exposeString('name', { nullable: false, description: 'Upstream: WorkspaceName.' }),
    displayName: t.exposeString('displayName', { description: 'Its name for people.' }),
    description: t.exposeString('description', { description: 'What it is for.' }),
    status: t.exposeString('status', {
      description: 'ENABLED, INITIALIZING, FAILURE, DISABLED, FROZEN or UPDATING.',
    }),
    isDefault: t.exposeBoolean('isDefault', { description: 'Whether it is the default one.' }),
    creatorId: t.exposeString('creatorId', { description: 'Who created it. Upstream: Creator.' }),
    adminNames: t.exposeStringList('adminNames', {
      nullable: false,
      description: 'Names of its administrators.',
    }),
    environments: t.exposeStringList('environments', {
      nullable: false,
      description: 'Its environments, e.g. prod. Upstream: EnvTypes.',
    }),
    resourceGroupId: t.exposeString('resourceGroupId', { description: 'rg-… it is booked on.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Upstream: GmtCreateTime.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'Upstream: GmtModifiedTime.' }),
  }),
});

const paiWorkspaceConnection = connectionType('PaiWorkspace', paiWorkspace, 'workspaces of PAI');

const paiWorkspaceFilter = builder.inputType('PaiWorkspaceFilter', {
  description: "PAI's own filters, passed on as they are.",
  fields: (t) => ({
    name: t.string({ description: 'Upstream: WorkspaceName; whether it is exact is not documented.' }),
    status: t.string({ description: 'Upstream: Status, e.g. ENABLED.' }),
  }),
});

builder.queryField('workspaces', (t) =>
  t.field({
    type: paiWorkspaceConnection,
    description:
      "Workspaces of PAI in the configured region, in the backend's own order. Upstream: ListWorkspaces.",
    args: { ...windowArgs, filter: t.arg({ type: paiWorkspaceFilter, description: 'Which workspaces.' }) },
    extensions: costs<WindowArgs>((asked) => pageCost(asked, { source: 'PAI' })),
    resolve: (_root, { filter, ...window }, { sessions, region }) => {
      const wanted = { name: filter?.name ?? undefined, status: filter?.status ?? undefined };
      return connect(['workspaces', region, wanted], sessions.pai.workspaces(wanted), window);
    },
  }),
);
