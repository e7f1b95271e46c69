import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testPostgresUrl } from '@lib/testkit';
import { projectRoot } from '../stack/files';
import type { Generated } from './documents';
import { schemaFiles } from './schemas';

describe('the schema of a freshly migrated database', () => {
  let files: readonly Generated[];
  beforeAll(async () => {
    files = await schemaFiles(testPostgresUrl());
  }, 60_000);

  it('is the stored one for each service (else: npm run generate)', () => {
    expect(files).toHaveLength(3);
    for (const { path, content } of files) {
      expect(content).toBe(readFileSync(join(projectRoot(), path), 'utf8'));
    }
  });

  it('shows tables, constraints, indexes, guards and functions', () => {
    const settlement = files.find(({ path }) => path.endsWith('schema-settlement.sql'))?.content;
    expect(settlement).toContain('table journal partition by RANGE (recorded_at)');
    expect(settlement).toMatch(/constraint settlement_pkey PRIMARY KEY \(settlement_no\)/);
    expect(settlement).toMatch(/CREATE UNIQUE INDEX settlement_visit ON .* WHERE /);
    expect(settlement).toMatch(/CREATE TRIGGER \w+ BEFORE .* ON public\.journal/);
    expect(settlement).toMatch(/CREATE OR REPLACE FUNCTION public\.journal_refuse_change\(\)/);
  });
});
