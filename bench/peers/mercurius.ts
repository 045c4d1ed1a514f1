import Fastify from 'fastify';
import mercurius from 'mercurius';
import { request } from 'undici';
import { openJoin, type Read, upstreamOf } from './rows.ts';
import { resolvers, typeDefs } from './schema.ts';

/* Mercurius as documented, compiling a query once it was sent. Arguments: port, address of the backends. */

const [port, origin] = process.argv.slice(2);

const read: Read = async <Answer>(method: 'GET' | 'POST', path: string, action: string) => {
  const { body } = await request(`${origin}${path}`, { method, headers: { 'x-acs-action': action } });
  return (await body.json()) as Answer;
};

const app = Fastify();
app.register(
  mercurius as never,
  {
    schema: typeDefs,
    resolvers,
    jit: 1,
    context: () => {
      const upstream = upstreamOf(read);
      return { upstream, join: openJoin(upstream) };
    },
  } as never,
);
await app.listen({ port: Number(port), host: '127.0.0.1' });
