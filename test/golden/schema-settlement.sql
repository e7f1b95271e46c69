-- The schema of settlement, written by `npm run generate` from a freshly migrated database.
-- Partitions of single months are left out.

table balance
  account text not null
  period text not null
  shard smallint not null
  amount_fen bigint not null
  entries bigint not null
  constraint balance_pkey PRIMARY KEY (account, period, shard)

table clearing_pointer
  single boolean not null default true
  period text not null
  constraint clearing_pointer_pkey PRIMARY KEY (single)
  constraint clearing_pointer_single_check CHECK (single)

table command_key partition by HASH (key)
  scope text not null
  key text not null
  input_hash bytea not null
  stream text collate "C" not null
  version integer not null
  recorded_at timestamp with time zone not null
  constraint command_key_pkey PRIMARY KEY (scope, key)

table command_key_0 partition of command_key FOR VALUES WITH (modulus 8, remainder 0)

table command_key_1 partition of command_key FOR VALUES WITH (modulus 8, remainder 1)

table command_key_2 partition of command_key FOR VALUES WITH (modulus 8, remainder 2)

table command_key_3 partition of command_key FOR VALUES WITH (modulus 8, remainder 3)

table command_key_4 partition of command_key FOR VALUES WITH (modulus 8, remainder 4)

table command_key_5 partition of command_key FOR VALUES WITH (modulus 8, remainder 5)

table command_key_6 partition of command_key FOR VALUES WITH (modulus 8, remainder 6)

table command_key_7 partition of command_key FOR VALUES WITH (modulus 8, remainder 7)

table coverage
  person_key text not null
  version bigint not null
  coverage text not null
  constraint coverage_pkey PRIMARY KEY (person_key)

table coverage_as_of
  insured_city text not null
  recorded_at text not null
  constraint coverage_as_of_pkey PRIMARY KEY (insured_city)

table inbox_attempt with (fillfactor=50)
  consumer text not null
  topic text not null
  partition integer not null
  first_offset bigint not null
  last_offset bigint not null
  attempts integer not null
  constraint inbox_attempt_pkey PRIMARY KEY (consumer, topic, partition, first_offset, last_offset)

table inbox_stream with (fillfactor=70, autovacuum_vacuum_scale_factor=0.05)
  consumer text collate "C" not null
  producer text collate "C" not null
  stream text collate "C" not null
  version integer not null
  constraint inbox_stream_pkey PRIMARY KEY (consumer, producer, stream)

table institution
  institution_code text not null
  name text not null
  city text not null
  county text
  level smallint not null
  kind text not null
  mutual_pharmacy boolean not null
  state text not null
  version bigint not null
  constraint institution_kind_check CHECK ((kind = ANY (ARRAY['hospital'::text, 'pharmacy'::text])))
  constraint institution_pkey PRIMARY KEY (institution_code)
  constraint institution_state_check CHECK ((state = ANY (ARRAY['active'::text, 'remoteClosed'::text, 'suspended'::text, 'ended'::text])))
CREATE INDEX institution_city ON public.institution USING btree (city, kind, institution_code)

table journal partition by RANGE (recorded_at)
  position bigint not null default nextval('journal_position'::regclass)
  xid xid8 not null default pg_current_xact_id()
  recorded_at timestamp with time zone not null
  version integer not null
  stream text collate "C" not null
  type text not null
  actor text not null
  command_scope text
  command_key text
  input_hash bytea
  previous_hash bytea not null
  hash bytea not null
  payload text not null
  constraint journal_version_check CHECK ((version > 0))
CREATE INDEX journal_by_position ON ONLY public.journal USING btree ("position")
CREATE INDEX journal_by_transaction ON ONLY public.journal USING btree (xid, "position")
CREATE TRIGGER journal_is_append_only BEFORE DELETE OR UPDATE ON public.journal FOR EACH ROW EXECUTE FUNCTION journal_refuse_change()
CREATE TRIGGER journal_is_not_truncated BEFORE TRUNCATE ON public.journal FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()

table journal_default partition of journal DEFAULT with (toast_tuple_target=1024)
  constraint journal_version_check CHECK ((version > 0))
CREATE UNIQUE INDEX journal_default_by_stream ON public.journal_default USING btree (stream, version)
CREATE TRIGGER journal_is_not_truncated BEFORE TRUNCATE ON public.journal_default FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()

