import { describe, expect, it } from 'vitest';
import { openGateway } from '../../support/gateway.ts';
import { dataOf } from '../support/backend-cases.ts';
import { requestsOf, sampleAnswer } from './support.ts';

const ALL = `sourceId region name displayName description status isDefault creatorId adminNames environments
  resourceGroupId createdAt updatedAt`;

describe('workspaces', () => {
  it('has every field of the documented sample, the one in lower case too', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('ListWorkspaces', sampleAnswer('ListWorkspaces'));
    const answer = await gateway.query(`{ workspaces { totalCount nodes { ${ALL} } } }`);
    expect(dataOf(answer)).toEqual({
      workspaces: {
        totalCount: 1,
        nodes: [
          {
            sourceId: '123',
            region: 'cn-beijing',
            name: 'workspace-example',
            displayName: 'workspace-example',
            description: 'workspace description example',
            status: 'ENABLED',
            isDefault: false,
            creatorId: '122424353535',
            adminNames: ['admin'],
            environments: ['prod'],
            resourceGroupId: 'rg-acfmwp7rky****',
            createdAt: '2021-01-21T17:12:35.232Z',
            updatedAt: '2021-01-21T17:12:35.232Z',
          },
        ],
      },
    });
  });

  it('is a page of the list with the filters of the backend', async () => {
    await using gateway = await openGateway();
    const document = `query ($filter: PaiWorkspaceFilter) {
      workspaces(first: 1, filter: $filter) { totalCount pageInfo { hasNextPage } nodes { sourceId } }
    }`;
    const all = dataOf<{ workspaces: { totalCount: number } }>(await gateway.query(document));
    expect(all.workspaces.totalCount).toBeGreaterThan(1);
    expect(all).toMatchObject({ workspaces: { pageInfo: { hasNextPage: true } } });
    await gateway.query(document, { filter: { name: 'research', status: 'ENABLED' } });
    const requests = requestsOf(gateway);
    expect(requests.map(({ action, path }) => `${action} ${path}`)).toEqual([
      'ListWorkspaces /api/v1/workspaces',
      'ListWorkspaces /api/v1/workspaces',
    ]);
    expect(requests[0]?.query).toEqual({ PageNumber: '1', PageSize: '1', Verbose: 'true' });
    expect(requests[1]?.query).toEqual({
      PageNumber: '1',
      PageSize: '1',
      Verbose: 'true',
      WorkspaceName: 'research',
      Status: 'ENABLED',
    });
  });

  it('a workspace of which little is told keeps its place; one without an id is dropped', async () => {
    await using gateway = await openGateway();
    const odd = {
      TotalCount: 3,
      Workspaces: [
        { WorkspaceId: 7, AdminNames: [null, 'a', 5], IsDefault: 'x' },
        { WorkspaceName: 'n' },
        null,
      ],
    };
    gateway.sandbox.setFault('ListWorkspaces', sampleAnswer('ListWorkspaces', odd));
    const answer = await gateway.query(
      '{ workspaces { nodes { sourceId name adminNames environments isDefault } } }',
    );
    expect(dataOf(answer)).toEqual({
      workspaces: {
        nodes: [{ sourceId: '7', name: '7', adminNames: ['a'], environments: [], isDefault: null }],
      },
    });
  });

  it.each([
    [{ kind: 'error', status: 403, code: 'NoPermission' }, 'FORBIDDEN'],
    [{ kind: 'throttle' }, 'RATE_LIMITED'],
    [{ kind: 'answer', status: 200, bodyText: '{"RequestId":"r"}' }, 'UPSTREAM_ERROR'],
  ] as const)('%j nulls the field with %s and nothing else', async (fault, code) => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('ListWorkspaces', fault);
    const answer = await gateway.query(
      '{ workspaces { nodes { name } } paiModels(first: 1) { nodes { source } } }',
    );
    expect(answer.data).toEqual({ workspaces: null, paiModels: { nodes: [{ source: 'PAI' }] } });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code, source: 'PAI' });
  });
});
