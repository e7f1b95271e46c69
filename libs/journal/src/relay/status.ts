import type { Instant } from '@domain/kernel';
import type { DataSource } from 'typeorm';
import { BEFORE_ALL } from './snapshot';
import { LOAD, type PositionRow, positionOf } from './window';

export type RelayRole = 'owner' | 'standby' | 'stopped';

export interface RelayStatus {
  readonly role: RelayRole;
  /** Position of the fact sent last. */
  readonly positionSent: bigint;
  /** Facts not sent yet, counted up to `LAG_COUNTED`. */
  readonly lagFacts: number;
  /** Business age of the oldest fact not sent yet; 0 when all are sent. */
  readonly lagMs: number;
  /** Why the last attempt failed, without values; absent when it did not. */
  readonly lastError?: string;
}

/** Nobody needs an exact figure beyond this, and counting it would cost the database. */
export const LAG_COUNTED = 10_000;

/** How far a relay is, from the stored position: the same for owner and standby. */
export async function readStatus(
  dataSource: DataSource,
  relay: string,
  local: {
    readonly now: Instant;
    readonly role: RelayRole;
    readonly lastError: string | undefined;
  },
): Promise<RelayStatus> {
  const stored: PositionRow[] = await dataSource.query(LOAD, [relay]);
  const at = positionOf(stored[0] ?? { previous: BEFORE_ALL, window: null, last: '0' });
  const [lag]: LagRow[] = await dataSource.query(
    `select count(*)::int as facts, (extract(epoch from min(recorded_at)) * 1000)::bigint as oldest_ms from (
       select recorded_at from (
         select recorded_at, xid, position from journal where xid >= $1::xid8
         union all
         select recorded_at, xid, position from journal where xid = any ($2::xid8[])) beyond
       where $3::pg_snapshot is null or not pg_visible_in_snapshot(xid, $3::pg_snapshot) or position > $4
       limit $5) unsent`,
    [at.previous.xmax, at.previous.running, at.window?.text ?? null, at.last, LAG_COUNTED],
  );
  const oldest = lag?.oldest_ms ?? null;
  return {
    role: local.role,
    positionSent: at.last,
    lagFacts: lag?.facts ?? 0,
    lagMs: oldest === null ? 0 : Math.max(0, local.now - Number(oldest)),
    ...(local.lastError === undefined ? {} : { lastError: local.lastError }),
  };
}

interface LagRow {
  readonly facts: number;
  readonly oldest_ms: string | null;
}
