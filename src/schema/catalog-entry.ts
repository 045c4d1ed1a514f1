import { builder } from '../builder.ts';
import { type NodeRow, node } from './node.ts';
import { catalogSource } from './source.ts';

/** What every model-like object has in common. */
export const catalogEntry = builder.interfaceRef<NodeRow>('CatalogEntry').implement({
  description:
    'What every model-like object has in common, so that a frontend can list all of them together.',
  interfaces: [node],
  resolveType: ({ type }) => type,
  fields: (t) => ({
    source: t.field({ type: catalogSource, nullable: false, description: 'The backend it lives in.' }),
    sourceId: t.id({
      nullable: false,
      description: "The backend's own identifier: 1, model-rbvg5wzljz, ms-xxxxxx.",
    }),
    name: t.string({
      nullable: false,
      description: 'Name for people; its code or its id where it has none.',
    }),
    description: t.string({ description: 'What it is, in the words of whoever registered it.' }),
    vendor: t.string({ description: 'Who makes it.' }),
    category: t.string({ description: "What kind of model it is, in the backend's own words." }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was registered.' }),
    updatedAt: t.field({ type: 'DateTime', description: 'When it was last changed.' }),
  }),
});
