# The three services and the stack's tools in one image; which of them runs is the command's choice.
FROM node:24-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The embedded PostgreSQL is not needed beside a PostgreSQL container; the compiler is.
RUN npm ci --ignore-scripts --include=dev --no-audit --no-fund
COPY . .
RUN node tools/build.mjs && mkdir -p /state && chown node:node /state
USER node
ENV RUN_DIR=/state
