import {
  array,
  type Documentation,
  type DocumentedField,
  type DocumentedFields,
  object,
  oneOf,
  row,
  rows,
  values,
} from '../documented.ts';

const MODEL = values(
  'apiKeyPreview',
  'baseUrl',
  'deleteTag',
  'description',
  'extensions',
  'gmtCreate',
  'gmtModified',
  'hasBillingRule',
  'id',
  'inOut',
  'isCustom',
  'maxInputLength',
  'maxOutputLength',
  'modelCode',
  'modelType',
  'name',
  'symbol',
  'tagNames',
  'tags',
  'version',
);

const BILLING_RULE = {
  ...values(
    'deleteTag',
    'effectiveTime',
    'expireTime',
    'gmtCreate',
    'gmtModified',
    'id',
    'modelCode',
    'modelId',
    'modelName',
    'modelType',
    'pricingConfig',
    'symbol',
    'version',
  ),
  // Source: the list of the parameter that writes it, and `configurable`, which its example and its update name.
  billingType: oneOf(
    'token_tiered',
    'per_image',
    'per_duration',
    'per_character',
    'video_matrix',
    'token_flat',
    'omni_multimodal',
    'configurable',
  ),
};

const PROVIDER = {
  ...values('baseUrl', 'name', 'symbol'),
  models: array({
    ...values('identifier', 'inOut', 'inputToken', 'outputToken', 'type'),
    extensions: object(values('async')),
  }),
};

function answer(data: DocumentedField, more: DocumentedFields = {}): DocumentedFields {
  return { ...values('errCode', 'errMessage', 'httpStatusCode', 'requestId', 'success'), ...more, data };
}

/** What the Model Router's answers are documented to hold. Source: version 20240611. */
export const DOCUMENTATION = {
  ModelRouterCreateModel: answer(row(MODEL)),
  ModelRouterBatchCreateModel: answer(
    row({
      ...values('failCount', 'successCount'),
      created: rows(MODEL),
      failures: array(values('errorMsg', 'modelId', 'name')),
    }),
  ),
  ModelRouterQueryModel: answer(row(MODEL)),
  ModelRouterQueryModelList: answer(
    row({ ...values('maxResults', 'nextToken', 'page', 'pageSize', 'total'), list: rows(MODEL) }),
    values('maxResults'),
  ),
  ModelRouterUpdateModel: answer(row(MODEL)),
  ModelRouterDeleteModel: answer({ holds: 'value' }),
  ModelRouterCreateBillingRule: answer(row(BILLING_RULE)),
  ModelRouterUpdateBillingRule: answer(row(BILLING_RULE)),
  ModelRouterQueryBillingRuleList: answer(
    row({ ...values('page', 'pageSize', 'total'), list: rows(BILLING_RULE) }),
    values('maxResults', 'nextToken'),
  ),
  ModelRouterQueryNacosProviders: answer(rows(PROVIDER)),
  ModelRouterQueryNacosTags: answer(rows(values('label', 'tag', 'tagName', 'value'))),
} satisfies Documentation;
