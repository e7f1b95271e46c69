import type { Client } from 'pg';

const TABLES = ['journal', 'stream_head', 'command_key', 'settlement', 'balance'];

/** Bytes that settlements take, indexes and large values included, and the place the write-ahead log has reached. */
export async function measureStore(database: Client): Promise<{ bytes: number; walBytes: number }> {
  const { rows } = await database.query<{ bytes: string; wal: string }>(
    `select (select coalesce(sum(pg_total_relation_size(c.oid)), 0) from pg_class c
        where c.relkind = 'r' and (c.relname = any($1) or exists (
          select from pg_inherits i join pg_class p on p.oid = i.inhparent
          where i.inhrelid = c.oid and p.relname = any($1))))::text as bytes,
      pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as wal`,
    [TABLES],
  );
  return { bytes: Number(rows[0]?.bytes ?? 0), walBytes: Number(rows[0]?.wal ?? 0) };
}

/** What kept the data safe while it was measured. */
export async function durabilityOf(database: Client): Promise<Record<string, string>> {
  const { rows } = await database.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings
      where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_compression', 'server_version') order by name`,
  );
  return { ...Object.fromEntries(rows.map(({ name, setting }) => [name, setting])), acks: 'all' };
}

/** How many settlements stand, from the table itself. */
export async function settledCount(database: Client): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    'select count(*)::int as count from settlement',
  );
  return rows[0]?.count ?? 0;
}

/** Settlements per transaction, over the newest ones: how much company they had. */
export async function batchSize(database: Client): Promise<number> {
  const { rows } = await database.query<{ size: number }>(
    `select (count(*)::float8 / greatest(count(distinct xid), 1)) as size
      from (select xid from journal where type = 'VisitSettled.v1' order by position desc limit 20000) newest`,
  );
  return rows[0]?.size ?? 0;
}
