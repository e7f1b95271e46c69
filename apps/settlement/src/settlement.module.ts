import { Clock, CONFIG, LOGS, type Logs, PersonalDataKeys, Plumbing } from '@lib/edge';
import { createUnitOfWork, type Pool, poolOf, type UnitOfWork } from '@lib/journal';
import { type DynamicModule, Module } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import type { SettlementConfig } from './config';
import { DocumentsController } from './inbound/admin/documents.controller';
import { QueriesController } from './inbound/http/queries.controller';
import { SettlementsController } from './inbound/http/settlements.controller';
import { ScreeningClient } from './outbound/screening-client';
import { settlementPlumbing } from './plumbing';
import { readKnownDiseases } from './seed';
import { Documents } from './storage/documents';
import { LoadDocuments } from './use-cases/load-document';
import { LoadRegistry } from './use-cases/load-registry';
import { PreviewVisit } from './use-cases/preview-visit';
import { ReadRegistry } from './use-cases/read-registry';
import { ReadSettlements } from './use-cases/read-settlements';
import { ReverseSettlements } from './use-cases/reverse-settlement';
import { SettleVisits } from './use-cases/settle-visits';
import { SettlementQueue } from './use-cases/settlement-queue';

export const WORK = Symbol('unit of work');
export const POOL = Symbol('pool');
/** The screening client, or undefined where screening is switched off. */
export const SCREENING = Symbol('screening');

/** Lanes of one replica write balance shards `16 × replica … 16 × replica + 15`. */
const SHARDS_PER_REPLICA = 16;

/** Everything of settlement that is not framework, wired once. */
@Module({})
export class SettlementModule {
  static with(dataSource: DataSource): DynamicModule {
    return {
      module: SettlementModule,
      controllers: [SettlementsController, QueriesController, DocumentsController],
      providers: [
        { provide: DataSource, useValue: dataSource },
        { provide: POOL, useValue: poolOf(dataSource) },
        {
          provide: WORK,
          inject: [LOGS],
          useFactory: (logger: Logs) => createUnitOfWork(dataSource, { logger }),
        },
        { provide: Documents, inject: [POOL], useFactory: (pool: Pool) => new Documents(pool) },
        { provide: SCREENING, inject: [CONFIG], useFactory: screeningClient },
        ...writing,
        ...reading,
        ...running,
      ],
    };
  }
}

const writing = [
  {
    provide: SettlementQueue,
    inject: [WORK, POOL, Documents, SCREENING, CONFIG, Clock],
    useFactory: (
      work: UnitOfWork,
      pool: Pool,
      documents: Documents,
      screening: ScreeningClient | undefined,
      config: SettlementConfig,
      clock: Clock,
    ) => {
      const firstShard = config.BALANCE_SHARD * SHARDS_PER_REPLICA;
      const now = () => clock.now();
      const settleVisits = new SettleVisits({ work, pool, documents, screening, now, firstShard });
      return new SettlementQueue(
        settleVisits,
        config.SETTLEMENT_LANES,
        config.SETTLEMENT_MAX_WAITING,
      );
    },
  },
  {
    provide: ReverseSettlements,
    inject: [WORK, Documents, CONFIG, Clock],
    useFactory: (work: UnitOfWork, documents: Documents, config: SettlementConfig, clock: Clock) =>
      new ReverseSettlements({
        work,
        documents,
        now: () => clock.now(),
        shard: config.BALANCE_SHARD * SHARDS_PER_REPLICA,
      }),
  },
  {
    provide: LoadDocuments,
    inject: [WORK, Documents, CONFIG, Clock],
    useFactory: (work: UnitOfWork, documents: Documents, config: SettlementConfig, clock: Clock) =>
      new LoadDocuments({
        work,
        documents,
        knownDiseases: readKnownDiseases(config.DATA_DIR),
        now: () => clock.now(),
      }),
  },
  {
    provide: LoadRegistry,
    inject: [WORK, Clock],
    useFactory: (work: UnitOfWork, clock: Clock) =>
      new LoadRegistry({ work, now: () => clock.now() }),
  },
];

const reading = [
  {
    provide: PreviewVisit,
    inject: [POOL, Documents, SCREENING, Clock],
    useFactory: (
      pool: Pool,
      documents: Documents,
      screening: ScreeningClient | undefined,
      clock: Clock,
    ) => new PreviewVisit({ pool, documents, screening, now: () => clock.now() }),
  },
  {
    provide: ReadSettlements,
    inject: [POOL],
    useFactory: (pool: Pool) => new ReadSettlements(pool),
  },
  {
    provide: ReadRegistry,
    inject: [POOL, Documents],
    useFactory: (pool: Pool, documents: Documents) => new ReadRegistry(pool, documents),
  },
];

const running = [
  {
    provide: Plumbing,
    inject: [
      CONFIG,
      DataSource,
      Clock,
      LOGS,
      PersonalDataKeys,
      WORK,
      Documents,
      SettlementQueue,
      SCREENING,
    ],
    useFactory: (
      config: SettlementConfig,
      database: DataSource,
      clock: Clock,
      logs: Logs,
      keys: PersonalDataKeys,
      work: UnitOfWork,
      documents: Documents,
      queue: SettlementQueue,
      screening: ScreeningClient | undefined,
    ) =>
      settlementPlumbing({
        config,
        database,
        clock,
        logs,
        keys,
        work,
        documents,
        queue,
        screening,
      }),
  },
  ...Plumbing.providers(),
];

function screeningClient(config: SettlementConfig): ScreeningClient | undefined {
  const { CROSS_CHECK_URL: url, SERVICE_TOKEN_FILE: file, SCREENING_BUDGET_MS: budgetMs } = config;
  if (config.SCREENING === 'off' || url === undefined || file === undefined) return undefined;
  const token = readFileSync(file, 'utf8').trim();
  return new ScreeningClient({ url, token: () => token, budgetMs });
}
