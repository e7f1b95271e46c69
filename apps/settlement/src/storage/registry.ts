import type { InstitutionView, PractitionerView } from '@domain/settlement';
import type { Pool } from '@lib/journal';

/** Institutions and practitioners by their codes, as they stand now. */
export interface RegistryAnswer {
  readonly institutions: ReadonlyMap<string, InstitutionView>;
  readonly practitioners: ReadonlyMap<string, PractitionerView>;
}

interface RegistryRow {
  readonly code: string;
  readonly practitioner: boolean;
  readonly state: string;
  readonly city: string | null;
  readonly level: number | null;
  readonly kind: string | null;
}

const FIND = {
  name: 'registry-find',
  text: `select institution_code as code, false as practitioner, state, city, level, kind
      from institution where institution_code = any($1::text[])
    union all
    select doctor_code, true, state, null, null, null
      from practitioner where doctor_code = any($2::text[])`,
};

/** Finds what a micro-batch names, in one query: a served suspension counts from the next batch on. */
export async function findInRegistry(
  pool: Pool,
  institutionCodes: ReadonlySet<string>,
  doctorCodes: ReadonlySet<string>,
): Promise<RegistryAnswer> {
  const rows = await pool.query<RegistryRow>({
    ...FIND,
    values: [[...institutionCodes], [...doctorCodes]],
  });
  const institutions = new Map<string, InstitutionView>();
  const practitioners = new Map<string, PractitionerView>();
  for (const row of rows) {
    if (row.practitioner) {
      practitioners.set(row.code, {
        doctorCode: row.code,
        state: row.state as PractitionerView['state'],
      });
    } else {
      institutions.set(row.code, {
        institutionCode: row.code,
        city: row.city ?? '',
        level: row.level ?? 0,
        kind: row.kind as InstitutionView['kind'],
        state: row.state as InstitutionView['state'],
      });
    }
  }
  return { institutions, practitioners };
}
