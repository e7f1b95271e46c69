import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { checkDatabase, createDatabases, urlFor } from './databases';
import type { Ground } from './ground';
import type { RunningKafka } from './kafka';
import { databasePasswords } from './keys';
import { allOrNone } from './lifetime';
import type { Part } from './part';
import { kafkaOn, postgresOn } from './parts';
import type { RunningPostgres } from './postgres';
import { step } from './progress';
import { perService, serviceDefinitions, type PerService } from './services';
import type { StackWish } from './stack';
import { clusterAnswers } from './topics';
import { StackFault, messageOf } from './stack-fault';

/** Where the services keep and publish their facts. */
export interface Stores {
  /** With the role that owns this database alone. */
  readonly serviceUrls: PerService<string>;
  /** With all rights, for the person at the machine. */
  readonly ownerUrls: PerService<string>;
  readonly kafkaBrokers: string;
  readonly socketDirs: PerService<string | undefined>;
  readonly parts: readonly (readonly [string, Part])[];
}

/** Starts, or only checks, the database server and the broker of a stack, side by side. */
export async function startStores(ground: Ground, wish: StackWish): Promise<Stores> {
  const [postgres, kafka] = await allOrNone<
    [RunningPostgres | undefined, RunningKafka | undefined]
  >([openPostgres(ground, wish), openKafka(ground, wish)]);
  const databases = await openDatabases(ground, wish, postgres?.adminUrl);
  return {
    ...databases,
    kafkaBrokers: kafka?.brokers ?? wish.kafkaBrokers ?? '',
    socketDirs: perService(({ key }) =>
      wish.databaseUrls?.[key] === undefined ? postgres?.socketDir : undefined,
    ),
    parts: [
      ...(postgres === undefined ? [] : [['postgres', postgres.part] as const]),
      ...(kafka === undefined ? [] : [['kafka', kafka.part] as const]),
    ],
  };
}

async function openPostgres(
  ground: Ground,
  { databaseUrls, postgresUrl, ports }: StackWish,
): Promise<RunningPostgres | undefined> {
  for (const { key, databaseVariable } of serviceDefinitions) {
    const url = databaseUrls?.[key];
    if (url !== undefined) await checkDatabase(databaseVariable, url);
  }
  const complete = serviceDefinitions.every(({ key }) => databaseUrls?.[key] !== undefined);
  if (complete || postgresUrl !== undefined) return undefined;
  return postgresOn(ground, ports === 0 || ports === undefined ? 0 : ports.postgres);
}

async function openKafka(
  ground: Ground,
  { kafkaBrokers, ports }: StackWish,
): Promise<RunningKafka | undefined> {
  if (kafkaBrokers === undefined) {
    return kafkaOn(ground, ports === 0 || ports === undefined ? 0 : ports.kafka);
  }
  try {
    await clusterAnswers(kafkaBrokers);
    return undefined;
  } catch (cause) {
    const why = messageOf(cause);
    throw new StackFault(`Kafka at ${kafkaBrokers} (KAFKA_BROKERS) cannot be reached: ${why}.`);
  }
}

type DatabaseUrls = Pick<Stores, 'serviceUrls' | 'ownerUrls'>;

/** The databases given from outside, and for the others databases on the server at hand. */
async function openDatabases(
  ground: Ground,
  { databaseUrls = {}, postgresUrl }: StackWish,
  ownServer: string | undefined,
): Promise<DatabaseUrls> {
  const adminUrl = ownServer ?? postgresUrl;
  const alone = ownServer !== undefined;
  const made =
    adminUrl === undefined
      ? undefined
      : await step(ground.say, '建库 databases', () =>
          makeDatabases(ground.runDir, adminUrl, alone),
        );
  const urls = (kind: keyof DatabaseUrls) =>
    perService(({ key }) => databaseUrls[key] ?? made?.[kind][key] ?? '');
  return { serviceUrls: urls('serviceUrls'), ownerUrls: urls('ownerUrls') };
}

/** On a server that others use too, names carry a mark of the stack's folder. */
async function makeDatabases(
  runDir: string,
  adminUrl: string,
  alone: boolean,
): Promise<DatabaseUrls> {
  const mark = createHash('sha256').update(resolve(runDir)).digest('hex').slice(0, 8);
  const names = perService(({ database }) => (alone ? database : `${database}_${mark}`));
  const passwords = databasePasswords(runDir, Object.values(names));
  const passwordOf = (name: string) => passwords.get(name) ?? '';
  await createDatabases(
    adminUrl,
    Object.values(names).map((name) => ({ name, password: passwordOf(name) })),
  );
  return {
    serviceUrls: perService(({ key }) => urlFor(adminUrl, names[key], passwordOf(names[key]))),
    ownerUrls: perService(({ key }) => urlFor(adminUrl, names[key])),
  };
}
