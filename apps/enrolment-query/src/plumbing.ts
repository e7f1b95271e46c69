import { type Clock, createKafka, DatabaseJournalReader, type Logs, Plumbing } from '@lib/edge';
import { createRelay } from '@lib/journal';
import type { DataSource } from 'typeorm';
import type { EnrolmentConfig } from './config';
import { enrolmentRoute } from './use-cases/streams';

const SERVICE = 'enrolment-query';
/** Facts wait this long for company: a round through all hops costs as much as forty of them (facts §6). */
const LINGER_MS = 25;

export interface PlumbingGround {
  readonly config: EnrolmentConfig;
  readonly database: DataSource;
  readonly clock: Clock;
  readonly logs: Logs;
}

/** What runs beside the HTTP doors: the relay of persons' facts. Nothing is consumed: enrolment decides by its own state. */
export function enrolmentPlumbing({ config, database, clock, logs }: PlumbingGround): Plumbing {
  const publisher = createKafka(config, { clientId: SERVICE, logs }).publisher();
  return new Plumbing({
    relay: createRelay({
      dataSource: database,
      service: SERVICE,
      publisher,
      route: enrolmentRoute,
      now: () => clock.now(),
      logger: logs,
      lingerMs: LINGER_MS,
    }),
    facts: [],
    publishers: [publisher],
    journal: new DatabaseJournalReader(database),
    pingDatabase: async () => {
      await database.query('select 1');
      return { up: true };
    },
    close: () => database.destroy(),
  });
}
