import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import type { IntrospectionQuery } from 'graphql';

/** @param schema the answer to getIntrospectionQuery(), by which interfaces and unions are taken apart */
export const openUrql = (url: string, schema: IntrospectionQuery) =>
  new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({
        schema,
        resolvers: {
          Query: { catalog: relayPagination(), models: relayPagination() },
          Model: { billingRules: relayPagination() },
        },
        keys: {
          PaiWorkspace: ({ sourceId }) => String(sourceId),
          // And so on for all that is a part of something else.
          CatalogConnection: () => null,
          CatalogEdge: () => null,
          ModelConnection: () => null,
          ModelEdge: () => null,
          PageInfo: () => null,
        },
      }),
      fetchExchange,
    ],
  });
