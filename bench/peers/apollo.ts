import { RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { openJoin, upstreamOf } from './rows.ts';
import { type Context, resolvers, typeDefs } from './schema.ts';

/* Apollo Server with a RESTDataSource, as documented. Arguments: port, address of the backends. */

const [port, origin = ''] = process.argv.slice(2);

class Backends extends RESTDataSource {
  override baseURL = origin;

  read<Answer>(method: 'GET' | 'POST', path: string, action: string): Promise<Answer> {
    const options = { headers: { 'x-acs-action': action } };
    return method === 'GET' ? this.get(path, options) : this.post(path, options);
  }
}

const server = new ApolloServer<Context>({ typeDefs, resolvers: resolvers as never });
await startStandaloneServer(server, {
  listen: { port: Number(port), host: '127.0.0.1' },
  context: async () => {
    const backends = new Backends({ cache: server.cache });
    const upstream = upstreamOf((method, path, action) => backends.read(method, path, action));
    return { upstream, join: openJoin(upstream) };
  },
});
