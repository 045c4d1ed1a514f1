import type { Read } from './upstream.ts';

/** A row of the wire, of which only what the queries name is read. */
type Row = Readonly<Record<string, string | number | null | undefined>>;
interface Listed {
  readonly Items: readonly Row[];
  readonly TotalRecordCount: number;
}

const ROUTER = '/api/v1/modelRouter/open';
const REGION = 'cn-beijing';

async function services(read: Read, gateway: string, size: number): Promise<Listed> {
  const path = `/?RegionId=${REGION}&GwClusterId=${encodeURIComponent(gateway)}&PageNumber=1&PageSize=${size}`;
  return (await read('POST', path, 'DescribeModelServices')) as Listed;
}

function toService(row: Row) {
  return {
    sourceId: row['ModelServiceId'],
    name: row['Name'],
    vendor: row['Vendor'] ?? null,
    category: row['ModelCategory'] ?? null,
    rawProtocol: row['Protocol'] ?? null,
    rawStatus: row['Status'] ?? null,
    baseUrl: row['BaseUrl'] ?? null,
    createdAt: row['GmtCreated'] ?? null,
  };
}

async function thirtyServices(read: Read, { gateway = '' }: Readonly<Record<string, string>>) {
  const page = await services(read, gateway, 30);
  return { modelServices: { totalCount: page.TotalRecordCount, nodes: page.Items.map(toService) } };
}

async function oneModel(read: Read, { id = '' }: Readonly<Record<string, string>>) {
  const path = `${ROUTER}/models/${encodeURIComponent(id)}`;
  const { data } = (await read('GET', path, 'ModelRouterQueryModel')) as { readonly data: Row };
  return {
    model: {
      sourceId: String(data['id']),
      name: data['name'],
      description: data['description'] ?? null,
      vendor: data['symbol'] ?? null,
      category: data['modelType'] ?? null,
      modelCode: data['modelCode'] ?? null,
      maxInputLength: data['maxInputLength'] ?? null,
      maxOutputLength: data['maxOutputLength'] ?? null,
      createdAt: data['gmtCreate'] ?? null,
      updatedAt: data['gmtModified'] ?? null,
    },
  };
}

async function servicesWithModels(read: Read, { gateway = '' }: Readonly<Record<string, string>>) {
  const rulesPath = `/?RegionId=${REGION}&GwClusterId=${encodeURIComponent(gateway)}&PageNumber=1&PageSize=100`;
  const [page, rules, models] = await Promise.all([
    services(read, gateway, 30),
    read('POST', rulesPath, 'DescribeCostRules') as Promise<Listed>,
    read(
      'GET',
      `${ROUTER}/models?pageIndex=1&pageSize=100&needTotalCount=true`,
      'ModelRouterQueryModelList',
    ) as Promise<{ readonly data: { readonly list: readonly Row[] } }>,
  ]);
  const byCode = Map.groupBy(models.data.list, (row) => String(row['modelCode']).trim().toLowerCase());
  const rulesByService = Map.groupBy(rules.Items, (row) => row['ModelServiceId']);
  const nodes = page.Items.map((service) => {
    const ruleCodes = (rulesByService.get(service['ModelServiceId']) ?? []).map((rule) =>
      String(rule['Model']).trim().toLowerCase(),
    );
    const codes = new Set([String(service['Name']).trim().toLowerCase(), ...ruleCodes]);
    return {
      sourceId: service['ModelServiceId'],
      name: service['Name'],
      models: {
        nodes: [...codes].flatMap((code) =>
          (byCode.get(code) ?? []).map((row) => ({
            sourceId: String(row['id']),
            name: row['name'],
            modelCode: row['modelCode'],
            vendor: row['symbol'] ?? null,
          })),
        ),
      },
    };
  });
  return { modelServices: { nodes } };
}

async function providers(read: Read) {
  const { data } = (await read('GET', `${ROUTER}/nacos/providers`, 'ModelRouterQueryNacosProviders')) as {
    readonly data: readonly (Row & { readonly models: readonly Row[] })[];
  };
  return {
    providers: data.map(({ name, symbol, models }) => ({
      name,
      symbol,
      models: models.map((row) => ({
        identifier: row['identifier'],
        category: row['type'] ?? null,
        inOut: row['inOut'] ?? null,
        maxInputLength: row['inputToken'] ?? null,
        maxOutputLength: row['outputToken'] ?? null,
      })),
    })),
  };
}

async function modelsWithVersions(read: Read, { name = '' }: Readonly<Record<string, string>>) {
  const listPath = `/api/v1/models?PageNumber=1&PageSize=10&ModelName=${encodeURIComponent(name)}`;
  const { Models } = (await read('GET', listPath, 'ListModels')) as { readonly Models: readonly Row[] };
  const nodes = Models.map(async (model) => {
    const path = `/api/v1/models/${encodeURIComponent(String(model['ModelId']))}/versions?PageNumber=1&PageSize=3`;
    const { Versions } = (await read('GET', path, 'ListModelVersions')) as {
      readonly Versions: readonly Row[];
    };
    return {
      sourceId: model['ModelId'],
      name: model['ModelName'],
      domain: model['Domain'] ?? null,
      task: model['Task'] ?? null,
      versions: { nodes: Versions.map(toVersion) },
    };
  });
  return { paiModels: { nodes: await Promise.all(nodes) } };
}

function toVersion(row: Row) {
  return {
    versionName: row['VersionName'],
    description: row['VersionDescription'] ?? null,
    uri: row['Uri'] ?? null,
    approvalStatus: row['ApprovalStatus'] ?? null,
    formatType: row['FormatType'] ?? null,
    frameworkType: row['FrameworkType'] ?? null,
    createdAt: row['GmtCreateTime'] ?? null,
  };
}

async function tenPages(read: Read, variables: Readonly<Record<string, string>>) {
  const pages = Object.entries(variables).map(async ([name, gateway]) => {
    const page = await services(read, gateway, 100);
    return [name.replace('g', 'p'), { nodes: page.Items.map(toService) }] as const;
  });
  return Object.fromEntries(await Promise.all(pages));
}

/** The data of each query of the benchmark, made without GraphQL. */
export const OPERATIONS: Readonly<
  Record<string, (read: Read, variables: Readonly<Record<string, string>>) => Promise<unknown>>
> = {
  Q0: async () => ({ __typename: 'Query' }),
  Q1: thirtyServices,
  Q2: oneModel,
  Q3: servicesWithModels,
  Q4: providers,
  Q5: modelsWithVersions,
  Q6: tenPages,
};
