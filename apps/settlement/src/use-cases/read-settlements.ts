import type { Pool } from '@lib/journal';
import { findSettlement, findVisit, type FoundSettlement } from '../storage/settlement-queries';

/** Settlements as they stand. Who may see which is the door's to ask. */
export class ReadSettlements {
  constructor(private readonly pool: Pool) {}

  byNo(settlementNo: string): Promise<FoundSettlement | undefined> {
    return findSettlement(this.pool, settlementNo);
  }

  /** All settlements made under a visit's number, for a caller that never saw its answer. */
  byVisit(visit: {
    readonly careCity: string;
    readonly institutionCode: string;
    readonly visitNo: string;
  }): Promise<readonly FoundSettlement[]> {
    return findVisit(this.pool, visit);
  }
}
