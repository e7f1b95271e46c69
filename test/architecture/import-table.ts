/**
 * The import table of the design, as data: what each folder may import besides itself. A project folder stands for
 * everything below it, a package name for the package and its parts, `node:*` for all of Node. The longest folder that
 * fits a file is its row; a file without a row is a violation, so that a new folder has to say what it is.
 */
export interface Row {
  readonly folder: string;
  readonly may: readonly string[];
  /** What it may import as types only. */
  readonly mayAsTypes?: readonly string[];
  /** What its tests may import besides. */
  readonly tests?: readonly string[];
}

/** An import that the table does not allow and that stands all the same, with the reason. It must still be there. */
export interface Exception {
  readonly file: string;
  readonly target: string;
  readonly reason: string;
}

export const APPS = ['enrolment-query', 'settlement', 'cross-check'] as const;

const KERNEL = 'libs/domain/src/kernel';
const DOMAIN = 'libs/domain/src';
const CONTRACTS = 'libs/contracts/src';
const JOURNAL = 'libs/journal/src';
const EDGE = 'libs/edge/src';
const TESTKIT = 'libs/testkit/src';
const NEST = ['@nestjs/common', '@nestjs/core', '@nestjs/platform-fastify', '@nestjs/swagger'];
const TYPEBOX = '@sinclair/typebox';
const NODE = 'node:*';

const concept = (name: string, besides: readonly string[] = []): Row => ({
  folder: `${DOMAIN}/${name}`,
  may: [KERNEL, ...besides.map((other) => `${DOMAIN}/${other}`)],
  tests: ['fast-check'],
});

/** What a test inside a service may use: the whole service, against real parts. */
const IN_SERVICE = [
  DOMAIN,
  CONTRACTS,
  JOURNAL,
  EDGE,
  TESTKIT,
  'tools/simulator',
  'pg',
  'typeorm',
  'fast-check',
  NODE,
];

function service(name: string): readonly Row[] {
  const own = `apps/${name}/src`;
  const tests = [own, ...IN_SERVICE];
  return [
    {
      folder: `${own}/storage`,
      may: [DOMAIN, JOURNAL, 'typeorm', 'pg', '@nestjs/common', 'csv-parse', NODE],
      mayAsTypes: [CONTRACTS],
      tests,
    },
    { folder: `${own}/outbound`, may: [CONTRACTS, EDGE, NODE], tests },
    {
      folder: `${own}/use-cases`,
      may: [
        DOMAIN,
        CONTRACTS,
        JOURNAL,
        `${own}/storage`,
        `${own}/outbound`,
        '@nestjs/common',
        'uuid',
        NODE,
      ],
      tests,
    },
    {
      folder: `${own}/inbound`,
      may: [
        `${own}/use-cases`,
        CONTRACTS,
        EDGE,
        KERNEL,
        '@nestjs/common',
        'csv-parse',
        'uuid',
        NODE,
      ],
      // The doors speak of what they hand on: messages as the journal knows them, commands as the domain does.
      mayAsTypes: [DOMAIN, JOURNAL, `${own}/config`],
      tests,
    },
    // The composition root: main, module, configuration and start.
    {
      folder: own,
      may: [
        DOMAIN,
        CONTRACTS,
        JOURNAL,
        EDGE,
        ...NEST,
        TYPEBOX,
        'reflect-metadata',
        'typeorm',
        NODE,
      ],
      tests,
    },
  ];
}

/** Whatever starts, prepares or examines the system from outside may use all of it. */
const OUTSIDE = [
  'apps',
  'tools',
  DOMAIN,
  CONTRACTS,
  JOURNAL,
  EDGE,
  TYPEBOX,
  'csv-parse',
  'jose',
  'pg',
  'typeorm',
  'reflect-metadata',
  NODE,
];

export const TABLE: readonly Row[] = [
  { folder: KERNEL, may: [], tests: ['fast-check'] },
  concept('enrolment'),
  concept('benefit'),
  concept('ledger'),
  concept('screening'),
  concept('casework'),
  concept('settlement', ['enrolment', 'benefit', 'ledger']),
  concept('clearing', ['ledger']),
  { folder: CONTRACTS, may: [TYPEBOX], mayAsTypes: [DOMAIN], tests: [DOMAIN, NODE] },
  {
    folder: 'libs/journal',
    may: [KERNEL, 'typeorm', 'pg', NODE],
    tests: [TESTKIT, JOURNAL, 'fast-check'],
  },
  {
    folder: EDGE,
    may: [
      KERNEL,
      JOURNAL,
      CONTRACTS,
      ...NEST,
      TYPEBOX,
      'fastify',
      'jose',
      'lru-cache',
      'pino',
      'prom-client',
      NODE,
    ],
    tests: ['fast-check', TESTKIT],
  },
  { folder: `${EDGE}/kafka`, may: [JOURNAL, EDGE, 'kafkajs', NODE], tests: [TESTKIT] },
  { folder: TESTKIT, may: [DOMAIN, CONTRACTS, JOURNAL, 'pg', 'typeorm', NODE] },
  ...APPS.flatMap(service),
  // The supervisor knows the services by their command lines and variables alone.
  { folder: 'tools/stack', may: ['jose', 'pg', NODE] },
  { folder: 'tools/simulator', may: [DOMAIN, CONTRACTS, TYPEBOX, 'csv-parse', NODE] },
  { folder: 'tools/policy', may: [DOMAIN, CONTRACTS, TYPEBOX, NODE] },
  { folder: 'tools', may: OUTSIDE, tests: [TESTKIT, 'fast-check'] },
  { folder: 'bench', may: [...OUTSIDE, TESTKIT, 'bench'] },
  {
    folder: 'test',
    may: [...OUTSIDE, TESTKIT, ...NEST, 'fastify', 'fast-check', 'typescript', 'pino'],
  },
];

export const EXCEPTIONS: readonly Exception[] = [
  {
    file: 'tools/stack/topics.ts',
    target: 'kafkajs',
    reason:
      'the stack creates topics before there is a service, with the admin client and nothing else',
  },
  {
    file: 'bench/generator.ts',
    target: 'kafkajs',
    reason:
      'the load comes from outside, as a partner sends it, and not through the client that is measured',
  },
  {
    file: 'apps/settlement/src/inbound/answers.ts',
    target: 'libs/domain/src/settlement',
    reason:
      'the steps of a calculation are worked out again, by pure functions, where answers are rendered',
  },
  {
    file: 'apps/settlement/src/inbound/visit-door.ts',
    target: 'libs/domain/src/settlement',
    reason: 'the pure check of a visit is part of parsing it, the same for all three doors',
  },
  {
    file: 'apps/settlement/src/inbound/http/queries.controller.ts',
    target: 'apps/settlement/src/storage/settlement-queries',
    reason: 'the type of a found row; to be exported by the use case that finds it',
  },
  {
    file: 'apps/cross-check/src/use-cases/load-rule-sets.ts',
    target: '@sinclair/typebox',
    reason:
      'rule sets come from the data folder, past any door, and are checked against their form',
  },
];
