import { type GraphiQLOptions, type Plugin, shouldRenderGraphiQL } from 'graphql-yoga';
import { waterfallHead } from './graphiql-waterfall.ts';

/**
 * Its tabs jump away when they are pressed, so that the click misses them: an animation of their place never ends. On
 * a phone the answer goes below the query: beside it there is no room for a word.
 */
const HEAD = `<meta name="viewport" content="width=device-width, initial-scale=1" />
      <style>
        .graphiql-tab { transform: none !important; }
        @media (max-width: 640px) {
          #graphiql-session { flex-direction: column; }
          .graphiql-response { padding: 0 8px 8px; }
          .graphiql-horizontal-drag-bar, .graphiql-logo { display: none; }
        }
      </style>`;

/** GraphiQL for a browser that opens `/graphql`. Every asset is inside the page: it needs no way to the internet. */
export function useGraphiql(options: GraphiQLOptions): Plugin {
  let page: Promise<string> | undefined;
  // Nine megabytes: loaded when first asked for, and rendered once.
  const render = async () => {
    const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
    // A reload looks for the tab of this query, and would open an empty one without it.
    const first = { query: options.defaultTabs?.[0]?.query };
    return renderGraphiQL({ ...options, ...first }).replace(
      '</head>',
      () => `${HEAD}${waterfallHead()}</head>`,
    );
  };
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      if (!shouldRenderGraphiQL(request) || url.pathname.replace(/\/$/, '') !== '/graphql') return;
      page ??= render();
      const headers = { 'content-type': 'text/html; charset=utf-8' };
      endResponse(new fetchAPI.Response(await page, { headers }));
    },
  };
}
