import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The domain is pure: no clock, no randomness, no process, no framework (style §5). */
const domainGlobals = [
  'Date',
  'process',
  'setTimeout',
  'setInterval',
  'fetch',
  'console',
  'Buffer',
];

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '**/.run*/', 'coverage/', '**/*.cjs', '**/*.mjs'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 12],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      // A branded bigint is a number to negate; the rule does not see through the brand.
      '@typescript-eslint/no-unsafe-unary-minus': 'off',
    },
  },
  {
    files: ['libs/domain/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', ...domainGlobals],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      'no-restricted-imports': [
        'error',
        { patterns: ['node:*', '@nestjs/*', 'typeorm', 'pg', 'kafkajs', '@lib/*'] },
      ],
    },
  },
  // What a class is given by the framework is a list of its dependencies, not of arguments.
  { files: ['**/*.module.ts', '**/*.controller.ts'], rules: { 'max-params': 'off' } },
  // A migration is one statement of SQL, as long as its tables are many.
  { files: ['**/migrations.ts', '**/migrations/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  {
    files: [
      '**/*.spec.ts',
      '**/*.int-spec.ts',
      '**/*.scenario.ts',
      'libs/testkit/**/*.ts',
      'test/**/*.ts',
    ],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      'max-params': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
