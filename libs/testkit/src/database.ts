import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';

/** Migration classes, as a DataSource takes them. */
export type Migrations = readonly (new () => MigrationInterface)[];

export interface TestDatabase {
  readonly dataSource: DataSource;
  readonly url: string;
  /** Closes the DataSource and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  readonly migrations: Migrations;
  /** Tells the databases of a run apart: lower-case letters, digits and underscores. */
  readonly name: string;
  readonly poolSize?: number;
  readonly entities?: DataSourceOptions['entities'];
}

let made = 0;

/**
 * A fresh database with the migrations run. A template is migrated once per set of migrations (by content) and every
 * call clones it, which takes tens of milliseconds. Needs TEST_POSTGRES_URL, a superuser on an admin database, and
 * throws without it: a suite never passes because its database is missing.
 */
export async function createTestDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const adminUrl = testPostgresUrl();
  if (!/^[a-z0-9_]{1,24}$/.test(options.name))
    throw new Error('a test database has a plain short name');
  const template = await ensureTemplate(adminUrl, options.migrations);
  made += 1;
  const name = `test_${options.name}_${process.pid}_${made}`;
  await asAdmin(adminUrl, async (admin) => {
    // Left over from a run that was killed and had the same process id.
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.query(`create database ${name} template ${template}`);
  });
  const url = urlOf(adminUrl, name);
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    poolSize: options.poolSize ?? 16,
    ...(options.entities === undefined ? {} : { entities: options.entities }),
  }).initialize();
  return {
    dataSource,
    url,
    drop: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await asAdmin(adminUrl, (admin) =>
        admin.query(`drop database if exists ${name} with (force)`),
      );
    },
  };
}

/** The admin database of the tests, or one sentence that says what to set. */
export function testPostgresUrl(): string {
  const url = process.env['TEST_POSTGRES_URL'];
  if (url === undefined || url === '') {
    throw new Error(
      'TEST_POSTGRES_URL is not set: it names a PostgreSQL admin database for the tests, such as postgres://postgres@127.0.0.1:5432/postgres',
    );
  }
  return url;
}

async function ensureTemplate(adminUrl: string, migrations: Migrations): Promise<string> {
  const template = `test_template_${await fingerprint(migrations)}`;
  await asAdmin(adminUrl, async (admin) => {
    await admin.query('select pg_advisory_lock(hashtextextended($1, 0))', [template]);
    const ready = await admin.query('select 1 from pg_database where datname = $1', [template]);
    if (ready.rowCount !== 0) return;
    const draft = `${template}_draft`;
    await admin.query(`drop database if exists ${draft} with (force)`);
    await admin.query(`create database ${draft}`);
    await migrate(urlOf(adminUrl, draft), migrations);
    await admin.query(`alter database ${draft} rename to ${template}`);
  });
  return template;
}

async function migrate(url: string, migrations: Migrations): Promise<void> {
  const dataSource = new DataSource({ type: 'postgres', url, migrations: [...migrations] });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await dataSource.destroy();
  }
}

/** What the migrations would run: recorded, so that an edited migration never meets the template of yesterday. */
async function fingerprint(migrations: Migrations): Promise<string> {
  const hash = createHash('sha256');
  for (const migration of migrations) {
    hash.update(migration.toString());
    const recorder = {
      query: (...sql: unknown[]) => {
        hash.update(JSON.stringify(sql));
        return Promise.resolve([]);
      },
    };
    await new migration().up(recorder as unknown as Parameters<MigrationInterface['up']>[0]);
  }
  return hash.digest('hex').slice(0, 16);
}

async function asAdmin<T>(adminUrl: string, use: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client(adminUrl);
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}
