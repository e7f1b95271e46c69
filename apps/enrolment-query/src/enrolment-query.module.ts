import type { EnrolmentReference } from '@domain/enrolment';
import { Clock, CONFIG, LOGS, type Logs, PersonalDataKeys, Plumbing } from '@lib/edge';
import { createUnitOfWork, type Pool, poolOf, type UnitOfWork } from '@lib/journal';
import { type DynamicModule, Module } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { EnrolmentConfig } from './config';
import { CoverageController } from './inbound/http/coverage.controller';
import { EnrolmentsController } from './inbound/http/enrolments.controller';
import { ImportController } from './inbound/http/import.controller';
import { openName } from './inbound/http/seal';
import { enrolmentPlumbing } from './plumbing';
import { readReference } from './read-reference';
import { ChangePerson } from './use-cases/change-person';
import { QueryCoverage } from './use-cases/query-coverage';
import { ReadAccessLog } from './use-cases/read-access-log';
import { RegisterPersons } from './use-cases/register-persons';

const WORK = Symbol('unit of work');
const POOL = Symbol('pool');
const REFERENCE = Symbol('reference');

/** Everything of enrolment-query that is not framework, wired once. */
@Module({})
export class EnrolmentQueryModule {
  static with(database: DataSource): DynamicModule {
    return {
      module: EnrolmentQueryModule,
      controllers: [ImportController, EnrolmentsController, CoverageController],
      providers: [
        { provide: POOL, useValue: poolOf(database) },
        {
          provide: WORK,
          inject: [LOGS],
          useFactory: (logger: Logs) => createUnitOfWork(database, { logger }),
        },
        {
          provide: REFERENCE,
          inject: [CONFIG],
          useFactory: (config: EnrolmentConfig) => readReference(config.DATA_DIR),
        },
        {
          provide: Plumbing,
          inject: [CONFIG, Clock, LOGS],
          useFactory: (config: EnrolmentConfig, clock: Clock, logs: Logs) =>
            enrolmentPlumbing({ config, database, clock, logs }),
        },
        ...Plumbing.providers(),
        ...useCases,
      ],
    };
  }
}

const useCases = [
  {
    provide: RegisterPersons,
    inject: [WORK, REFERENCE, Clock],
    useFactory: (work: UnitOfWork, reference: EnrolmentReference, clock: Clock) =>
      new RegisterPersons({ work, reference, now: () => clock.now() }),
  },
  {
    provide: ChangePerson,
    inject: [WORK, REFERENCE, Clock],
    useFactory: (work: UnitOfWork, reference: EnrolmentReference, clock: Clock) =>
      new ChangePerson({ work, reference, now: () => clock.now() }),
  },
  {
    provide: QueryCoverage,
    inject: [WORK, POOL, REFERENCE, Clock, PersonalDataKeys],
    useFactory: (
      work: UnitOfWork,
      pool: Pool,
      reference: EnrolmentReference,
      ...rest: ClockAndKeys
    ) => {
      const [clock, keys] = rest;
      return new QueryCoverage({
        work,
        pool,
        reference,
        now: () => clock.now(),
        openName: openName(keys),
      });
    },
  },
  { provide: ReadAccessLog, inject: [POOL], useFactory: (pool: Pool) => new ReadAccessLog(pool) },
];

type ClockAndKeys = readonly [clock: Clock, keys: PersonalDataKeys];
