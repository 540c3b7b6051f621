# One image for every part; the command says which. desk is the default:
#   desk     node server/main.ts --roles realtime,worker      port 3000
#   web      node node_modules/next/dist/bin/next start …      port 3001, see deploy/compose.yaml
#   prepare  node prisma/prepare.ts                            once per release, before the others
ARG NODE_IMAGE=node:24-trixie-slim

FROM ${NODE_IMAGE} AS source
WORKDIR /app
COPY package.json package-lock.json ./

# The console and the widget, built with the compilers that only building needs.
FROM source AS build
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY . .
# Generating never runs the schema engine; naming any program stops Prisma from downloading one.
RUN PRISMA_SCHEMA_ENGINE_BINARY=/bin/true node_modules/.bin/prisma generate \
 && node --disable-warning=ExperimentalWarning components/widget/build.ts \
 && node_modules/.bin/next build \
 && rm -rf .next/cache .next/trace \
# As plain data: reading the TypeScript takes a compiler and the plugin takes a native file watcher.
 && node -e "import('/app/next.config.ts').then(({ default: config }) => \
      fs.writeFileSync('next.config.mjs', 'export default ' + JSON.stringify(config)))"

# What runs: no compilers (they are the optional packages, and the ones named here), no embedded
# PostgreSQL, no Node of npm's: 0.4 instead of 1.3 GB.
FROM source AS modules
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
 && npm uninstall --no-save --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
      @tailwindcss/postcss @types/node @types/react @types/react-dom embedded-postgres esbuild \
      lucide-react prisma tailwindcss typescript

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=3000 \
    NODE_OPTIONS=--disable-warning=ExperimentalWarning
WORKDIR /app
# Owned by root and run by another: the tree stays as it was built.
COPY --from=modules /app/node_modules ./node_modules
COPY --from=build /app/package.json /app/next.config.mjs ./
COPY --from=build /app/prisma ./prisma
COPY --from=build /app/lib ./lib
COPY --from=build /app/server ./server
COPY --from=build /app/public ./public
COPY --from=build /app/.next ./.next
# docker build --build-arg PARLOUR_COMMIT=$(git rev-parse --short=12 HEAD): what /metrics and the log say
# runs here. After the files, so that a new commit with the same files costs no new layer of them.
ARG PARLOUR_COMMIT=
ENV PARLOUR_COMMIT=${PARLOUR_COMMIT}
LABEL org.opencontainers.image.revision=${PARLOUR_COMMIT}
# By number, so that an orchestrator sees that it is not root.
USER 1000:1000
EXPOSE 3000 3001
# For the desk; a web container is asked at another address (deploy/compose.yaml).
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/main.ts", "--roles", "realtime,worker"]
