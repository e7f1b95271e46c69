import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Read models, settlements, balances and the dated documents. The journal's own tables come with `libs/journal`. */
export class SettlementTables1767200000000 implements MigrationInterface {
  readonly name = 'SettlementTables1767200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table coverage (
        person_key text primary key,
        version bigint not null,
        coverage text not null
      );
      create table person_no (
        insured_city text not null,
        hash text not null,
        key_id text not null,
        person_key text not null,
        primary key (insured_city, hash)
      );
      -- The newest recorded time of facts applied, per insured city: what coverageAsOf says of an unknown person.
      create table coverage_as_of (
        insured_city text primary key,
        recorded_at text not null
      );
      create table institution (
        institution_code text primary key,
        name text not null,
        city text not null,
        county text,
        level smallint not null,
        kind text not null check (kind in ('hospital', 'pharmacy')),
        mutual_pharmacy boolean not null,
        state text not null check (state in ('active', 'remoteClosed', 'suspended', 'ended')),
        version bigint not null
      );
      create index institution_city on institution (city, kind, institution_code);
      create table practitioner (
        doctor_code text primary key,
        institution_code text not null,
        state text not null check (state in ('active', 'suspended', 'terminated')),
        version bigint not null
      );
      create index practitioner_institution on practitioner (institution_code, doctor_code);
      create table policy_document (
        hash text primary key,
        kind text not null check (kind in ('pack', 'agreement')),
        id text not null,
        version text not null,
        loaded_at timestamptz not null,
        loaded_seq bigint generated always as identity,
        text text not null,
        unique (kind, id, version)
      );
      create table clearing_pointer (
        single boolean primary key default true check (single),
        period text not null
      );
      create table settlement (
        settlement_no text primary key,
        stream text not null,
        version int not null,
        part smallint not null,
        visit_group_no text not null,
        care_city text not null,
        institution_code text not null,
        visit_no text not null,
        insured_city text not null,
        insurance text not null,
        disease_code text not null,
        settled_at timestamptz not null,
        period text not null,
        -- totals, remote first pay, deductible and payments in the order of AMOUNT_FIELDS
        amounts bigint[] not null,
        reversal_no text
      );
      create unique index settlement_place on settlement (stream, version, part);
      -- A visitNo is taken while the first part of its group stands: parts are reversed last first.
      create unique index settlement_visit on settlement (institution_code, visit_no, care_city)
        where part = 0 and reversal_no is null;
      create table balance (
        account text not null,
        period text not null,
        shard smallint not null,
        amount_fen bigint not null,
        entries bigint not null,
        primary key (account, period, shard)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table balance, settlement, clearing_pointer, policy_document, practitioner,
      institution, coverage_as_of, person_no, coverage`);
  }
}
