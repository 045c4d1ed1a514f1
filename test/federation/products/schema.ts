import SchemaBuilder from '@pothos/core';
import { DirectiveLocation, GraphQLDirective } from 'graphql';
import { applied, printSubgraph } from '../../../src/schema/subgraph-sdl.ts';

/*
 * The products subgraph of the compatibility tests: made as this project's own is, by Pothos, with directives where its
 * printer finds them, and with `_entities` and `_service` as fields like any other. It has every directive of
 * Federation 2.3 that the tests ask for.
 */

interface User {
  readonly type: 'User';
  readonly email: string;
  readonly totalProductsCreated?: number | undefined;
  readonly yearsOfEmployment: number;
}

interface DeprecatedProduct {
  readonly type: 'DeprecatedProduct';
  readonly sku: string;
  readonly package: string;
  readonly reason: string;
}

interface CaseStudy {
  readonly caseNumber: string;
  readonly description: string;
}

interface ProductResearch {
  readonly type: 'ProductResearch';
  readonly study: CaseStudy;
  readonly outcome?: string | undefined;
}

interface Dimension {
  readonly size: string;
  readonly weight: number;
  readonly unit: string;
}

interface Product {
  readonly type: 'Product';
  readonly id: string;
  readonly sku: string;
  readonly package: string;
  readonly variation: { readonly id: string };
  readonly research: readonly ProductResearch[];
}

interface Inventory {
  readonly type: 'Inventory';
  readonly id: string;
}

type Entity = User | DeprecatedProduct | ProductResearch | Product | Inventory;

type Representation = Readonly<Record<string, unknown>>;

const USER: User = {
  type: 'User',
  email: 'support@apollographql.com',
  totalProductsCreated: 1337,
  yearsOfEmployment: 10,
};
const DIMENSION: Dimension = { size: 'small', weight: 1, unit: 'kg' };
const DEPRECATED: DeprecatedProduct = {
  type: 'DeprecatedProduct',
  sku: 'apollo-federation-v1',
  package: '@apollo/federation-v1',
  reason: 'Migrate to Federation V2',
};
const research = (caseNumber: string, description: string): ProductResearch => ({
  type: 'ProductResearch',
  study: { caseNumber, description },
});
const PRODUCTS: readonly Product[] = [
  {
    type: 'Product',
    id: 'apollo-federation',
    sku: 'federation',
    package: '@apollo/federation',
    variation: { id: 'OSS' },
    research: [research('1234', 'Federation Study')],
  },
  {
    type: 'Product',
    id: 'apollo-studio',
    sku: 'studio',
    package: '',
    variation: { id: 'platform' },
    research: [research('1235', 'Studio Study')],
  },
];

const builder = new SchemaBuilder<{
  Scalars: {
    ID: { Input: string; Output: string };
    _Any: { Input: Representation; Output: Representation };
  };
}>({});

const user = builder.objectRef<User>('User').implement({
  extensions: applied({ key: { fields: 'email' } }),
  fields: (t) => ({
    email: t.exposeID('email', { nullable: false }),
    name: t.string({ extensions: applied({ override: { from: 'users' } }), resolve: () => 'Jane Smith' }),
    totalProductsCreated: t.exposeInt('totalProductsCreated', { extensions: applied({ external: {} }) }),
    yearsOfEmployment: t.exposeInt('yearsOfEmployment', {
      nullable: false,
      extensions: applied({ external: {} }),
    }),
    averageProductsCreatedPerYear: t.int({
      extensions: applied({ requires: { fields: 'totalProductsCreated yearsOfEmployment' } }),
      resolve: ({ totalProductsCreated, yearsOfEmployment }) =>
        totalProductsCreated === undefined ? null : Math.round(totalProductsCreated / yearsOfEmployment),
    }),
  }),
});

const deprecatedProduct = builder.objectRef<DeprecatedProduct>('DeprecatedProduct').implement({
  extensions: applied({ key: { fields: 'sku package' } }),
  fields: (t) => ({
    sku: t.exposeString('sku', { nullable: false }),
    package: t.exposeString('package', { nullable: false }),
    reason: t.exposeString('reason'),
    createdBy: t.field({ type: user, resolve: () => USER }),
  }),
});

const caseStudy = builder.objectRef<CaseStudy>('CaseStudy').implement({
  fields: (t) => ({
    caseNumber: t.exposeID('caseNumber', { nullable: false }),
    description: t.exposeString('description'),
  }),
});

const productResearch = builder.objectRef<ProductResearch>('ProductResearch').implement({
  extensions: applied({ key: { fields: 'study { caseNumber }' } }),
  fields: (t) => ({
    study: t.expose('study', { type: caseStudy, nullable: false }),
    outcome: t.exposeString('outcome'),
  }),
});

