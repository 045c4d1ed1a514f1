/** The demo account, as the cloud prints account ids. */
export const ACCOUNT_ID = '1557702098194904';

/** The workspaces of the demo account; the first is the default one. */
export const WORKSPACE_IDS = ['23401', '32417', '79645'] as const;
