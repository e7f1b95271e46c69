import { isEnvironmentFault } from '@lib/journal';
import type { SettleVisit } from './commands';
import { MicroBatcher } from './micro-batcher';
import type { Outcome } from './outcomes';
import type { SettleVisits } from './settle-visits';

const MAX_BATCH = 200;

/** The one queue that all three doors put visits into, so that what arrives together settles together. */
export class SettlementQueue {
  private readonly batcher: MicroBatcher<SettleVisit, Outcome>;

  constructor(settleVisits: SettleVisits, lanes: number, maxWaiting: number) {
    this.batcher = new MicroBatcher((commands, lane) => settleVisits.execute(commands, lane), {
      lanes,
      maxBatch: MAX_BATCH,
      maxWaiting,
      isCulpable: (error) => !isEnvironmentFault(error),
    });
  }

  /** Resolves after the commit. Rejects with `Overloaded` when too much is waiting already. */
  settle(command: SettleVisit): Promise<Outcome> {
    return this.batcher.submit(command);
  }
}
