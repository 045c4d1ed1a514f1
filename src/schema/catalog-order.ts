import { builder } from '../builder.ts';

/** Direction of an order. */
export const orderDirection = builder.enumType('CatalogOrderDirection', {
  description: 'Direction of an order.',
  values: {
    ASC: { description: 'Smallest or oldest first.' },
    DESC: { description: 'Largest or newest first.' },
  },
});
