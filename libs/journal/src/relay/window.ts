import type { ClientBase } from 'pg';
import { FACT_COLUMNS, type FactRow, factOf } from '../stored-fact';
import type { StoredFact } from '../types';
import { BEFORE_ALL, type Snapshot, parseSnapshot } from './snapshot';

/**
 * How far a relay is. Published is all that `previous` sees, and, while a window is open, of what the window sees beyond
 * that the facts up to position `last`.
 */
export interface RelayPosition {
  readonly previous: Snapshot;
  readonly window: Snapshot | undefined;
  readonly last: bigint;
}

/** A window found by looking: what became visible since the previous snapshot. */
export interface FoundWindow {
  readonly snapshot: Snapshot;
  /** In position order; at most one more than asked for, which tells that the window is too big to hold. */
  readonly facts: readonly StoredFact[];
}

/**
 * For the connection that reads windows and does nothing else. Plans cached while the journal was empty must not scan
 * or sort all of it later.
 */
export const READER_SETTINGS =
  'set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off; set plan_cache_mode = force_generic_plan';

/**
 * A row is beyond the previous snapshot when its transaction began after it (at or above xmax) or was running then.
 * Asked in these two parts, both by index, a transaction that stays open for minutes does not make every look read
 * what came since (as `xid >= xmin` would).
 */
const BEYOND = (columns: string): string => `
  select ${columns} from journal j where j.xid >= $1::xid8
  union all
  select ${columns} from journal j where j.xid = any ($2::xid8[])`;

/** Looks for a new window and reads at most `limit + 1` of its facts. */
export async function findWindow(
  client: ClientBase,
  previous: Snapshot,
  limit: number,
): Promise<FoundWindow> {
  const { rows } = await client.query<FoundRow>({
    name: 'relay-find-window',
    text: `with beyond as materialized (select * from (${BEYOND(FACT_COLUMNS)}) b limit $3)
      select pg_current_snapshot()::text as snapshot, b.* from (values (1)) one left join beyond b on true
      order by b.position`,
    values: [previous.xmax, previous.running, limit + 1],
  });
  const facts = rows.flatMap((row) => (row.position === null ? [] : [factOf(row)]));
  return { snapshot: parseSnapshot(rows[0]?.snapshot ?? ''), facts };
}

/** The position before the first one of a window that is too big to hold. */
export async function startOfWindow(client: ClientBase, previous: Snapshot): Promise<bigint> {
  const { rows } = await client.query<{ first: string | null }>({
    name: 'relay-start-of-window',
    text: `with beyond as materialized (${BEYOND('j.position')}) select min(position) as first from beyond`,
    values: [previous.xmax, previous.running],
  });
  return BigInt(rows[0]?.first ?? '1') - 1n;
}

/** The next facts of an open window after the last position sent, in position order. */
export async function readWindow(
  client: ClientBase,
  at: RelayPosition & { readonly window: Snapshot },
  limit: number,
): Promise<readonly StoredFact[]> {
  const { rows } = await client.query<FactRow>({
    name: 'relay-read-window',
    text: `select ${FACT_COLUMNS} from journal j
      where j.position > $3 and (j.xid >= $1::xid8 or j.xid = any ($2::xid8[]))
        and pg_visible_in_snapshot(j.xid, $4::pg_snapshot)
      order by j.position limit $5`,
    values: [at.previous.xmax, at.previous.running, at.last, at.window.text, limit],
  });
  return rows.map(factOf);
}

/** The stored position is ahead of the database's transaction ids, which begin anew when a dump is restored. */
export class RelayAheadOfDatabase extends Error {
  override readonly name = 'RelayAheadOfDatabase';
}

/**
 * Where the relay was; before all facts when it never ran. Throws `RelayAheadOfDatabase` in a database restored from a
 * dump: new facts would look as if they had been sent. There the row of `relay_state` is to be deleted, and everything is
 * sent again, which consumers recognise.
 */
export async function loadPosition(client: ClientBase, relay: string): Promise<RelayPosition> {
  await client.query(
    `insert into relay_state (relay, previous_snapshot, last_position) values ($1, $2, 0) on conflict do nothing`,
    [relay, BEFORE_ALL],
  );
  const { rows } = await client.query<PositionRow>(LOAD, [relay]);
  const [row] = rows;
  if (row === undefined) throw new Error('the relay state vanished');
  if (row.ahead) throw new RelayAheadOfDatabase('the stored snapshot is newer than the database');
  return positionOf(row);
}

/** The stored position, for those who only look. */
export const LOAD = `select previous_snapshot::text as previous, window_snapshot::text as "window", last_position as last,
    pg_snapshot_xmax(previous_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) as ahead
  from relay_state where relay = $1`;

export interface PositionRow {
  readonly previous: string;
  readonly window: string | null;
  readonly last: string;
  readonly ahead: boolean;
}

export const positionOf = (row: Omit<PositionRow, 'ahead'>): RelayPosition => ({
  previous: parseSnapshot(row.previous),
  window: row.window === null ? undefined : parseSnapshot(row.window),
  last: BigInt(row.last),
});

export async function savePosition(
  client: ClientBase,
  relay: string,
  at: RelayPosition,
): Promise<void> {
  await client.query({
    name: 'relay-save-position',
    text: `update relay_state set previous_snapshot = $2::pg_snapshot, window_snapshot = $3::pg_snapshot, last_position = $4
      where relay = $1`,
    values: [relay, at.previous.text, at.window?.text ?? null, at.last],
  });
}

type FoundRow = { readonly snapshot: string } & (
  FactRow | ({ readonly position: null } & Omit<FactRow, 'position'>)
);
