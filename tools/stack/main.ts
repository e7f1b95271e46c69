import { join } from 'node:path';
import { defaultRunDir } from './files';
import { stopOnSignal, type Stoppable } from './lifetime';
import { startParts } from './parts';
import { portFrom } from './ports';

/**
 * The stack's commands, as the bootstrap calls them: `parts` starts PostgreSQL and Kafka alone and stays up. Rejects with one
 * sentence when it cannot.
 */
export async function main(verb: string): Promise<void> {
  if (verb === 'parts') await parts();
}

async function parts(): Promise<void> {
  let running: Stoppable | undefined;
  stopOnSignal(
    () => running,
    () => process.exit(0),
  );
  const runDir = defaultRunDir();
  const started = await startParts({
    runDir,
    postgresPort: portFrom('POSTGRES_PORT', 0),
    kafkaPort: portFrom('KAFKA_PORT', 0),
    say: (line) => process.stdout.write(`${line}\n`),
  });
  running = started;
  process.stdout.write(
    `TEST_POSTGRES_URL=${started.postgresUrl}\nTEST_KAFKA_BROKERS=${started.kafkaBrokers}\n` +
      `  Written to ${join(runDir, 'parts.env')}; Ctrl-C stops both.\n`,
  );
}
