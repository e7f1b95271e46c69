import type { Pool, Transaction } from '@lib/journal';

export interface InstitutionRow {
  readonly institutionCode: string;
  readonly name: string;
  readonly city: string;
  readonly county: string | undefined;
  readonly level: number;
  readonly kind: string;
  readonly mutualPharmacy: boolean;
  readonly state: string;
}

export interface PractitionerRow {
  readonly doctorCode: string;
  readonly institutionCode: string;
  readonly state: string;
}

/** Keeps institutions as their last facts say. Each occurs once. */
export async function keepInstitutions(
  tx: Transaction,
  rows: readonly InstitutionRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({
    name: 'keep-institutions',
    text: `insert into institution (institution_code, name, city, county, level, kind, mutual_pharmacy, state)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::boolean[],
        $8::text[]) as n (code) order by n.code
      on conflict (institution_code) do update set name = excluded.name, city = excluded.city,
        county = excluded.county, level = excluded.level, kind = excluded.kind,
        mutual_pharmacy = excluded.mutual_pharmacy, state = excluded.state`,
    values: [
      rows.map((row) => row.institutionCode),
      rows.map((row) => row.name),
      rows.map((row) => row.city),
      rows.map((row) => row.county),
      rows.map((row) => row.level),
      rows.map((row) => row.kind),
      rows.map((row) => row.mutualPharmacy),
      rows.map((row) => row.state),
    ],
  });
}

/** Keeps practitioners as their last facts say. Each occurs once. */
export async function keepPractitioners(
  tx: Transaction,
  rows: readonly PractitionerRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({
    name: 'keep-practitioners',
    text: `insert into practitioner (doctor_code, institution_code, state)
      select * from unnest($1::text[], $2::text[], $3::text[]) as n (code) order by n.code
      on conflict (doctor_code) do update
        set institution_code = excluded.institution_code, state = excluded.state`,
    values: [
      rows.map((row) => row.doctorCode),
      rows.map((row) => row.institutionCode),
      rows.map((row) => row.state),
    ],
  });
}

/** The tiers of institutions; those not known are left out. */
export async function levelsOf(
  reader: Pool,
  institutionCodes: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (institutionCodes.length === 0) return new Map();
  const rows = await reader.query<{ institution_code: string; level: number }>({
    name: 'institution-levels',
    text: 'select institution_code, level from institution where institution_code = any ($1::text[])',
    values: [institutionCodes],
  });
  return new Map(rows.map((row) => [row.institution_code, row.level]));
}
