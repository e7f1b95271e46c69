import type { Instant } from '@domain/kernel';
import {
  type Clock,
  createKafka,
  DatabaseJournalReader,
  type Logs,
  type PersonalDataKeys,
  Plumbing,
} from '@lib/edge';
import { createInbox, createRelay, type FactHandler, type UnitOfWork } from '@lib/journal';
import type { DataSource } from 'typeorm';
import type { CrossCheckConfig } from './config';
import type { CheckSettlements } from './use-cases/check-settlements';
import type { FollowEnrolment } from './use-cases/follow-enrolment';
import { suspicionRoute } from './use-cases/suspicion-facts';

const SERVICE = 'cross-check';
/** Facts wait this long for company: a round through all hops costs as much as forty of them (facts §6). */
const LINGER_MS = 25;

export interface PlumbingGround {
  readonly config: CrossCheckConfig;
  readonly database: DataSource;
  readonly clock: Clock;
  readonly logs: Logs;
  readonly keys: PersonalDataKeys;
  readonly work: UnitOfWork;
  readonly settlements: CheckSettlements;
  readonly enrolments: FollowEnrolment;
}

/** What runs in cross-check beside its HTTP doors: the consumers of facts, and the relay of suspicions. */
export function crossCheckPlumbing(ground: PlumbingGround): Plumbing {
  const { config, database, clock, logs, keys, work } = ground;
  const kafka = createKafka(config, { clientId: SERVICE, logs });
  const publisher = kafka.publisher();
  const now = (): Instant => clock.now();
  const following = (handler: FactHandler) => {
    const inbox = createInbox({
      work,
      dataSource: database,
      handler,
      parkingKey: keys.parkingKey(),
      now,
      logger: logs,
    });
    const consumer = kafka.consume({
      groupId: handler.name,
      topics: handler.topics,
      onBatch: (messages) => inbox.receive(messages),
      together: true,
      lingerMs: LINGER_MS,
      maxMessages: config.CHECK_BATCH_SIZE,
      concurrency: config.CHECK_LANES,
    });
    return { inbox, consumer };
  };
  return new Plumbing({
    relay: createRelay({
      dataSource: database,
      service: SERVICE,
      publisher,
      route: suspicionRoute,
      now,
      logger: logs,
      lingerMs: LINGER_MS,
    }),
    facts: [following(ground.enrolments), following(ground.settlements)],
    publishers: [publisher],
    journal: new DatabaseJournalReader(database),
    pingDatabase: async () => {
      await database.query('select 1');
      return { up: true };
    },
    close: () => database.destroy(),
  });
}