const variation = builder.objectRef<Product['variation']>('ProductVariation').implement({
  fields: (t) => ({ id: t.exposeID('id', { nullable: false }) }),
});

const dimension = builder.objectRef<Dimension>('ProductDimension').implement({
  extensions: applied({ shareable: {} }),
  fields: (t) => ({
    size: t.exposeString('size'),
    weight: t.exposeFloat('weight'),
    unit: t.exposeString('unit', { extensions: applied({ inaccessible: {} }) }),
  }),
});

const product = builder.objectRef<Product>('Product').implement({
  extensions: applied({
    custom: {},
    key: [{ fields: 'id' }, { fields: 'sku package' }, { fields: 'sku variation { id }' }],
  }),
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    sku: t.exposeString('sku'),
    package: t.exposeString('package'),
    variation: t.expose('variation', { type: variation }),
    dimensions: t.field({ type: dimension, resolve: () => DIMENSION }),
    createdBy: t.field({
      type: user,
      extensions: applied({ provides: { fields: 'totalProductsCreated' } }),
      resolve: () => USER,
    }),
    notes: t.string({ extensions: applied({ tag: { name: 'internal' } }), resolve: () => null }),
    research: t.field({
      type: [productResearch],
      nullable: false,
      resolve: ({ research: own }) => [...own],
    }),
  }),
});

const inventory = builder.objectRef<Inventory>('Inventory').implement({
  extensions: applied({ interfaceObject: {}, key: { fields: 'id' } }),
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    deprecatedProducts: t.field({ type: [deprecatedProduct], nullable: false, resolve: () => [DEPRECATED] }),
  }),
});

builder.scalarType('_Any', {
  serialize: (value) => value,
  parseValue: (value) => value as Representation,
});

const entity = builder.unionType('_Entity', {
  types: [user, deprecatedProduct, productResearch, product, inventory],
  resolveType: ({ type }) => type,
});

function entityOf(named: Representation): Entity | undefined {
  switch (named['__typename']) {
    case 'User':
      return named['email'] === USER.email
        ? { ...USER, totalProductsCreated: named['totalProductsCreated'] as number | undefined }
        : undefined;
    case 'DeprecatedProduct':
      return named['sku'] === DEPRECATED.sku && named['package'] === DEPRECATED.package
        ? DEPRECATED
        : undefined;
    case 'ProductResearch': {
      const { caseNumber } = named['study'] as CaseStudy;
      return PRODUCTS.flatMap((one) => one.research).find(({ study }) => study.caseNumber === caseNumber);
    }
    case 'Product':
      return productOf(named as Partial<Product>);
    case 'Inventory':
      return named['id'] === 'apollo-oss' ? { type: 'Inventory', id: 'apollo-oss' } : undefined;
    default:
      return undefined;
  }
}

function productOf(named: Partial<Product>): Product | undefined {
  return PRODUCTS.find(({ id, sku, package: name, variation: varied }) => {
    if (named.id !== undefined) return id === named.id;
    return sku === named.sku && (name === named.package || varied.id === named.variation?.id);
  });
}

builder.queryType({
  fields: (t) => ({
    product: t.field({
      type: product,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }) => productOf({ id }),
    }),
    deprecatedProduct: t.field({
      type: deprecatedProduct,
      deprecationReason: 'Use product query instead',
      args: { sku: t.arg.string({ required: true }), package: t.arg.string({ required: true }) },
      resolve: (_root, { sku }) => (sku === DEPRECATED.sku ? DEPRECATED : null),
    }),
    _entities: t.field({
      type: [entity],
      nullable: { list: false, items: true },
      args: { representations: t.arg({ type: ['_Any'], required: true }) },
      resolve: (_root, { representations }) => representations.map(entityOf),
    }),
    _service: t.field({
      type: builder.objectRef<object>('_Service').implement({
        fields: (service) => ({ sdl: service.string({ nullable: false, resolve: () => productsSdl }) }),
      }),
      nullable: false,
      resolve: () => ({}),
    }),
  }),
});

/** The products subgraph. */
export const products = builder.toSchema({
  sortSchema: false,
  directives: [new GraphQLDirective({ name: 'custom', locations: [DirectiveLocation.OBJECT] })],
});

/** As its composer takes it. */
export const productsSdl = printSubgraph(products, {
  schemaDirectives: {
    link: [
      {
        url: 'https://specs.apollo.dev/federation/v2.3',
        import: [
          '@composeDirective',
          '@external',
          '@inaccessible',
          '@interfaceObject',
          '@key',
          '@override',
          '@provides',
          '@requires',
          '@shareable',
          '@tag',
        ],
      },
      { url: 'https://myspecs.dev/myCustomDirective/v1.0', import: ['@custom'] },
    ],
    composeDirective: { name: '@custom' },
  },
  keysOf: () => [],
  leftOut: ['_entities', '_service'],
});
