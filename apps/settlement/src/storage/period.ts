import type { Transaction } from '@lib/journal';

/** Key of the advisory lock between settling and cut-off: shared by batches, taken alone by cut-off. */
const CUT_OFF_LOCK = 3_601_430;

const HOLD = {
  name: 'period-hold',
  text: `select pg_advisory_xact_lock_shared(${CUT_OFF_LOCK})`,
};

/**
 * Keeps the clearing period from being cut off until this transaction ends. Taken before the period is read, so that what
 * is read is the period open at commit (architecture §5).
 */
export async function holdPeriodOpen(tx: Transaction): Promise<void> {
  await tx.query(HOLD);
}

/** Opens the first clearing period of a new database; one that is open already stays. */
export async function openFirstPeriod(tx: Transaction, period: string): Promise<void> {
  await tx.query({
    text: 'insert into clearing_pointer (period) values ($1) on conflict do nothing',
    values: [period],
  });
}
