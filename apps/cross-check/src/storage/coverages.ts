import type { Pool, Transaction } from '@lib/journal';

/** A person's coverage as JSON, with the version of the last fact applied. */
export interface CoverageRow {
  readonly personKey: string;
  readonly version: number;
  readonly coverage: string;
}

/** A number at an insured city, hashed there, and whose it is. */
export interface PersonNoRow {
  readonly insuredCity: string;
  readonly hash: string;
  readonly keyId: string;
  readonly personKey: string;
}

/** The coverages of persons; those not known are left out. */
export async function loadCoverages(
  reader: Pool,
  personKeys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (personKeys.length === 0) return new Map();
  const rows = await reader.query<{ person_key: string; coverage: string }>({
    name: 'load-coverages',
    text: 'select person_key, coverage from load_coverages($1::text[])',
    values: [personKeys],
  });
  return new Map(rows.map((row) => [row.person_key, row.coverage]));
}

/** Keeps coverages; an older version never replaces a newer one. Each person occurs once. */
export async function keepCoverages(tx: Transaction, rows: readonly CoverageRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({
    name: 'keep-coverages',
    text: `insert into coverage as c (person_key, version, coverage)
      select * from unnest($1::text[], $2::integer[], $3::text[]) as n (key) order by n.key
      on conflict (person_key) do update set version = excluded.version, coverage = excluded.coverage
      where c.version < excluded.version`,
    values: [
      rows.map((row) => row.personKey),
      rows.map((row) => row.version),
      rows.map((row) => row.coverage),
    ],
  });
}

/** Keeps which person a hashed number names. Each number occurs once. */
export async function keepPersonNos(tx: Transaction, rows: readonly PersonNoRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({
    name: 'keep-person-nos',
    text: `insert into person_no as p (insured_city, hash, key_id, person_key)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as n (city, hash) order by n.city, n.hash
      on conflict (insured_city, hash) do update set person_key = excluded.person_key, key_id = excluded.key_id
      where (p.person_key, p.key_id) is distinct from (excluded.person_key, excluded.key_id)`,
    values: [
      rows.map((row) => row.insuredCity),
      rows.map((row) => row.hash),
      rows.map((row) => row.keyId),
      rows.map((row) => row.personKey),
    ],
  });
}

export interface HashedPersonNo {
  readonly insuredCity: string;
  readonly hash: string;
}

export const numberKey = ({ insuredCity, hash }: HashedPersonNo): string =>
  `${insuredCity}/${hash}`;

/** The coverages of the persons whose hashed numbers these are, by `numberKey`; those not known are left out. */
export async function coveragesByNumber(
  reader: Pool,
  numbers: readonly HashedPersonNo[],
): Promise<ReadonlyMap<string, string>> {
  if (numbers.length === 0) return new Map();
  const rows = await reader.query<{ insured_city: string; hash: string; coverage: string }>({
    name: 'coverages-by-number',
    text: 'select insured_city, hash, coverage from coverages_by_number($1::text[], $2::text[])',
    values: [numbers.map(({ insuredCity }) => insuredCity), numbers.map(({ hash }) => hash)],
  });
  return new Map(
    rows.map((row) => [numberKey({ insuredCity: row.insured_city, hash: row.hash }), row.coverage]),
  );
}
