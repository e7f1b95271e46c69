import { enrolmentRoutes } from '@lib/contracts';
import { type Logs, Plumbing, type RunningService, startService } from '@lib/edge';
import type { DataSource } from 'typeorm';
import type { EnrolmentConfig } from './config';
import { EnrolmentQueryModule } from './enrolment-query.module';

/** Starts the doors and the relay over an open database. */
export function startEnrolmentQuery(
  config: EnrolmentConfig,
  database: DataSource,
  options: { readonly signals?: boolean; readonly logs?: Logs } = {},
): Promise<RunningService> {
  return startService({
    name: 'enrolment-query',
    module: EnrolmentQueryModule.with(database),
    routes: Object.values(enrolmentRoutes),
    config,
    ...options,
    parts: (app) => app.get(Plumbing).serviceParts(),
  });
}
