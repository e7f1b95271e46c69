import { commonContracts, type Service } from '@lib/contracts';
import { type DynamicModule, type Type } from '@nestjs/common';
import { Clock } from './clock';
import { adminController } from './operation/admin.controller';
import { healthController } from './operation/health.controller';
import { journalController } from './operation/journal.controller';
import { LOGS, type Logs } from './logs';
import { Metrics } from './metrics';
import { PersonalDataKeys } from './personal-data';
import { SERVICE_PARTS, type ServiceRuntime } from './runtime';

/** The injection token of the configuration as the service's schema read it. */
export const CONFIG = Symbol('config');

export interface EdgeProviders {
  readonly service: Service;
  readonly config: object;
  readonly clock: Clock;
  readonly logs: Logs;
  readonly metrics: Metrics;
  readonly keys: PersonalDataKeys | undefined;
  readonly runtime: ServiceRuntime;
}

/** What every service gets, injectable everywhere: `CONFIG`, `Clock`, `LOGS`, `Metrics`, `PersonalDataKeys`, and the common routes. */
export class EdgeModule {
  static with(given: EdgeProviders): DynamicModule {
    const { keys } = given;
    const providers = [
      { provide: CONFIG, useValue: given.config },
      { provide: Clock, useValue: given.clock },
      { provide: LOGS, useValue: given.logs },
      { provide: Metrics, useValue: given.metrics },
      { provide: SERVICE_PARTS, useValue: given.runtime },
      ...(keys === undefined ? [] : [{ provide: PersonalDataKeys, useValue: keys }]),
    ];
    return {
      module: EdgeModule,
      global: true,
      controllers: commonControllers(given.service),
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}

/** The controllers of the routes that every service has (api.md §5). */
export function commonControllers(service: Service): Type[] {
  const contracts = commonContracts(service);
  return [healthController(contracts), adminController(contracts), journalController(contracts)];
}
