import { checkImports, staleExceptions } from './check-imports';
import { EXCEPTIONS, TABLE } from './import-table';
import { typescriptSources } from './sources';

const rules = { table: TABLE, exceptions: EXCEPTIONS };

describe('the import table of the design', () => {
  const sources = typescriptSources();

  it('is obeyed by every import of every source', () => {
    expect(sources.length).toBeGreaterThan(300);
    expect(checkImports(sources, rules)).toEqual([]);
  });

  it('has no exception that nothing needs any more', () => {
    expect(staleExceptions(sources, rules)).toEqual([]);
  });
});

describe('the check of imports', () => {
  const messagesFor = (path: string, text: string) => checkImports([{ path, text }], rules);
  const messageFor = (path: string, text: string) => messagesFor(path, text).join('\n');

  it('names a planted import of one service by another, and what to do', () => {
    const message = messageFor(
      'apps/settlement/src/use-cases/peek.ts',
      `import { dateOf } from '@domain/kernel';\nimport { visits } from '../../../cross-check/src/storage/visits';\n`,
    );
    expect(message).toContain('apps/settlement/src/use-cases/peek.ts:2');
    expect(message).toContain('../../../cross-check/src/storage/visits');
    expect(message).toContain('move the code to where the import is allowed');
  });

  it.each([
    ['a static import', `import { readFileSync } from 'node:fs';`],
    ['a type import', `import type { Stats } from 'node:fs';`],
    ['an import for effect', `import 'node:fs';`],
    ['a re-export', `export { readFileSync } from 'node:fs';`],
    ['a star export', `export * from 'node:fs';`],
    ['a dynamic import', `export const later = () => import('node:fs');`],
    ['an import type', `export type Stats = import('node:fs').Stats;`],
    ['require', `const fs = require('node:fs');`],
    ['import equals', `import fs = require('node:fs');`],
  ])('finds %s in the domain, which imports nothing of Node', (_way, text) => {
    expect(messagesFor('libs/domain/src/benefit/limits.ts', text)).toHaveLength(1);
    expect(messageFor('libs/domain/src/benefit/limits.ts', text)).toContain('node:fs');
  });

  it.each([
    ['libs/domain/src/kernel/fen.ts', `import { split } from '@domain/ledger';`],
    ['libs/domain/src/screening/rule-set.ts', `import { decideVisit } from '@domain/settlement';`],
    ['libs/contracts/src/settlement/visit.ts', `import { checkVisit } from '@domain/settlement';`],
    ['libs/journal/src/relay/relay.ts', `import { Kafka } from 'kafkajs';`],
    ['libs/edge/src/logs.ts', `import { Kafka } from 'kafkajs';`],
    ['apps/settlement/src/inbound/kafka/intake.ts', `import { Kafka } from 'kafkajs';`],
    ['apps/settlement/src/inbound/http/door.ts', `import { Pool } from '../../storage/pool';`],
    ['apps/settlement/src/storage/pool.ts', `import { gather } from '../use-cases/gather';`],
    ['apps/settlement/src/outbound/client.ts', `import { pool } from '../storage/pool';`],
    ['apps/settlement/src/storage/pool.ts', `import { createTestDatabase } from '@lib/testkit';`],
    ['apps/settlement/src/storage/pool.ts', `import { gather } from './gather.fixtures';`],
    ['tools/stack/part.ts', `import { startService } from '@lib/edge';`],
    ['apps/settlement/src/seed.ts', `import data from '../../../../elsewhere/shared/cities.json';`],
    ['apps/settlement/src/seed.ts', `import { fen } from '../../../libs/domain/src/kernel/fen';`],
  ])('refuses in %s: %s', (path, text) => {
    expect(messagesFor(path, text)).toHaveLength(1);
  });

  it.each([
    [
      'libs/contracts/src/settlement/facts.ts',
      `export type { VisitInputs } from '@domain/settlement';`,
    ],
    ['libs/contracts/src/settlement/facts.ts', `import { type Fen } from '@domain/kernel';`],
    ['apps/settlement/src/use-cases/gather.ts', `import { pool } from '../storage/pool';`],
    ['apps/settlement/src/use-cases/gather.int-spec.ts', `import { db } from '@lib/testkit';`],
    ['libs/edge/src/kafka/consumer.ts', `import { Kafka } from 'kafkajs';`],
    ['libs/domain/src/settlement/year.ts', `import { entryFor } from '@domain/ledger';`],
  ])('allows in %s: %s', (path, text) => {
    expect(messagesFor(path, text)).toEqual([]);
  });

  it('says of a value where only a type is allowed that a type would do', () => {
    const text = `import { type Finding, screen } from '@domain/screening';`;
    expect(messageFor('apps/cross-check/src/inbound/door.ts', text)).toContain('import type');
  });

  it('asks a new folder to say what it is', () => {
    expect(messageFor('libs/novelty/src/index.ts', '')).toContain('has no row in the import table');
  });

  it('names an exception whose import is gone', () => {
    const exceptions = [{ file: 'libs/edge/src/logs.ts', target: 'kafkajs', reason: 'once' }];
    const sources = [{ path: 'libs/edge/src/logs.ts', text: `import pino from 'pino';` }];
    expect(staleExceptions(sources, { table: TABLE, exceptions })).toHaveLength(1);
    const used = [{ path: 'libs/edge/src/logs.ts', text: `import { Kafka } from 'kafkajs';` }];
    expect(staleExceptions(used, { table: TABLE, exceptions })).toEqual([]);
    expect(checkImports(used, { table: TABLE, exceptions })).toEqual([]);
  });
});
