const swc = require('./tools/swc-options.cjs');

/** The packages that are published as ES modules only: Jest cannot require them untransformed. */
const esmOnly =
  '@nestjs|@standard-schema|file-type|strtok3|token-types|uint8array-extras|@tokenizer|load-esm|jose|uuid|cookie|content-disposition';

const base = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: { '^.+\\.(t|j)s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/\\.run'],
};

module.exports = {
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{libs,apps,tools,test}/**/*.spec.ts'] },
    {
      ...base,
      displayName: 'int',
      testMatch: ['<rootDir>/{libs,apps,tools,test}/**/*.int-spec.ts'],
    },
    { ...base, displayName: 'scenarios', testMatch: ['<rootDir>/test/scenarios/**/*.scenario.ts'] },
  ],
};
