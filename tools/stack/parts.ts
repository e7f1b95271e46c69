import { join } from 'node:path';
import { readCities } from './cities';
import { prepareRunDir, projectRoot, writePrivateFile } from './files';
import type { Ground } from './ground';
import { startKafka, type RunningKafka } from './kafka';
import { letGo, takeOver } from './leftovers';
import { Scope, allOrNone } from './lifetime';
import { choosePort, freePort } from './ports';
import { startPostgres, type RunningPostgres } from './postgres';
import { silent, step, type Say } from './progress';
import { createTopics, stackTopics } from './topics';

/** PostgreSQL and Kafka alone, for integration tests. */
export interface RunningParts {
  readonly postgresUrl: string;
  readonly kafkaBrokers: string;
  stop(): Promise<void>;
}

/** What to start, and where; a port of 0 or none is any free one. */
export interface PartsWish {
  readonly runDir: string;
  readonly postgresPort?: number;
  readonly kafkaPort?: number;
  readonly say?: Say | undefined;
  readonly scope?: Scope;
}

/**
 * Starts PostgreSQL and Kafka, with the topics of the stack, side by side in a folder of their own and notes their addresses in `parts.env` there. Fails with
 * one sentence, and leaves nothing running, when either does not come up.
 */
export async function startParts(wish: PartsWish): Promise<RunningParts> {
  const scope = wish.scope ?? new Scope();
  const say = wish.say ?? silent;
  try {
    const ground = await openGround(wish.runDir, { say, scope, changed: () => undefined });
    const [postgres, kafka] = await allOrNone<[RunningPostgres, RunningKafka]>([
      postgresOn(ground, wish.postgresPort ?? 0),
      kafkaOn(ground, wish.kafkaPort ?? 0),
    ]);
    const codes = readCities(join(projectRoot(), 'data')).map(({ code }) => code);
    await createTopics(kafka.brokers, stackTopics(codes));
    const addresses = { postgresUrl: postgres.adminUrl, kafkaBrokers: kafka.brokers };
    writePrivateFile(
      join(wish.runDir, 'parts.env'),
      `TEST_POSTGRES_URL=${addresses.postgresUrl}\nTEST_KAFKA_BROKERS=${addresses.kafkaBrokers}\n`,
    );
    return { ...addresses, stop: () => scope.stop() };
  } catch (cause) {
    await scope.stop();
    throw cause;
  }
}

/** Makes a folder ready to hold running parts, as its only supervisor. Fails with one sentence when another is alive. */
export async function openGround(runDir: string, rest: Omit<Ground, 'runDir'>): Promise<Ground> {
  prepareRunDir(runDir);
  await takeOver(runDir, rest.say);
  rest.scope.afterStop(() => {
    letGo(runDir);
  });
  return { runDir, ...rest };
}

/** PostgreSQL as a step of a start. */
export function postgresOn(ground: Ground, wished: number): Promise<RunningPostgres> {
  return step(ground.say, 'PostgreSQL 数据库', () => startPostgres(ground, wished));
}

/** Kafka as a step of a start. */
export function kafkaOn(ground: Ground, wished: number): Promise<RunningKafka> {
  return step(ground.say, 'Kafka 消息总线', async () => {
    const client = await choosePort({ of: 'Kafka', variable: 'KAFKA_PORT', port: wished });
    return startKafka(ground, { client, controller: await freePort() });
  });
}
