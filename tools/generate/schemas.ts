import { startOfDay, civilDate } from '@domain/kernel';
import { openDatabase } from '@lib/journal';
import { Client } from 'pg';
import type { MigrationInterface } from 'typeorm';
import { CrossCheckTables1767200100000 } from '../../apps/cross-check/src/storage/migrations';
import { EnrolmentTables1767200000000 } from '../../apps/enrolment-query/src/storage/migrations';
import { SettlementTables1767200000000 } from '../../apps/settlement/src/storage/migrations';
import type { Generated } from './documents';
import { dumpSchema } from './schema-dump';

const MIGRATIONS: Readonly<Record<string, readonly (new () => MigrationInterface)[]>> = {
  'enrolment-query': [EnrolmentTables1767200000000],
  settlement: [SettlementTables1767200000000],
  'cross-check': [CrossCheckTables1767200100000],
};

/** The months whose partitions are made; they are not written, so any day will do. */
const SOME_DAY = startOfDay(civilDate('2026-01-01'));

/** The schema of each service, from databases that are made for it on the given server and removed again. */
export async function schemaFiles(adminUrl: string): Promise<readonly Generated[]> {
  const files: Generated[] = [];
  for (const [service, migrations] of Object.entries(MIGRATIONS)) {
    files.push({
      path: `test/golden/schema-${service}.sql`,
      content: await schemaOf(adminUrl, service, migrations),
    });
  }
  return files;
}

async function schemaOf(
  adminUrl: string,
  service: string,
  migrations: readonly (new () => MigrationInterface)[],
): Promise<string> {
  const name = `generate_${service.replaceAll('-', '_')}_${String(process.pid)}`;
  const admin = new Client(adminUrl);
  await admin.connect();
  try {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.query(`create database ${name}`);
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    const database = await openDatabase({
      url: url.href,
      poolSize: 2,
      service: 'generate',
      migrations,
      now: () => SOME_DAY,
    });
    try {
      return await dumpSchema(database, service);
    } finally {
      await database.destroy();
    }
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  }
}
