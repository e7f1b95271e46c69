import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who is who, sealed, and where things are found. What is known of a person by days is the folded state of the stream
 * `person/{personKey}`; the journal's own tables come with `libs/journal`.
 */
export class EnrolmentTables1767200000000 implements MigrationInterface {
  readonly name = 'EnrolmentTables1767200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One row a certificate: the same in every city is the same person.
      create table person (
        person_key text collate "C" primary key,
        certificate_hash text collate "C" not null unique,
        certificate_key_id text not null,
        certificate text not null
      );
      comment on column person.certificate is 'type and number, encrypted';
      -- The numbers under which cities know a person; during a rotation of keys a number has a row for each hash.
      create table person_number (
        insured_city text collate "C" not null,
        hash text collate "C" not null,
        key_id text not null,
        person_key text collate "C" not null,
        person_no text not null,
        name text not null,
        primary key (insured_city, hash)
      );
      comment on column person_number.person_no is 'encrypted';
      comment on column person_number.name is 'encrypted; the name as this city writes it';
      create index person_number_person on person_number (person_key, insured_city);
      -- Whose a qualification or filing is, by the id that was given out.
      create table entitlement (
        id text collate "C" primary key,
        kind text not null check (kind in ('qualification', 'filing')),
        person_key text collate "C" not null,
        insured_city text not null
      );
      create table contribution (
        person_key text collate "C" not null,
        insured_city text not null,
        month text not null,
        version int not null,
        base_fen bigint not null,
        amount_fen bigint not null,
        account_credit_fen bigint not null,
        payer text not null,
        primary key (person_key, insured_city, month, version)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table contribution, entitlement, person_number, person');
  }
}
