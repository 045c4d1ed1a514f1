import { demoProviders } from '../data/providers.ts';
import { demoTags } from '../data/router-models.ts';
import type { Operation, Setting } from '../operation.ts';
import type { Parameter } from '../parameters.ts';

/** The vendors and tags that Model Router is configured with. Both lists are bare arrays and one page. */
export function nacosOperations({ data }: Setting): readonly Operation[] {
  const providers = data === 'demo' ? demoProviders() : [];
  const tags = data === 'demo' ? demoTags() : [];
  return [
    {
      action: 'ModelRouterQueryNacosProviders',
      method: 'GET',
      path: '/api/v1/modelRouter/open/nacos/providers',
      parameters: PARAMETERS,
      answer: () => ({ data: providers }),
    },
    {
      action: 'ModelRouterQueryNacosTags',
      method: 'GET',
      path: '/api/v1/modelRouter/open/nacos/tags',
      parameters: [...PARAMETERS, { name: 'configType', in: 'query', type: 'text' }],
      answer: () => ({ data: tags }),
    },
  ];
}

/** Checked and otherwise without effect: the answers have neither total nor token to page by. */
const PARAMETERS: readonly Parameter[] = [
  { name: 'groupBy', in: 'query', type: 'text' },
  { name: 'orderBy', in: 'query', type: 'text' },
  { name: 'orderDirection', in: 'query', type: 'text', oneOf: ['ASC', 'DESC'] },
  { name: 'needTotalCount', in: 'query', type: 'boolean' },
  { name: 'pageIndex', in: 'query', type: 'int32', min: 1 },
  { name: 'pageSize', in: 'query', type: 'int32', min: 1 },
  { name: 'maxResults', in: 'query', type: 'int32', min: 1 },
  { name: 'nextToken', in: 'query', type: 'text' },
];
