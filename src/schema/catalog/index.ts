import { backends } from '../../backends/index.ts';
import { builder } from '../../builder.ts';
import { type Asked, costs, OF_ITS_LIST } from '../../cost/statement.ts';
import { invalidInput } from '../../errors.ts';
import { catalogEntry } from '../catalog-entry.ts';
import { orderDirection } from '../catalog-order.ts';
import { checkedWindow, pageInfo, windowArgs } from '../connection.ts';
import { sourceError, toSourceError } from '../error-types.ts';
import { catalogSource } from '../source.ts';
import { MAX_WHOLE_LIST } from '../whole-list.ts';
import { type CatalogArgs, catalogCost } from './cost.ts';
import { type CatalogEdge, CatalogPage, type CatalogSourceResult } from './page.ts';
import { type CostedPart, catalogParts } from './source-registry.ts';

const catalogEdge = builder.objectRef<CatalogEdge>('CatalogEdge').implement({
  description: 'One row of the catalogue with its place.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', {
      nullable: false,
      description: 'Opaque; good for this order and filter only.',
    }),
    node: t.expose('node', { type: catalogEntry, nullable: false, description: 'The row.' }),
  }),
});

const sourceResult = builder.objectRef<CatalogSourceResult>('CatalogSourceResult').implement({
  description: 'How a source took part in a page of the catalogue.',
  fields: (t) => ({
    source: t.expose('source', { type: catalogSource, nullable: false, description: 'Which source.' }),
    totalCount: t.exposeInt('totalCount', {
      description: 'Its rows under the filter; null where some are missing, or it does not tell.',
    }),
    error: t.field({
      type: sourceError,
      description:
        'Why rows of it are missing; null where none are. By SOURCE a page has those that came before it failed. The others come when it answers again.',
      resolve: ({ error }) => (error === undefined ? null : toSourceError(error)),
    }),
  }),
});

const catalogConnection = builder.objectRef<CatalogPage>('CatalogConnection').implement({
  description:
    'A page of the catalogue (Relay). By NAME and CREATED_AT, rows that come or go between two pages lose and repeat none; by SOURCE a page is exact as long as the lists do not change.',
  fields: (t) => ({
    edges: t.field({
      type: [catalogEdge],
      nullable: false,
      description: 'The rows of the page with their cursors.',
      extensions: OF_ITS_LIST,
      resolve: async (page) => [...(await page.edges())],
    }),
    nodes: t.field({
      type: [catalogEntry],
      nullable: false,
      description: 'The rows of the page.',
      extensions: OF_ITS_LIST,
      resolve: async (page) => (await page.edges()).map(({ node }) => node),
    }),
    pageInfo: t.field({
      type: pageInfo,
      nullable: false,
      description: 'Where the page stands. Speaks of the sources that answered; endCursor is always usable.',
      resolve: (page) => page,
    }),
    totalCount: t.int({
      description:
        'Over the sources that answered; null where one of them does not tell, or failed behind rows that the page has.',
      extensions: OF_ITS_LIST,
      resolve: (page) => page.totalCount(),
    }),
    sources: t.field({
      type: [sourceResult],
      nullable: false,
      description:
        'One entry a source asked: its count, or why rows of it are missing. A source that fails never hides the others.',
      extensions: OF_ITS_LIST,
      resolve: async (page) => [...(await page.sources())],
    }),
  }),
});

const orderField = builder.enumType('CatalogOrderField', {
  description: 'What the catalogue is sorted by.',
  values: {
    SOURCE: {
      description:
        "One source behind the other, each in its backend's own order. Reads only the pages it needs: the cheap one.",
    },
    NAME: {
      description:
        'By name in the root collation of Unicode, then by source and id. Reads each source whole, at most 5,000 rows, kept for 30 seconds.',
    },
    CREATED_AT: {
      description:
        'By time of registration, rows without one last in both directions, then by source and id. Reads each source whole, at most 5,000 rows, kept for 30 seconds; of a longer one only the stretch that the page needs, where its backend sorts by time, as PAI does.',
    },
  },
});

const catalogOrder = builder.inputType('CatalogOrder', {
  description: 'Order of the catalogue.',
  fields: (t) => ({
    field: t.field({ type: orderField, required: true, description: 'What to sort by.' }),
    direction: t.field({ type: orderDirection, required: true, description: 'Which end comes first.' }),
  }),
});

const catalogFilter = builder.inputType('CatalogFilter', {
  description: 'Which rows of the catalogue. text and vendor are judged here, on whole sources.',
  fields: (t) => ({
    text: t.string({ description: 'Part of the name, without regard to letter case.' }),
    sources: t.field({ type: [catalogSource], description: 'Only these sources; all where it is left out.' }),
    vendor: t.string({ description: 'The vendor, without regard to letter case.' }),
  }),
});

/** @throws GatewayError INVALID_INPUT */
function askedParts({ filter }: Pick<CatalogArgs, 'filter'>): readonly CostedPart[] {
  const wanted = filter?.sources ?? undefined;
  if (wanted?.length === 0) {
    throw invalidInput('sources must name at least one source, or be left out.', ['filter', 'sources']);
  }
  const sources = backends.map(({ source }) => source);
  return catalogParts(wanted === undefined ? sources : sources.filter((source) => wanted.includes(source)));
}

builder.queryField('catalog', (t) =>
  t.field({
    type: catalogConnection,
    description:
      'All backends as one list. By SOURCE it calls what their lists call for the pages it needs; by NAME or CREATED_AT, or with text or vendor, each source is read whole: a call for each 100 rows of ModelRouterQueryModelList, ListModels and of DescribeModelServices of each gateway, and none while its snapshot lasts.',
    args: {
      ...windowArgs,
      filter: t.arg({ type: catalogFilter, description: 'Which rows.' }),
      orderBy: t.arg({ type: catalogOrder, description: 'Their order; SOURCE ASC where it is left out.' }),
    },
    extensions: costs((asked: Asked<CatalogArgs>) => catalogCost(asked, askedParts(asked.args))),
    resolve(_root, { filter, orderBy, ...window }, context) {
      const { isBackward, size, edge, argument } = checkedWindow(window);
      return new CatalogPage(
        {
          parts: askedParts({ filter }),
          text: filter?.text ?? undefined,
          vendor: filter?.vendor ?? undefined,
          field: orderBy?.field ?? 'SOURCE',
          maxSnapshotRows: MAX_WHOLE_LIST,
          direction: orderBy?.direction ?? 'ASC',
          isBackward,
          size,
          cursor: edge === undefined ? undefined : { text: edge, argument },
        },
        context,
      );
    },
  }),
);
