import 'reflect-metadata';
import { ConfigError, OffsetClock, readConfig } from '@lib/edge';
import { openDatabase } from '@lib/journal';
import { settlementConfig } from './config';
import { startSettlement } from './start';
import { SettlementTables1767200000000 } from './storage/migrations';

/** Starts the service from its environment; with `--migrate-only` brings the schema up to date and leaves. */
async function main(): Promise<void> {
  const config = readConfig(settlementConfig, process.env);
  const clock = new OffsetClock(config.CLOCK_FILE, config.CLOCK_MOVABLE);
  const database = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    service: 'settlement',
    socketDir: config.DATABASE_SOCKET_DIR,
    migrations: [SettlementTables1767200000000],
    now: () => clock.now(),
  });
  if (process.argv.includes('--migrate-only')) await database.destroy();
  else await startSettlement(config, database);
}

main().catch((error: unknown) => {
  const sentence =
    error instanceof ConfigError
      ? error.message
      : `settlement could not start: ${error instanceof Error ? error.message : 'unknown error'}`;
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
