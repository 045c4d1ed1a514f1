import { ACCOUNT_ID, WORKSPACE_IDS } from './account.ts';

/** A workspace as ListWorkspaces answers it. */
export interface PaiWorkspace {
  readonly WorkspaceId: string;
  readonly WorkspaceName: string;
  readonly DisplayName: string;
  readonly Description: string;
  readonly Creator: string;
  readonly AdminNames: readonly string[];
  readonly EnvTypes: readonly string[];
  readonly ExtraInfos: Readonly<Record<string, string>>;
  readonly IsDefault: boolean;
  readonly Status: string;
  /** Source: lower case among its siblings. */
  readonly resourceGroupId: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
}

/** The demo account's workspaces; the first is the default one. */
export function demoWorkspaces(): readonly PaiWorkspace[] {
  const [platform, research, business] = WORKSPACE_IDS;
  const common = {
    Creator: ACCOUNT_ID,
    AdminNames: ['admin'],
    ExtraInfos: { TenantId: '428612098' },
    Status: 'ENABLED',
  };
  return [
    {
      ...common,
      WorkspaceId: platform,
      WorkspaceName: 'ai_platform',
      DisplayName: '模型平台',
      Description: '平台团队的默认工作空间',
      EnvTypes: ['prod'],
      IsDefault: true,
      resourceGroupId: 'rg-acfmwp7rkyplatf',
      GmtCreateTime: '2023-11-02T03:12:35.232Z',
      GmtModifiedTime: '2026-02-18T07:40:01.100Z',
    },
    {
      ...common,
      WorkspaceId: research,
      WorkspaceName: 'research',
      DisplayName: 'research',
      Description: '',
      AdminNames: ['admin', 'research-lead'],
      EnvTypes: ['dev', 'prod'],
      IsDefault: false,
      resourceGroupId: 'rg-acfmwp7rkyresea',
      GmtCreateTime: '2024-01-15T09:00:00Z',
      GmtModifiedTime: '2024-01-15T09:00:00Z',
    },
    {
      ...common,
      WorkspaceId: business,
      WorkspaceName: 'business_units',
      DisplayName: '业务部门',
      Description: 'Legal, finance, health',
      EnvTypes: ['prod'],
      IsDefault: false,
      resourceGroupId: 'rg-acfmwp7rkyresea',
      GmtCreateTime: '2024-02-28T01:30:15.007Z',
      GmtModifiedTime: '2025-12-01T11:22:33.444Z',
    },
  ];
}
