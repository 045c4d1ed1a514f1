const SERVICE =
  'sourceId: ModelServiceId name: Name vendor: Vendor category: ModelCategory rawProtocol: Protocol rawStatus: Status baseUrl: BaseUrl createdAt: GmtCreated';

const VERSIONS =
  'versions(first: 3) { nodes: Versions { versionName: VersionName description: VersionDescription uri: Uri approvalStatus: ApprovalStatus formatType: FormatType frameworkType: FrameworkType createdAt: GmtCreateTime } }';

const pages = Array.from({ length: 10 }, (_, page) => page);

/**
 * The queries, by their id, for a schema that has the vendor's own names and keeps the envelope of the Model Router
 * around its data: aliases give the data the names that everyone's have.
 */
export const WIRE_DOCUMENTS: Readonly<Record<string, string>> = {
  Q1: `query Q1($gateway: ID!) { modelServices(gatewaySourceId: $gateway, first: 30) { totalCount: TotalRecordCount nodes: Items { ${SERVICE} } } }`,
  Q2: 'query Q2($id: ID!) { model(sourceId: $id) { data { sourceId: id name description vendor: symbol category: modelType modelCode maxInputLength maxOutputLength createdAt: gmtCreate updatedAt: gmtModified } } }',
  Q4: 'query Q4 { providers { data { name symbol models { identifier category: type inOut maxInputLength: inputToken maxOutputLength: outputToken } } } }',
  Q5: paiModels('nodes: Models'),
  Q6: `query Q6(${pages.map((page) => `$g${page}: ID!`).join(', ')}) { ${pages.map((page) => `p${page}: modelServices(gatewaySourceId: $g${page}, first: 100) { nodes: Items { ${SERVICE} } }`).join(' ')} }`,
};

/** The same for Tailcall, which makes no calls of their own for the rows of a list that has an alias. */
export const TAILCALL_DOCUMENTS: Readonly<Record<string, string>> = {
  ...WIRE_DOCUMENTS,
  Q5: paiModels('nodes'),
};

function paiModels(nodes: string): string {
  return `query Q5($name: String) { paiModels(first: 10, filter: { name: $name }) { ${nodes} { sourceId: ModelId name: ModelName domain: Domain task: Task ${VERSIONS} } } }`;
}
