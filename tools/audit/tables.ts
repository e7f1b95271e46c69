import type { Client } from 'pg';
import type { Difference } from './difference';
import type { Tally } from './judge';

/** Rows that no fact gives: tables hold as many as the facts counted under `rows <table>`. */
export async function rowCountDifference(
  client: Client,
  tally: Tally,
  tables: readonly string[],
): Promise<Difference | undefined> {
  for (const table of tables) {
    const { rows } = await client.query<{ count: string }>(`select count(*) from ${table}`);
    const [expected, found] = [
      String(tally.sums.get(`rows ${table}`)?.amount ?? 0n),
      rows[0]?.count,
    ];
    if (found !== expected) {
      return { what: `rows of ${table} in all`, expected, found: found ?? 'absent' };
    }
  }
  return undefined;
}

/** The command keys that make a command happen once are kept 400 days; younger facts must find theirs. */
const KEYS = `select j.stream, j.version from journal j
  left join command_key k on k.scope = j.command_scope and k.key = j.command_key
  where j.command_key is not null
    and j.recorded_at > (select max(recorded_at) from journal) - interval '399 days'
    and (k.key is null or (k.input_hash, k.stream, k.version) is distinct from (j.input_hash, j.stream, j.version))
  order by j.stream, j.version limit 1`;

/** Every fact that answers a command is found by its key, so that a repeat gets its first answer. */
export async function keyDifference(client: Client): Promise<Difference | undefined> {
  const { rows } = await client.query<{ stream: string; version: number }>(KEYS);
  const [row] = rows;
  return row && { stream: row.stream, version: row.version, what: 'its command key' };
}

/**
 * A number that the facts know is, where it is still kept, the number of the person whose facts say so. Rows may be gone:
 * losing them is how a person is erased.
 */
const NUMBERS = `select j.stream, j.version
  from (select stream, version, payload::json -> 'result' as result from journal
    where type = 'EnrolmentChanged.v1') j
  join person_number n on n.insured_city = j.result ->> 'insuredCity'
    and n.hash = j.result -> 'personNoHash' ->> 'hash'
  where n.person_key <> j.result ->> 'personKey' or n.key_id <> j.result -> 'personNoHash' ->> 'keyId'
  order by j.stream, j.version limit 1`;

/** Whose a number is, compared with the facts that gave it. */
export async function numberDifference(client: Client): Promise<Difference | undefined> {
  const { rows } = await client.query<{ stream: string; version: number }>(NUMBERS);
  const [row] = rows;
  return row && { stream: row.stream, version: row.version, what: 'person_number: whose it is' };
}
