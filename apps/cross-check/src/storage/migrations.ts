import type { MigrationInterface, QueryRunner } from 'typeorm';

const READ_MODELS = `
create table coverage (
  person_key text primary key,
  version integer not null,
  coverage text not null
);
comment on table coverage is 'What is known of each person from enrolment.facts: nothing that identifies.';

create table person_no (
  insured_city text not null,
  hash text not null,
  key_id text not null,
  person_key text not null,
  primary key (insured_city, hash)
);
comment on table person_no is 'Finds a person by the keyed hash of the number at the insured city.';

create table institution (
  institution_code text primary key,
  name text not null,
  city text not null,
  county text,
  level smallint not null,
  kind text not null,
  mutual_pharmacy boolean not null,
  state text not null
);

create table practitioner (
  doctor_code text primary key,
  institution_code text not null,
  state text not null
);
`;

/**
 * A visit is kept once, with its lines; what is asked of it has a small index each. A mark is eight bytes of a hash over
 * what makes two visits alike: an equal mark is only a reason to look, the decision compares the real values.
 */
const VISITS = `
create table settled_visit (
  visit_group_no text collate "C" primary key,
  invoice_mark bigint,
  lines_mark bigint not null,
  reversed text[] not null default '{}',
  record text not null
);
create index settled_visit_by_invoice on settled_visit (invoice_mark) where invoice_mark is not null;
create index settled_visit_by_lines on settled_visit (lines_mark);

create table medicine_supply (
  mark bigint not null,
  care_city integer not null,
  visit_group_no text collate "C" not null,
  primary key (mark, care_city, visit_group_no)
);
comment on table medicine_supply is 'Which visits handed out which medicine to whom, by mark of person and ingredient.';

create table trace_code (
  code text collate "C" primary key,
  visit_group_nos text[] not null
) with (fillfactor = 90);
comment on table trace_code is 'One row per box: it is locked by whoever sells or takes back the box.';

create table screening_due (
  visit_group_no text collate "C" primary key,
  person_key text not null,
  settled text not null
);
create index screening_due_by_person on screening_due (person_key);
comment on table screening_due is 'Visits settled unscreened whose person is not known yet; screened when the person is.';
`;

const SUSPICIONS = `
create table suspicion (
  id text primary key,
  seq bigint generated always as identity unique,
  stream text not null,
  check_kind text not null,
  subject text not null,
  rule text not null,
  state text not null check (state in ('open', 'withdrawn')),
  person_key text not null,
  settlement_nos text[] not null,
  tags text[] not null,
  raised_at text not null,
  withdrawn_reason text,
  suspicion text not null
);
create index suspicion_by_subject on suspicion (check_kind, subject);
create index suspicion_by_tag on suspicion using gin (tags);
comment on column suspicion.tags is 'What lists filter by: insured:360700, care:430100, place:430100, place:43, settlement:NO.';

create table rule_set (
  hash text primary key,
  id text not null,
  version text not null,
  loaded_at text not null,
  files text not null,
  unique (id, version)
);
comment on table rule_set is 'Every rule set that ever judged, with the exact text of its files; never deleted.';
`;

/**
 * The hot statements are functions, so that their plans are pinned: a plan cached on empty tables would scan them for
 * ever after.
 */
const HOT = `
create function keep_sales(codes text[], visits text[])
returns table (code text, visit_group_nos text[]) language plpgsql
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
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
end $$;

create function keep_visits(
  visits text[], invoice_marks bigint[], lines_marks bigint[], records text,
  supply_marks bigint[], supply_cities integer[], supply_visits text[]
) returns void language plpgsql
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  insert into settled_visit (visit_group_no, invoice_mark, lines_mark, record)
    select v.visit, v.invoice, v.lines, v.record
    from rows from (unnest(visits), unnest(invoice_marks), unnest(lines_marks), string_to_table(records, E'\\n'))
      as v (visit, invoice, lines, record)
    where v.visit is not null
  on conflict do nothing;
  insert into medicine_supply (mark, care_city, visit_group_no)
    select * from unnest(supply_marks, supply_cities, supply_visits)
  on conflict do nothing;
end $$;

create function find_alike(invoice_marks bigint[], lines_marks bigint[], supply_marks bigint[])
returns table (kind text, mark bigint, visit_group_nos text[]) language plpgsql stable
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
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
end $$;
`;

/** Reads on the path of facts, pinned for the same reason. */
const PINNED_READS = `
create function load_visits(wanted text[])
returns table (visit_group_no text, reversed text[], record text) language plpgsql stable
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query select v.visit_group_no, v.reversed, v.record from settled_visit v
    where v.visit_group_no = any (wanted);
end $$;

create function suspicions_about(kinds text[], subjects text[]) returns setof suspicion language plpgsql stable
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
begin
  return query select s.* from (select distinct * from unnest(kinds, subjects)) as a (kind, about)
    join suspicion s on s.check_kind = a.kind and s.subject = a.about;
end $$;

create function load_coverages(wanted text[])
returns table (person_key text, coverage text) language plpgsql stable
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query select c.person_key, c.coverage from coverage c where c.person_key = any (wanted);
end $$;

create function coverages_by_number(cities text[], hashes text[])
returns table (insured_city text, hash text, coverage text) language plpgsql stable
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query select p.insured_city, p.hash, c.coverage
    from unnest(cities, hashes) as a (city, hashed)
    join person_no p on p.insured_city = a.city and p.hash = a.hashed
    join coverage c on c.person_key = p.person_key;
end $$;
`;

/** Read models, settled visits by what is asked of them, suspicions. The journal's own tables come with `libs/journal`. */
export class CrossCheckTables1767200100000 implements MigrationInterface {
  readonly name = 'CrossCheckTables1767200100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [READ_MODELS, VISITS, SUSPICIONS, HOT]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function find_alike, keep_visits, keep_sales;
      drop table rule_set, suspicion, screening_due, trace_code, medicine_supply, settled_visit, practitioner,
        institution, person_no, coverage;`);
  }
}

/** Pins the plans of the reads that every batch of facts may need. */
export class CrossCheckPinnedReads1767200200000 implements MigrationInterface {
  readonly name = 'CrossCheckPinnedReads1767200200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PINNED_READS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop function coverages_by_number, load_coverages, suspicions_about, load_visits',
    );
  }
}

/** The migrations of cross-check in their order. */
export const crossCheckMigrations = [
  CrossCheckTables1767200100000,
  CrossCheckPinnedReads1767200200000,
] as const;
