import type { DataSource } from 'typeorm';
import { FACT_COLUMNS, type FactRow, factOf } from './stored-fact';
import type { StoredFact } from './types';

export interface JournalPage {
  readonly facts: readonly StoredFact[];
  /** Where to go on; stays the same when nothing new is there. Opaque. */
  readonly cursor: string;
}

/** A cursor that this journal did not give out. */
export class UnknownCursor extends Error {
  override readonly name = 'UnknownCursor';
}

const MOST = 1_000;

/**
 * The journal from outside, page by page and without a gap: shown are the facts of transactions older than every running one
 * (`xid < pg_snapshot_xmin(pg_current_snapshot())`), in the order of their transactions. A fact can appear before an
 * earlier one of its stream when their transactions ran at the same time: a reader that folds sorts by version.
 * `limit` is cut to 1 … 1,000. Throws `UnknownCursor` for a text that is no cursor.
 */
export async function readJournal(
  dataSource: DataSource,
  query: { readonly after?: string; readonly limit: number },
): Promise<JournalPage> {
  const after = parseCursor(query.after);
  const rows: (FactRow & { xid: string })[] = await dataSource.query(
    `select ${FACT_COLUMNS}, j.xid::text as xid from journal j
     where j.xid >= $1::xid8 and (j.xid > $1::xid8 or j.position > $2)
       and j.xid < pg_snapshot_xmin(pg_current_snapshot())
     order by j.xid, j.position limit $3`,
    [after.xid, after.position, bounded(query.limit)],
  );
  const last = rows.at(-1);
  const cursor = last === undefined ? after : { xid: last.xid, position: last.position };
  return { facts: rows.map(factOf), cursor: `${cursor.xid}.${cursor.position}` };
}

/** The facts of a stream after a version, in order. `limit` is cut to 1 … 1,000. */
export async function readStream(
  dataSource: DataSource,
  stream: string,
  query: { readonly after?: number; readonly limit: number },
): Promise<readonly StoredFact[]> {
  const rows: FactRow[] = await dataSource.query(
    `select ${FACT_COLUMNS} from journal j where j.stream = $1 and j.version > $2 order by j.version limit $3`,
    [stream, query.after ?? 0, bounded(query.limit)],
  );
  return rows.map(factOf);
}

const bounded = (limit: number): number => Math.max(1, Math.min(MOST, Math.trunc(limit)));

function parseCursor(text: string | undefined): {
  readonly xid: string;
  readonly position: string;
} {
  if (text === undefined) return { xid: '0', position: '0' };
  const match = /^(\d{1,19})\.(\d{1,18})$/.exec(text);
  if (match === null) throw new UnknownCursor('not a cursor of this journal');
  return { xid: match[1] ?? '', position: match[2] ?? '' };
}
