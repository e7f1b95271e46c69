import type { InstitutionChanged, PractitionerChanged } from '@lib/contracts';
import type { Pool } from '@lib/journal';

/** Institutions of a city by code, after a cursor. */
export function listInstitutions(
  pool: Pool,
  query: {
    readonly city: string;
    readonly kind?: string;
    readonly cursor?: string;
    readonly limit: number;
  },
): Promise<readonly InstitutionChanged[]> {
  return pool.query<InstitutionChanged>({
    text: `select institution_code as "institutionCode", name, city, county, level, kind,
        mutual_pharmacy as "mutualPharmacy", state
      from institution
      where city = $1 and ($2::text is null or kind = $2) and institution_code > $3
      order by institution_code limit $4`,
    values: [query.city, query.kind ?? null, query.cursor ?? '', query.limit],
  });
}

/** The practitioners of an institution by code. */
export function listPractitioners(
  pool: Pool,
  institutionCode: string,
): Promise<readonly PractitionerChanged[]> {
  return pool.query<PractitionerChanged>({
    text: `select doctor_code as "doctorCode", institution_code as "institutionCode", state
      from practitioner where institution_code = $1 order by doctor_code`,
    values: [institutionCode],
  });
}
