-- The schema of cross-check, written by `npm run generate` from a freshly migrated database.
-- Partitions of single months are left out.

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
  version integer not null
  coverage text not null
  constraint coverage_pkey PRIMARY KEY (person_key)

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
  constraint institution_pkey PRIMARY KEY (institution_code)

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

table medicine_supply
  mark bigint not null
  care_city integer not null
  visit_group_no text collate "C" not null
  constraint medicine_supply_pkey PRIMARY KEY (mark, care_city, visit_group_no)

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

table practitioner
  doctor_code text not null
  institution_code text not null
  state text not null
  constraint practitioner_pkey PRIMARY KEY (doctor_code)

table relay_state with (fillfactor=50)
  relay text not null
  previous_snapshot pg_snapshot not null
  window_snapshot pg_snapshot
  last_position bigint not null
  constraint relay_state_pkey PRIMARY KEY (relay)

table rule_set
  hash text not null
  id text not null
  version text not null
  loaded_at text not null
  files text not null
  constraint rule_set_id_version_key UNIQUE (id, version)
  constraint rule_set_pkey PRIMARY KEY (hash)

table screening_due
  visit_group_no text collate "C" not null
  person_key text not null
  settled text not null
  constraint screening_due_pkey PRIMARY KEY (visit_group_no)
CREATE INDEX screening_due_by_person ON public.screening_due USING btree (person_key)

table settled_visit
  visit_group_no text collate "C" not null
  invoice_mark bigint
  lines_mark bigint not null
  reversed text[] not null default '{}'::text[]
  record text not null
  constraint settled_visit_pkey PRIMARY KEY (visit_group_no)
CREATE INDEX settled_visit_by_invoice ON public.settled_visit USING btree (invoice_mark) WHERE (invoice_mark IS NOT NULL)
CREATE INDEX settled_visit_by_lines ON public.settled_visit USING btree (lines_mark)

table stream_head with (fillfactor=70, autovacuum_vacuum_scale_factor=0.05)
  stream text collate "C" not null
  version integer not null
  hash bytea not null
  state text
  constraint stream_head_pkey PRIMARY KEY (stream)

table suspicion
  id text not null
  seq bigint not null generated always as identity
  stream text not null
  check_kind text not null
  subject text not null
  rule text not null
  state text not null
  person_key text not null
  settlement_nos text[] not null
  tags text[] not null
  raised_at text not null
  withdrawn_reason text
  suspicion text not null
  constraint suspicion_pkey PRIMARY KEY (id)
  constraint suspicion_seq_key UNIQUE (seq)
  constraint suspicion_state_check CHECK ((state = ANY (ARRAY['open'::text, 'withdrawn'::text])))
CREATE INDEX suspicion_by_subject ON public.suspicion USING btree (check_kind, subject)
CREATE INDEX suspicion_by_tag ON public.suspicion USING gin (tags)

table trace_code with (fillfactor=90)
  code text collate "C" not null
  visit_group_nos text[] not null
  constraint trace_code_pkey PRIMARY KEY (code)

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

CREATE OR REPLACE FUNCTION public.find_alike(invoice_marks bigint[], lines_marks bigint[], supply_marks bigint[])
 RETURNS TABLE(kind text, mark bigint, visit_group_nos text[])
 LANGUAGE plpgsql
 STABLE
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
begin
  return query
    select 'invoice', v.invoice_mark, array_agg(v.visit_group_no) from settled_visit v
    where v.invoice_mark = any ($1) group by v.invoice_mark having count(*) > 1;
  return query
    select 'lines', v.lines_mark, array_agg(v.visit_group_no) from settled_visit v
    where v.lines_mark = any ($2) group by v.lines_mark having count(*) > 1;
  return query
    select 'supply', s.mark, array_agg(s.visit_group_no) from medicine_supply s
    where s.mark = any ($3) group by s.mark having min(s.care_city) <> max(s.care_city);
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

CREATE OR REPLACE FUNCTION public.keep_sales(codes text[], visits text[])
 RETURNS TABLE(code text, visit_group_nos text[])
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
begin
  -- One ascending pass takes every lock: two batches that share boxes never wait for each other in a ring.
  return query
  with kept as (
    insert into trace_code as t (code, visit_group_nos)
      select s.code, string_to_array(s.visits, ',', '')
      from unnest($1, $2) as s (code, visits) order by s.code collate "C"
    on conflict (code) do update set visit_group_nos = t.visit_group_nos || excluded.visit_group_nos
    returning t.code, t.visit_group_nos
  )
  select k.code, k.visit_group_nos from kept k where cardinality(k.visit_group_nos) > 1;
end $function$

CREATE OR REPLACE FUNCTION public.keep_visits(visits text[], invoice_marks bigint[], lines_marks bigint[], records text, supply_marks bigint[], supply_cities integer[], supply_visits text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  insert into settled_visit (visit_group_no, invoice_mark, lines_mark, record)
    select v.visit, v.invoice, v.lines, v.record
    from rows from (unnest(visits), unnest(invoice_marks), unnest(lines_marks), string_to_table(records, E'\n'))
      as v (visit, invoice, lines, record)
    where v.visit is not null
  on conflict do nothing;
  insert into medicine_supply (mark, care_city, visit_group_no)
    select * from unnest(supply_marks, supply_cities, supply_visits)
  on conflict do nothing;
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
