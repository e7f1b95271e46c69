import { formatInstant, instant } from '@domain/kernel';
import type { Pool } from '@lib/journal';

/** A fact of a stream `access/{personKey}` as it is listed. */
export interface StoredAccess {
  readonly version: number;
  readonly at: string;
  /** JSON texts of the journal. */
  readonly actor: string;
  readonly payload: string;
}

/** The newest accesses below a version, newest first. The journal itself is the log: there is no second copy. */
export async function listAccesses(
  pool: Pool,
  stream: string,
  below: number,
  limit: number,
): Promise<readonly StoredAccess[]> {
  const rows = await pool.query<{
    version: number;
    recorded_ms: string;
    actor: string;
    payload: string;
  }>({
    name: 'accesses-list',
    text: `select version, (extract(epoch from recorded_at) * 1000)::bigint as recorded_ms, actor, payload
      from journal where stream = $1 and version < $2 order by version desc limit $3`,
    values: [stream, below, limit],
  });
  return rows.map((row) => ({
    version: row.version,
    at: formatInstant(instant(Number(row.recorded_ms))),
    actor: row.actor,
    payload: row.payload,
  }));
}
