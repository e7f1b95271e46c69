// One compiler setting for the build and for Jest, so that what is tested is what runs.
const { resolve } = require('node:path');

module.exports = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    baseUrl: resolve(__dirname, '..'),
    paths: {
      '@domain/*': ['libs/domain/src/*/index.ts'],
      '@lib/*': ['libs/*/src/index.ts'],
    },
  },
};
