import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
create sequence journal_position as bigint;

create table journal (
  position bigint not null default nextval('journal_position'),
  xid xid8 not null default pg_current_xact_id(),
  recorded_at timestamptz not null,
  version integer not null check (version > 0),
  stream text collate "C" not null,
  type text not null,
  actor text not null,
  command_scope text,
  command_key text,
  input_hash bytea,
  previous_hash bytea not null,
  hash bytea not null,
  payload text not null
) partition by range (recorded_at);
comment on table journal is 'Every fact, append only: outbox, audit trail and source of replay.';
create index journal_by_position on journal (position);
create index journal_by_transaction on journal (xid, position);

create table stream_head (
  stream text collate "C" primary key,
  version integer not null,
  hash bytea not null,
  state text
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
comment on table stream_head is 'The end of each stream: what writers lock, and the folded state of streams that keep one.';

create table command_key (
  scope text not null,
  key text not null,
  input_hash bytea not null,
  stream text collate "C" not null,
  version integer not null,
  recorded_at timestamptz not null,
  primary key (scope, key)
) partition by hash (key);
comment on table command_key is 'Makes a command happen once: which fact answered it. Kept 400 days.';
do $$ begin
  for part in 0..7 loop
    execute format('create table command_key_%s partition of command_key for values with (modulus 8, remainder %s)', part, part);
  end loop;
end $$;
`;

/** Rows are never updated or deleted. Row triggers reach every partition; TRUNCATE asks the named table alone. */
const GUARD = `
create function journal_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the journal is append only: % is refused', lower(tg_op) using errcode = 'restrict_violation';
end $$;
create trigger journal_is_append_only before update or delete on journal
  for each row execute function journal_refuse_change();
create trigger journal_is_not_truncated before truncate on journal
  for each statement execute function journal_refuse_change();
`;

/**
 * Partitions begin and end at midnight in China. Payloads above about 1 kB are compressed (with lz4 where the server offers
 * it) and stay in the row: a large value of its own would cost two more pages and an index entry per fact. The default
 * partition is a net: a fact whose month has no partition yet is kept there.
 */
const PARTITIONS = `
create function journal_dress_partition(part text) returns void language plpgsql as $$
begin
  execute format('create unique index %I on %I (stream, version)', part || '_by_stream', part);
  execute format('create trigger journal_is_not_truncated before truncate on %I for each statement execute function journal_refuse_change()', part);
  if (select 'lz4' = any (enumvals) from pg_settings where name = 'default_toast_compression') then
    execute format('alter table %I alter column payload set compression lz4', part);
  end if;
  execute format('alter table %I alter column payload set storage main', part);
  execute format('alter table %I set (toast_tuple_target = 1024)', part);
end $$;

create function journal_ensure_month(month date) returns boolean language plpgsql as $$
declare
  first date := date_trunc('month', month);
  part text := 'journal_' || to_char(first, 'YYYYMM');
begin
  if to_regclass(part) is not null then return false; end if;
  perform pg_advisory_xact_lock(hashtextextended('journal_ensure_month', 0));
  if to_regclass(part) is not null then return false; end if;
  execute format('create table %I partition of journal for values from (%L) to (%L)',
    part, first || ' 00:00:00+08', (first + interval '1 month')::date || ' 00:00:00+08');
  perform journal_dress_partition(part);
  return true;
end $$;

create table journal_default partition of journal default;
select journal_dress_partition('journal_default');
`;

/**
 * The hot statements are functions, so that their plans are pinned: a plan cached while the tables were empty would
 * scan them for ever after.
 *
 * lock_stream_heads locks what is there and creates what is missing in ONE ascending pass: an upsert that updates
 * nothing takes the row lock (FOR NO KEY UPDATE) without writing a new row version. Two passes, first the missing ones
 * and then the others, would deadlock against a caller that locks in two calls.
 */
const HOT = `
create function lock_stream_heads(wanted text[]) returns setof stream_head language plpgsql
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  insert into stream_head as h (stream, version, hash)
    select w, 0, decode(repeat('00', 32), 'hex') from unnest(wanted) w order by w collate "C"
    on conflict (stream) do update set version = 0 where false;
  return query select h.* from stream_head h where h.stream = any (wanted);
end $$;

create function append_to_journal(
  streams text[], versions int[], types text[], actors text[], scopes text[], keys text[], input_hashes text[],
  previous_hashes text[], hashes text[], recorded_ms bigint[], payloads text,
  head_streams text[], head_versions int[], head_hashes text[], head_states text
) returns bigint language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  kept bigint;
begin
  with fact as materialized (
    select f.stream, f.version, f.type, f.actor, f.scope, f.key, decode(f.input_hash, 'hex') as input_hash,
      decode(f.previous_hash, 'hex') as previous_hash, decode(f.hash, 'hex') as hash,
      timestamptz 'epoch' + f.ms * interval '1 millisecond' as recorded_at, f.payload, f.ordinality
    from rows from (unnest(streams), unnest(versions), unnest(types), unnest(actors), unnest(scopes), unnest(keys),
        unnest(input_hashes), unnest(previous_hashes), unnest(hashes), unnest(recorded_ms),
        string_to_table(payloads, E'\\n'))
      with ordinality as f(stream, version, type, actor, scope, key, input_hash, previous_hash, hash, ms, payload, ordinality)
  ), written as (
    insert into journal (stream, version, type, actor, command_scope, command_key, input_hash, previous_hash, hash,
      recorded_at, payload)
    select stream, version, type, actor, scope, key, input_hash, previous_hash, hash, recorded_at, payload
    from fact order by ordinality
  ), taken as (
    insert into command_key (scope, key, input_hash, stream, version, recorded_at)
    select scope, key, input_hash, stream, version, recorded_at from fact where key is not null order by scope, key
    on conflict do nothing returning 1
  ), moved as (
    update stream_head h set version = n.version, hash = decode(n.hash, 'hex'), state = coalesce(n.state, h.state)
    from rows from (unnest(head_streams), unnest(head_versions), unnest(head_hashes),
        string_to_table(head_states, E'\\n', '')) as n(stream, version, hash, state)
    where h.stream = n.stream
  )
  select count(*) into kept from taken;
  return kept;
end $$;

create function look_up_commands(scopes text[], keys text[]) returns table (
  asked bigint, asked_input_hash bytea, "position" bigint, stream text, version int, type text, payload text, actor text,
  command_scope text, command_key text, input_hash bytea, previous_hash bytea, hash bytea, recorded_ms bigint
) language plpgsql stable
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
begin
  return query select a.ordinality, k.input_hash, j.position, j.stream, j.version, j.type, j.payload, j.actor,
      j.command_scope, j.command_key, j.input_hash, j.previous_hash, j.hash,
      (extract(epoch from j.recorded_at) * 1000)::bigint
    from rows from (unnest(scopes), unnest(keys)) with ordinality as a(scope, key, ordinality)
    join command_key k on k.scope = a.scope and k.key = a.key
    left join journal j on j.stream = k.stream and j.version = k.version and j.recorded_at = k.recorded_at;
end $$;
`;

/** The journal with its partitions, guard and hot statements; stream heads and command keys. */
export class CreateJournal1767200000000 implements MigrationInterface {
  readonly name = 'CreateJournal1767200000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TABLES, GUARD, PARTITIONS, HOT]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function look_up_commands, append_to_journal, lock_stream_heads;
      drop table command_key, stream_head, journal;
      drop function journal_ensure_month, journal_dress_partition, journal_refuse_change;
      drop sequence journal_position;`);
  }
}
