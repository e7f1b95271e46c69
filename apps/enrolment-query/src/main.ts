import 'reflect-metadata';
import { ConfigError, OffsetClock, readConfig } from '@lib/edge';
import { openDatabase } from '@lib/journal';
import { enrolmentConfig } from './config';
import { startEnrolmentQuery } from './start';
import { EnrolmentTables1767200000000 } from './storage/migrations';

/** Starts the service from its environment; with `--migrate-only` brings the schema up to date and leaves. */
async function main(): Promise<void> {
  const config = readConfig(enrolmentConfig, process.env);
  const clock = new OffsetClock(config.CLOCK_FILE, config.CLOCK_MOVABLE);
  const database = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    service: 'enrolment-query',
    socketDir: config.DATABASE_SOCKET_DIR,
    migrations: [EnrolmentTables1767200000000],
    now: () => clock.now(),
  });
  if (process.argv.includes('--migrate-only')) await database.destroy();
  else await startEnrolmentQuery(config, database);
}

main().catch((error: unknown) => {
  const sentence =
    error instanceof ConfigError
      ? error.message
      : `enrolment-query could not start: ${error instanceof Error ? error.message : 'unknown error'}`;
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
