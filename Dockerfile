# The gateway as an image. It listens on every address, and so refuses to start until AUTH_MODE says how callers prove
# who they are, or ALLOW_UNAUTHENTICATED=1 says that they need not.

# The release that package.json pins: what is shipped is what the tests ran on. Node's own image rather than a distroless
# one, whose tags name no release.
FROM node:24.21.0-trixie-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json rolldown.config.ts ./
COPY src ./src
# The compiled code that the build leaves beside the bundle is for the user who left it, and no other may read it.
RUN chown 1000:1000 .
USER 1000:1000
RUN npm run build && chmod -R a+rX dist

FROM base AS dependencies
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM base
# Nothing is installed from here on, and whoever breaks in should find no installer.
RUN rm -rf /usr/local/lib/node_modules /opt/yarn-* /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /usr/local/bin/yarn /usr/local/bin/yarnpkg
ENV NODE_ENV=production HOST=0.0.0.0
# All of it belongs to root: the gateway reads it, and writes nowhere.
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build --chown=0:0 /app/dist ./dist
COPY package.json LICENSE ./
# A number, since Kubernetes cannot tell whether a name is root's.
USER 1000:1000
EXPOSE 4000
# Connecting to 0.0.0.0 reaches this machine, too.
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \
  CMD ["node", "--eval", "require('node:http').get({ host: process.env.HOST, port: process.env.PORT || 4000, path: '/health' }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=16", "dist/main.js"]
