import type { ClientConfig } from 'pg';
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
