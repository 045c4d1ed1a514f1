/** Texts of a row of the wire, by name. */
type Texts<Name extends string> = Readonly<Record<Name, string>>;

/** A model service; `gateway` is whose it was asked as. */
export type ServiceRow = Texts<
  | 'ModelServiceId'
  | 'Name'
  | 'Vendor'
  | 'ModelCategory'
  | 'Protocol'
  | 'Status'
  | 'BaseUrl'
  | 'GmtCreated'
  | 'gateway'
>;
/** A cost rule. */
export type RuleRow = Texts<'ModelServiceId' | 'Model'>;
/** A model of the Model Router. */
export type ModelRow = { readonly id: number } & Texts<
  | 'name'
  | 'description'
  | 'symbol'
  | 'modelType'
  | 'modelCode'
  | 'maxInputLength'
  | 'maxOutputLength'
  | 'gmtCreate'
  | 'gmtModified'
>;
/** A model that a vendor offers. */
export type OfferRow = Texts<'identifier' | 'type' | 'inOut' | 'inputToken' | 'outputToken'>;
/** A vendor. */
export type ProviderRow = { readonly models: readonly OfferRow[] } & Texts<'name' | 'symbol'>;
/** A registered model. */
export type PaiModelRow = Texts<'ModelId' | 'ModelName' | 'Domain' | 'Task'>;
/** A version of one. */
export type VersionRow = Texts<
  | 'VersionName'
  | 'VersionDescription'
  | 'Uri'
  | 'ApprovalStatus'
  | 'FormatType'
  | 'FrameworkType'
  | 'GmtCreateTime'
>;

interface Listed<Row> {
  readonly TotalRecordCount: number;
  readonly Items: readonly Row[];
}
interface Enveloped<Data> {
  readonly data: Data;
}

/** What the resolvers of one request read the backends through. */
export interface Upstream {
  services(gateway: string, size: number): Promise<Listed<ServiceRow>>;
  costRules(gateway: string): Promise<Listed<RuleRow>>;
  models(): Promise<Enveloped<{ readonly list: readonly ModelRow[] }>>;
  model(id: string): Promise<Enveloped<ModelRow>>;
  providers(): Promise<Enveloped<readonly ProviderRow[]>>;
  paiModels(name: string | undefined, size: number): Promise<{ readonly Models: readonly PaiModelRow[] }>;
  versions(model: string, size: number): Promise<{ readonly Versions: readonly VersionRow[] }>;
}

const ROUTER = '/api/v1/modelRouter/open';

/** Reads as JSON; `action` is the vendor's name of the operation. */
export type Read = <Answer>(method: 'GET' | 'POST', path: string, action: string) => Promise<Answer>;

/** The seven reads over any HTTP client. Page sizes are those that the vendor takes. */
export function upstreamOf(read: Read): Upstream {
  const ofGateway = <Row>(action: string, gateway: string, size: number) =>
    read<Listed<Row>>(
      'POST',
      `/?RegionId=cn-beijing&GwClusterId=${encodeURIComponent(gateway)}&PageNumber=1&PageSize=${size}`,
      action,
    );
  return {
    services: (gateway, size) => ofGateway('DescribeModelServices', gateway, size <= 30 ? 30 : 100),
    costRules: (gateway) => ofGateway('DescribeCostRules', gateway, 100),
    models: () =>
      read(
        'GET',
        `${ROUTER}/models?pageIndex=1&pageSize=100&needTotalCount=true`,
        'ModelRouterQueryModelList',
      ),
    model: (id) => read('GET', `${ROUTER}/models/${encodeURIComponent(id)}`, 'ModelRouterQueryModel'),
    providers: () => read('GET', `${ROUTER}/nacos/providers`, 'ModelRouterQueryNacosProviders'),
    paiModels: (name = '', size) =>
      read(
        'GET',
        `/api/v1/models?PageNumber=1&PageSize=${size}&ModelName=${encodeURIComponent(name)}`,
        'ListModels',
      ),
    versions: (model, size) =>
      read(
        'GET',
        `/api/v1/models/${encodeURIComponent(model)}/versions?PageNumber=1&PageSize=${size}`,
        'ListModelVersions',
      ),
  };
}

/** What the join of services and models needs, read once a request. */
export interface Join {
  modelsOf(service: ServiceRow): Promise<readonly ModelRow[]>;
}

/** Joins by the service's name and by the codes that its cost rules name, as ModelGraph does. */
export function openJoin(upstream: Upstream): Join {
  let models: Promise<Map<string, ModelRow[]>> | undefined;
  const rules = new Map<string, Promise<Map<string, RuleRow[]>>>();
  const fold = (text: string) => text.trim().toLowerCase();
  const byCode = async () => Map.groupBy((await upstream.models()).data.list, (row) => fold(row.modelCode));
  const byService = async (gateway: string) =>
    Map.groupBy((await upstream.costRules(gateway)).Items, (row) => row.ModelServiceId);
  return {
    async modelsOf(service) {
      models ??= byCode();
      const ofGateway = rules.get(service.gateway) ?? byService(service.gateway);
      rules.set(service.gateway, ofGateway);
      const [known, named] = await Promise.all([models, ofGateway]);
      const codes = [
        fold(service.Name),
        ...(named.get(service.ModelServiceId) ?? []).map((rule) => fold(rule.Model)),
      ];
      return [...new Set(codes)].flatMap((code) => known.get(code) ?? []);
    },
  };
}
