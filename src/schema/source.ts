import { backends } from '../backends/index.ts';
import { builder } from '../builder.ts';

/** Which backend an object lives in; its values are the registry's. */
export const catalogSource = builder.enumType('CatalogSource', {
  description: 'Which of the backends an object lives in.',
  values: Object.fromEntries(backends.map(({ source, description }) => [source, { description }])),
});
