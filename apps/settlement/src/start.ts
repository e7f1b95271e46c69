import { dateOf, monthOf } from '@domain/kernel';
import { settlementRoutes } from '@lib/contracts';
import { Clock, Plumbing, type RunningService, startService } from '@lib/edge';
import type { UnitOfWork } from '@lib/journal';
import type { DataSource } from 'typeorm';
import type { SettlementConfig } from './config';
import { seed } from './seed';
import { SettlementModule, WORK } from './settlement.module';
import { openFirstPeriod } from './storage/period';
import { LoadDocuments } from './use-cases/load-document';
import { LoadRegistry } from './use-cases/load-registry';

const STATUSES = { 'settlement.visit-invalid': 400, 'policy.invalid': 400 };

/** Starts the doors, the consumers and the relay over an open database, with the data folder's documents loaded. */
export function startSettlement(
  config: SettlementConfig,
  database: DataSource,
  options: { readonly signals?: boolean } = {},
): Promise<RunningService> {
  return startService({
    name: 'settlement',
    module: SettlementModule.with(database),
    routes: Object.values(settlementRoutes),
    config,
    statuses: STATUSES,
    ...options,
    parts: async (app) => {
      const month = monthOf(dateOf(app.get(Clock).now()));
      await app.get<UnitOfWork>(WORK).run((tx) => openFirstPeriod(tx, month));
      await seed(config.DATA_DIR, {
        documents: app.get(LoadDocuments),
        registry: app.get(LoadRegistry),
      });
      return app.get(Plumbing).serviceParts();
    },
  });
}
