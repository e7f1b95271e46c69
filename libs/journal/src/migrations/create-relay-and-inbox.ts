import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
create table relay_state (
  relay text primary key,
  previous_snapshot pg_snapshot not null,
  window_snapshot pg_snapshot,
  last_position bigint not null
) with (fillfactor = 50);
comment on table relay_state is 'How far the journal is published: all that the previous snapshot sees, and of the window up to the last position.';

create table inbox_stream (
  consumer text collate "C" not null,
  producer text collate "C" not null,
  stream text collate "C" not null,
  version integer not null,
  primary key (consumer, producer, stream)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
comment on table inbox_stream is 'The newest version of each foreign stream that a consumer has handled, without gaps.';

create table inbox_attempt (
  consumer text not null,
  topic text not null,
  partition integer not null,
  first_offset bigint not null,
  last_offset bigint not null,
  attempts integer not null,
  primary key (consumer, topic, partition, first_offset, last_offset)
) with (fillfactor = 50);
comment on table inbox_attempt is 'What is being handled right now. A row left over tells that the process ended while it handled these offsets.';

create table parked_fact (
  id bigint generated always as identity primary key,
  consumer text collate "C" not null,
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  message_at timestamptz not null,
  producer text collate "C",
  stream text collate "C",
  version integer,
  type text,
  kind text not null check (kind in ('fault', 'malformed', 'waiting', 'gap')),
  cause text not null,
  attempts integer not null,
  body bytea not null,
  state text not null default 'parked' check (state in ('parked', 'retried', 'dropped')),
  reason text,
  parked_at timestamptz not null,
  settled_at timestamptz,
  unique (consumer, topic, partition, "offset", message_at),
  unique (consumer, producer, stream, version)
);
comment on table parked_fact is 'Facts that wait for an operator, a predecessor or a missing version; bodies are encrypted.';
create index parked_fact_open on parked_fact (consumer, id) where state = 'parked';
`;

/**
 * Functions, so that their plans are pinned.
 *
 * inbox_lock locks a batch's streams in one ascending pass, creating what is missing, and tells per stream the version
 * handled and the versions above it that are parked or were dropped. inbox_advance writes what was handled and takes
 * back the attempts within the ranges given.
 *
 * inbox_begin counts an attempt for each range, unless attempts are left over there: these it returns. inbox_count
 * counts one message. Both commit without waiting for the disk: they must outlive our process, not the server's machine.
 */
const HOT = `
create function inbox_lock(for_consumer text, producers text[], streams text[])
returns table (producer text, stream text, version int, parked int[], dropped int[]) language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  insert into inbox_stream (consumer, producer, stream, version)
    select for_consumer, a.producer, a.stream, 0 from rows from (unnest(producers), unnest(streams)) as a(producer, stream)
    order by a.producer collate "C", a.stream collate "C"
    on conflict (consumer, producer, stream) do update set version = 0 where false;
  return query select s.producer, s.stream, s.version,
      array(select p.version from parked_fact p where p.consumer = for_consumer and p.producer = s.producer
        and p.stream = s.stream and p.version > s.version and p.state = 'parked'),
      array(select p.version from parked_fact p where p.consumer = for_consumer and p.producer = s.producer
        and p.stream = s.stream and p.version > s.version and p.state = 'dropped')
    from rows from (unnest(producers), unnest(streams)) as a(producer, stream)
    join inbox_stream s on s.consumer = for_consumer and s.producer = a.producer and s.stream = a.stream;
end $$;

create function inbox_advance(for_consumer text, producers text[], streams text[], versions int[],
  topics text[], partitions int[], firsts bigint[], lasts bigint[]) returns void language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
begin
  update inbox_stream s set version = a.version
    from rows from (unnest(producers), unnest(streams), unnest(versions)) as a(producer, stream, version)
    where s.consumer = for_consumer and s.producer = a.producer and s.stream = a.stream;
  delete from inbox_attempt t
    using rows from (unnest(topics), unnest(partitions), unnest(firsts), unnest(lasts)) as a(topic, partition, first, last)
    where t.consumer = for_consumer and t.topic = a.topic and t.partition = a.partition
      and t.first_offset >= a.first and t.last_offset <= a.last;
end $$;

create function inbox_begin(for_consumer text, topics text[], partitions int[], firsts bigint[], lasts bigint[])
returns setof inbox_attempt language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  return query select t.*
    from rows from (unnest(topics), unnest(partitions), unnest(firsts), unnest(lasts)) as a(topic, partition, first, last)
    join inbox_attempt t on t.consumer = for_consumer and t.topic = a.topic and t.partition = a.partition
      and t.first_offset <= a.last and t.last_offset >= a.first;
  if not found then
    insert into inbox_attempt select for_consumer, a.topic, a.partition, a.first, a.last, 1
      from rows from (unnest(topics), unnest(partitions), unnest(firsts), unnest(lasts)) as a(topic, partition, first, last);
  end if;
end $$;

create function inbox_count(for_consumer text, of_topic text, of_partition int, at_offset bigint) returns int
  language plpgsql as $$
declare
  counted int;
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into inbox_attempt as t (consumer, topic, partition, first_offset, last_offset, attempts)
    values (for_consumer, of_topic, of_partition, at_offset, at_offset, 1)
    on conflict (consumer, topic, partition, first_offset, last_offset) do update set attempts = t.attempts + 1
    returning t.attempts into counted;
  return counted;
end $$;
`;

/** How far the relay is; what each consumer has handled, is handling, and has parked. */
export class CreateRelayAndInbox1767200001000 implements MigrationInterface {
  readonly name = 'CreateRelayAndInbox1767200001000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TABLES, HOT]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function inbox_count, inbox_begin, inbox_advance, inbox_lock;
      drop table parked_fact, inbox_attempt, inbox_stream, relay_state;`);
  }
}