table migrations
  id integer not null default nextval('migrations_id_seq'::regclass)
  timestamp bigint not null
  name character varying not null
  constraint PK_8c82d7f526340ab734260ea46be PRIMARY KEY (id)

table parked_fact
  id bigint not null generated always as identity
  consumer text collate "C" not null
  topic text not null
  partition integer not null
  offset bigint not null
  message_at timestamp with time zone not null
  producer text collate "C"
  stream text collate "C"
  version integer
  type text
  kind text not null
  cause text not null
  attempts integer not null
  body bytea not null
  state text not null default 'parked'::text
  reason text
  parked_at timestamp with time zone not null
  settled_at timestamp with time zone
  constraint parked_fact_consumer_producer_stream_version_key UNIQUE (consumer, producer, stream, version)
  constraint parked_fact_consumer_topic_partition_offset_message_at_key UNIQUE (consumer, topic, partition, "offset", message_at)
  constraint parked_fact_kind_check CHECK ((kind = ANY (ARRAY['fault'::text, 'malformed'::text, 'waiting'::text, 'gap'::text])))
  constraint parked_fact_pkey PRIMARY KEY (id)
  constraint parked_fact_state_check CHECK ((state = ANY (ARRAY['parked'::text, 'retried'::text, 'dropped'::text])))
CREATE INDEX parked_fact_open ON public.parked_fact USING btree (consumer, id) WHERE (state = 'parked'::text)

table person_no
  insured_city text not null
  hash text not null
  key_id text not null
  person_key text not null
  constraint person_no_pkey PRIMARY KEY (insured_city, hash)

table policy_document
  hash text not null
  kind text not null
  id text not null
  version text not null
  loaded_at timestamp with time zone not null
  loaded_seq bigint not null generated always as identity
  text text not null
  constraint policy_document_kind_check CHECK ((kind = ANY (ARRAY['pack'::text, 'agreement'::text])))
  constraint policy_document_kind_id_version_key UNIQUE (kind, id, version)
  constraint policy_document_pkey PRIMARY KEY (hash)

table practitioner
  doctor_code text not null
  institution_code text not null
  state text not null
  version bigint not null
  constraint practitioner_pkey PRIMARY KEY (doctor_code)
  constraint practitioner_state_check CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text, 'terminated'::text])))
CREATE INDEX practitioner_institution ON public.practitioner USING btree (institution_code, doctor_code)

table relay_state with (fillfactor=50)
  relay text not null
  previous_snapshot pg_snapshot not null
  window_snapshot pg_snapshot
  last_position bigint not null
  constraint relay_state_pkey PRIMARY KEY (relay)

table settlement
  settlement_no text not null
  stream text not null
  version integer not null
  part smallint not null
  visit_group_no text not null
  care_city text not null
  institution_code text not null
  visit_no text not null
  insured_city text not null
  insurance text not null
  disease_code text not null
  settled_at timestamp with time zone not null
  period text not null
  amounts bigint[] not null
  reversal_no text
  constraint settlement_pkey PRIMARY KEY (settlement_no)
CREATE UNIQUE INDEX settlement_place ON public.settlement USING btree (stream, version, part)
CREATE UNIQUE INDEX settlement_visit ON public.settlement USING btree (institution_code, visit_no, care_city) WHERE ((part = 0) AND (reversal_no IS NULL))

table stream_head with (fillfactor=70, autovacuum_vacuum_scale_factor=0.05)
  stream text collate "C" not null
  version integer not null
  hash bytea not null
  state text
  constraint stream_head_pkey PRIMARY KEY (stream)

CREATE OR REPLACE FUNCTION public.append_to_journal(streams text[], versions integer[], types text[], actors text[], scopes text[], keys text[], input_hashes text[], previous_hashes text[], hashes text[], recorded_ms bigint[], payloads text, head_streams text[], head_versions integer[], head_hashes text[], head_states text)
 RETURNS bigint
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  kept bigint;
begin
  with fact as materialized (
    select f.stream, f.version, f.type, f.actor, f.scope, f.key, decode(f.input_hash, 'hex') as input_hash,
      decode(f.previous_hash, 'hex') as previous_hash, decode(f.hash, 'hex') as hash,
      timestamptz 'epoch' + f.ms * interval '1 millisecond' as recorded_at, f.payload, f.ordinality
    from rows from (unnest(streams), unnest(versions), unnest(types), unnest(actors), unnest(scopes), unnest(keys),
        unnest(input_hashes), unnest(previous_hashes), unnest(hashes), unnest(recorded_ms),
        string_to_table(payloads, E'\n'))
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
        string_to_table(head_states, E'\n', '')) as n(stream, version, hash, state)
    where h.stream = n.stream
  )
  select count(*) into kept from taken;
  return kept;
