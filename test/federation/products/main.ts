import { createServer } from 'node:http';
import { useApolloInlineTrace } from '@graphql-yoga/plugin-apollo-inline-trace';
import { createYoga, type Plugin } from 'graphql-yoga';
import { products, productsSdl } from './schema.ts';

const yoga = createYoga({
  schema: products,
  graphqlEndpoint: '/',
  landingPage: false,
  logging: false,
  // Its types are those of the copy of Yoga beside it.
  plugins: [useApolloInlineTrace() as Plugin],
});
createServer(yoga).listen(4001, 'localhost', () => process.send?.({ sdl: productsSdl }));
process.on('disconnect', () => process.exit());
