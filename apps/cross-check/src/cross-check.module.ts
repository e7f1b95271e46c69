import type { Instant } from '@domain/kernel';
import { Clock, CONFIG, LOGS, type Logs, PersonalDataKeys, Plumbing } from '@lib/edge';
import { createUnitOfWork, poolOf, type UnitOfWork } from '@lib/journal';
import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CrossCheckConfig } from './config';
import { RuleSetsController } from './inbound/http/rule-sets.controller';
import { ScreeningsController } from './inbound/http/screenings.controller';
import { SuspicionsController } from './inbound/http/suspicions.controller';
import { crossCheckPlumbing } from './plumbing';
import { type CheckParts, CheckSettlements } from './use-cases/check-settlements';
import { FollowEnrolment } from './use-cases/follow-enrolment';
import { ReadSuspicions } from './use-cases/read-suspicions';
import { RuleBook } from './use-cases/rule-book';
import { ScreenVisits } from './use-cases/screen-visits';

export const WORK = Symbol('unit of work');
const PARTS = Symbol('parts of the checks');

/** What the data folder brings. */
export interface CrossCheckData {
  readonly rules: RuleBook;
  readonly cityName: (city: string) => string;
}

/** Everything of cross-check that is not framework, wired once. */
@Module({})
export class CrossCheckModule {
  static with(database: DataSource, data: CrossCheckData): DynamicModule {
    const reader = poolOf(database);
    return {
      module: CrossCheckModule,
      controllers: [ScreeningsController, SuspicionsController, RuleSetsController],
      providers: [
        { provide: DataSource, useValue: database },
        { provide: RuleBook, useValue: data.rules },
        { provide: ScreenVisits, useValue: new ScreenVisits(data.rules, reader) },
        { provide: ReadSuspicions, useValue: new ReadSuspicions(reader) },
        {
          provide: PARTS,
          inject: [Clock],
          useFactory: (clock: Clock): CheckParts => ({
            ...data,
            now: (): Instant => clock.now(),
          }),
        },
        ...checking,
        ...running,
      ],
    };
  }
}

const checking = [
  {
    provide: CheckSettlements,
    inject: [PARTS],
    useFactory: (parts: CheckParts) => new CheckSettlements(parts),
  },
  {
    provide: FollowEnrolment,
    inject: [PARTS],
    useFactory: (parts: CheckParts) => new FollowEnrolment(parts),
  },
  {
    provide: WORK,
    inject: [DataSource, LOGS],
    useFactory: (database: DataSource, logger: Logs) => createUnitOfWork(database, { logger }),
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
      CheckSettlements,
      FollowEnrolment,
    ],
    useFactory: (
      config: CrossCheckConfig,
      database: DataSource,
      clock: Clock,
      logs: Logs,
      keys: PersonalDataKeys,
      work: UnitOfWork,
      settlements: CheckSettlements,
      enrolments: FollowEnrolment,
    ) => crossCheckPlumbing({ config, database, clock, logs, keys, work, settlements, enrolments }),
  },
  ...Plumbing.providers(),
];
