import { join } from 'node:path';
import { prepareRunDir, writePrivateFile } from './files';
import { startKafka } from './kafka';
import { allOrNone } from './lifetime';
import { letGo, takeOver } from './leftovers';
import type { Part } from './part';
import { choosePort, freePort } from './ports';
import { startPostgres } from './postgres';
import { silent, step, type Say } from './progress';

/** PostgreSQL and Kafka alone, for integration tests. */
export interface RunningParts {
  readonly postgresUrl: string;
  readonly kafkaBrokers: string;
  stop(): Promise<void>;
  killNow(): void;
}

/** What to start, and where; a port of 0 is any free one. */
export interface PartsWish {
  readonly runDir: string;
  readonly postgresPort?: number;
  readonly kafkaPort?: number;
  readonly say?: Say | undefined;
}

/**
 * Starts PostgreSQL and Kafka side by side in a folder of their own and notes their addresses in `parts.env` there. Fails with
 * one sentence, and leaves nothing running, when either does not come up.
 */
export async function startParts(wish: PartsWish): Promise<RunningParts> {
  const { runDir } = wish;
  const say = wish.say ?? silent;
  prepareRunDir(runDir);
  await takeOver(runDir, say);
  const listener = { say, changed: () => undefined };
  const running: Part[] = [];
  const stop = async () => {
    await Promise.all(running.map((part) => part.stop()));
    letGo(runDir);
  };
  try {
    const [postgres, kafka] = await allOrNone([
      step(say, 'PostgreSQL', async () => {
        const port = await portOf('PostgreSQL', 'POSTGRES_PORT', wish.postgresPort);
        const started = await startPostgres(runDir, port, listener);
        running.push(started.part);
        return started;
      }),
      step(say, 'Kafka', async () => {
        const client = await portOf('Kafka', 'KAFKA_PORT', wish.kafkaPort);
        const ports = { client, controller: await freePort() };
        const started = await startKafka(runDir, ports, listener);
        running.push(started.part);
        return started;
      }),
    ]);
    const addresses = { postgresUrl: postgres.adminUrl, kafkaBrokers: kafka.brokers };
    writePrivateFile(
      join(runDir, 'parts.env'),
      `TEST_POSTGRES_URL=${addresses.postgresUrl}\nTEST_KAFKA_BROKERS=${addresses.kafkaBrokers}\n`,
    );
    const killNow = () => {
      for (const part of running) part.killNow();
    };
    return { ...addresses, stop, killNow };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function portOf(of: string, variable: string, port = 0): Promise<number> {
  return choosePort({ of, variable, port });
}
