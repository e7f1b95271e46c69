import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { round } from './summary';

const BATCH = 100;
const CONNECTIONS = 4;
const PAYLOAD_BYTES = 1_200;

const TABLES = `
  create table raw_year (person int primary key, used bigint not null) with (fillfactor = 70);
  insert into raw_year select i, 0 from generate_series(1, 200000) i;
  create table raw_balance (account int, shard int, amount bigint not null, primary key (account, shard));
  create table raw_journal (position bigserial primary key, stream int, version bigint, payload text, hash bytea);
  create table raw_settlement (no text primary key, person int, amounts bigint[], postings bigint[], key text unique);
`;

/** What any settlement has to write, in the fewest statements: lock, update, journal, row, balances. */
const LOCK = {
  name: 'lock',
  text: 'select person, used from raw_year where person = any($1::int[]) order by person for no key update',
};
const WRITE = {
  name: 'write',
  text: `with input as materialized (
      select * from unnest($1::int[], $2::text[], string_to_array($3, E'\\n')) as i (person, no, payload)
    ), year as (
      update raw_year y set used = y.used + 100 from (select person from input group by person) i where y.person = i.person
    ), journal as (
      insert into raw_journal (stream, version, payload, hash) select person, 1, payload, decode(md5(no), 'hex') from input
    ), balance as (
      insert into raw_balance as b select a, $4, 100 from generate_series(1, 4) a
      on conflict (account, shard) do update set amount = b.amount + excluded.amount
    )
    insert into raw_settlement select no, person, '{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20}', '{1,2,3,4}', no from input`,
};

/** Settlements a second that raw SQL from this runtime reaches on the same server: the measure for ours (architecture §10). */
export async function rawBatchesPerSecond(serverUrl: string, seconds: number): Promise<number> {
  const admin = new Client(serverUrl);
  await admin.connect();
  await admin.query('create schema if not exists raw_baseline');
  await admin.query('set search_path to raw_baseline');
  await admin.query(TABLES);
  await admin.query('analyze');
  await admin.query('checkpoint');
  const payload = randomBytes(PAYLOAD_BYTES / 2).toString('hex');
  const until = Date.now() + seconds * 1000;
  const startedMs = Date.now();
  const done = await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, shard) =>
      writeUntil(serverUrl, { until, shard, payload }),
    ),
  );
  const elapsed = (Date.now() - startedMs) / 1000;
  await admin.query('drop schema raw_baseline cascade');
  await admin.end();
  return round(done.reduce((sum, each) => sum + each, 0) / elapsed);
}

async function writeUntil(
  url: string,
  { until, shard, payload }: { until: number; shard: number; payload: string },
): Promise<number> {
  const client = new Client(url);
  await client.connect();
  await client.query('set search_path to raw_baseline');
  let written = 0;
  while (Date.now() < until) {
    const persons = Array.from(
      { length: BATCH },
      (_, at) => 1 + ((written * 7 + at * 1999 + shard * 50_000) % 200_000),
    );
    const nos = persons.map((_person, at) => `${shard}-${written + at}`);
    await client.query('begin');
    await client.query({ ...LOCK, values: [persons] });
    await client.query({
      ...WRITE,
      values: [persons, nos, persons.map(() => payload).join('\n'), shard],
    });
    await client.query('commit');
    written += BATCH;
  }
  await client.end();
  return written;
}
