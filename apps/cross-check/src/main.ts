import 'reflect-metadata';
import { ConfigError, OffsetClock, readConfig } from '@lib/edge';
import { openDatabase } from '@lib/journal';
import { crossCheckConfig } from './config';
import { startCrossCheck } from './start';
import { crossCheckMigrations } from './storage/migrations';

/** Starts the service from its environment; with `--migrate-only` brings the schema up to date and leaves. */
async function main(): Promise<void> {
  const config = readConfig(crossCheckConfig, process.env);
  const clock = new OffsetClock(config.CLOCK_FILE, config.CLOCK_MOVABLE);
  const now = () => clock.now();
  const database = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    service: 'cross-check',
    socketDir: config.DATABASE_SOCKET_DIR,
    migrations: crossCheckMigrations,
    now,
  });
  if (process.argv.includes('--migrate-only')) await database.destroy();
  else await startCrossCheck(config, database, { now });
}

main().catch((error: unknown) => {
  const sentence =
    error instanceof ConfigError
      ? error.message
      : `cross-check could not start: ${error instanceof Error ? error.message : 'unknown error'}`;
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
