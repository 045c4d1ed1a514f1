import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client/core';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { relayStylePagination } from '@apollo/client/utilities';

export const openApollo = (uri: string) =>
  new ApolloClient({
    link: new HttpLink({ uri }),
    incrementalHandler: new Defer20220824Handler(),
    cache: new InMemoryCache({
      // Every interface and union that a document takes apart.
      possibleTypes: { CatalogEntry: ['Model', 'ModelService', 'PaiModel'] },
      // Each connection, by the arguments that make another list of it.
      typePolicies: {
        Query: {
          fields: {
            catalog: relayStylePagination(['filter', 'orderBy']),
            models: relayStylePagination(['filter']),
          },
        },
        Model: { fields: { billingRules: relayStylePagination() } },
        // The only row of a list that has no id.
        PaiWorkspace: { keyFields: ['sourceId'] },
      },
    }),
  });
