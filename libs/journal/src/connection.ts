import type { ClientConfig, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';

/** Where a DataSource connects to, for a connection of one's own beside its pool. */
export function clientConfigOf(dataSource: DataSource, applicationName: string): ClientConfig {
  const { options } = dataSource;
  if (options.type !== 'postgres') throw new TypeError('the DataSource is not one of PostgreSQL');
  const known = {
    connectionString: options.url,
    host: options.host,
    port: options.port,
    user: options.username,
    password: options.password,
    database: options.database,
    ssl: options.ssl,
    application_name: applicationName,
    connectionTimeoutMillis: options.connectTimeoutMS ?? 5_000,
    keepAlive: true,
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

/** Runs `use` with the raw driver connection of a pooled one, and gives it back in any case. */
export async function withClient<T>(
  dataSource: DataSource,
  use: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    return await use((await runner.connect()) as PoolClient);
  } finally {
    await runner.release();
  }
}
