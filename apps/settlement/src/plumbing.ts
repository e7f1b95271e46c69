import type { Instant } from '@domain/kernel';
import {
  type Clock,
  createKafka,
  DatabaseJournalReader,
  type Logs,
  type PersonalDataKeys,
  Plumbing,
  type Running,
} from '@lib/edge';
import { createInbox, createRelay, type UnitOfWork } from '@lib/journal';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { SettlementConfig } from './config';
import { RequestIntake } from './inbound/kafka/request-intake';
import type { ScreeningClient } from './outbound/screening-client';
import type { Documents } from './storage/documents';
import { applyEnrolment } from './use-cases/apply-enrolment';
import type { SettlementQueue } from './use-cases/settlement-queue';
import { settlementRoute } from './use-cases/streams';

const SERVICE = 'settlement';
const REFRESH_DOCUMENTS_MS = 1_000;
const LINGER_MS = 25;

export interface PlumbingGround {
  readonly config: SettlementConfig;
  readonly database: DataSource;
  readonly clock: Clock;
  readonly logs: Logs;
  readonly keys: PersonalDataKeys;
  readonly work: UnitOfWork;
  readonly documents: Documents;
  readonly queue: SettlementQueue;
  readonly screening: ScreeningClient | undefined;
}

/** What runs in settlement beside its HTTP doors: relay, the consumer of enrolment facts, the intake of requests. */
export function settlementPlumbing(ground: PlumbingGround): Plumbing {
  const { config, database, clock, logs, keys, work, documents, queue, screening } = ground;
  const kafka = createKafka(config, { clientId: SERVICE, logs });
  const [facts, answers] = [kafka.publisher(), kafka.publisher()];
  const now = (): Instant => clock.now();
  const inbox = createInbox({
    work,
    dataSource: database,
    handler: applyEnrolment,
    parkingKey: keys.parkingKey(),
    now,
    logger: logs,
  });
  const intake = new RequestIntake({ queue, publisher: answers, keys, clock });
  return new Plumbing({
    relay: createRelay({
      dataSource: database,
      service: SERVICE,
      publisher: facts,
      route: settlementRoute,
      now,
      logger: logs,
      lingerMs: LINGER_MS,
    }),
    facts: [
      {
        inbox,
        consumer: kafka.consume({
          groupId: applyEnrolment.name,
          topics: applyEnrolment.topics,
          onBatch: (messages) => inbox.receive(messages),
        }),
      },
    ],
    intakes: [
      kafka.intake({
        groupId: 'settlement.requests',
        topics: careCities(config.DATA_DIR).map((city) => `settlement.requests.${city}`),
        lingerMs: LINGER_MS,
        // One batch writes, one is being answered, one is on its way in.
        concurrency: 3,
        onBatch: (messages) => intake.receive(messages),
      }),
    ],
    publishers: [facts, answers],
    journal: new DatabaseJournalReader(database),
    running: [refreshing(documents, logs)],
    pingDatabase: async () => {
      await database.query('select 1');
      return { up: true, screeningBreakerOpen: screening?.isOpen ?? false };
    },
    close: async () => {
      screening?.close();
      await database.destroy();
    },
  });
}

/** Documents that another replica loaded are known here within a second. */
function refreshing(documents: Documents, logs: Logs): Running {
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      await documents.refresh();
    } catch {
      logs.warn('policy documents could not be refreshed, going on with those known');
    } finally {
      busy = false;
    }
  };
  return {
    start: () => {
      timer = setInterval(() => void look(), REFRESH_DOCUMENTS_MS);
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}

const careCities = (dataDir: string): readonly string[] =>
  (JSON.parse(readFileSync(join(dataDir, 'cities.json'), 'utf8')) as { code: string }[]).map(
    ({ code }) => code,
  );