end $function$

CREATE OR REPLACE FUNCTION public.inbox_advance(for_consumer text, producers text[], streams text[], versions integer[], topics text[], partitions integer[], firsts bigint[], lasts bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  update inbox_stream s set version = a.version
    from rows from (unnest(producers), unnest(streams), unnest(versions)) as a(producer, stream, version)
    where s.consumer = for_consumer and s.producer = a.producer and s.stream = a.stream;
  delete from inbox_attempt t
    using rows from (unnest(topics), unnest(partitions), unnest(firsts), unnest(lasts)) as a(topic, partition, first, last)
    where t.consumer = for_consumer and t.topic = a.topic and t.partition = a.partition
      and t.first_offset >= a.first and t.last_offset <= a.last;
end $function$

CREATE OR REPLACE FUNCTION public.inbox_begin(for_consumer text, topics text[], partitions integer[], firsts bigint[], lasts bigint[])
 RETURNS SETOF inbox_attempt
 LANGUAGE plpgsql
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.inbox_count(for_consumer text, of_topic text, of_partition integer, at_offset bigint)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  counted int;
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into inbox_attempt as t (consumer, topic, partition, first_offset, last_offset, attempts)
    values (for_consumer, of_topic, of_partition, at_offset, at_offset, 1)
    on conflict (consumer, topic, partition, first_offset, last_offset) do update set attempts = t.attempts + 1
    returning t.attempts into counted;
  return counted;
end $function$

CREATE OR REPLACE FUNCTION public.inbox_lock(for_consumer text, producers text[], streams text[])
 RETURNS TABLE(producer text, stream text, version integer, parked integer[], dropped integer[])
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.journal_dress_partition(part text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('create unique index %I on %I (stream, version)', part || '_by_stream', part);
  execute format('create trigger journal_is_not_truncated before truncate on %I for each statement execute function journal_refuse_change()', part);
  if (select 'lz4' = any (enumvals) from pg_settings where name = 'default_toast_compression') then
    execute format('alter table %I alter column payload set compression lz4', part);
  end if;
  execute format('alter table %I alter column payload set storage main', part);
  execute format('alter table %I set (toast_tuple_target = 1024)', part);
end $function$

CREATE OR REPLACE FUNCTION public.journal_ensure_month(month date)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.journal_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the journal is append only: % is refused', lower(tg_op) using errcode = 'restrict_violation';
end $function$

CREATE OR REPLACE FUNCTION public.lock_stream_heads(wanted text[])
 RETURNS SETOF stream_head
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  insert into stream_head as h (stream, version, hash)
    select w, 0, decode(repeat('00', 32), 'hex') from unnest(wanted) w order by w collate "C"
    on conflict (stream) do update set version = 0 where false;
  return query select h.* from stream_head h where h.stream = any (wanted);
end $function$

CREATE OR REPLACE FUNCTION public.look_up_commands(scopes text[], keys text[])
 RETURNS TABLE(asked bigint, asked_input_hash bytea, "position" bigint, stream text, version integer, type text, payload text, actor text, command_scope text, command_key text, input_hash bytea, previous_hash bytea, hash bytea, recorded_ms bigint)
 LANGUAGE plpgsql
 STABLE
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  return query select a.ordinality, k.input_hash, j.position, j.stream, j.version, j.type, j.payload, j.actor,
      j.command_scope, j.command_key, j.input_hash, j.previous_hash, j.hash,
      (extract(epoch from j.recorded_at) * 1000)::bigint
    from rows from (unnest(scopes), unnest(keys)) with ordinality as a(scope, key, ordinality)
    join command_key k on k.scope = a.scope and k.key = a.key
    left join journal j on j.stream = k.stream and j.version = k.version and j.recorded_at = k.recorded_at;
end $function$
