import { type Coverage, coverageFromWire } from '@domain/enrolment';
import type { HashedNumber } from '@domain/settlement';
import type { Pool } from '@lib/journal';

/** A person asked for by the hash of the number at the insured city; every key in use may have made the hash. */
export interface PersonQuestion {
  readonly insuredCity: string;
  readonly candidates: readonly HashedNumber[];
}

export interface KnownPerson {
  readonly coverage: Coverage | undefined;
  /** Recorded time of the newest fact the answer rests on. */
  readonly asOf: string;
}

const NEVER = '1970-01-01T08:00:00+08:00';

const FIND = {
  name: 'coverage-find',
  text: `with asked as materialized (
      select * from unnest($1::text[], $2::text[]) with ordinality as a (insured_city, hash, place)
    )
    select a.place::int as place, c.coverage, n.recorded_at
    from asked a
    left join person_no p on p.insured_city = a.insured_city and p.hash = a.hash
    left join coverage c on c.person_key = p.person_key
    left join coverage_as_of n on n.insured_city = a.insured_city`,
};

/** Finds the persons of a micro-batch in one indexed query; answers in the order of the questions. */
export async function findCoverages(
  pool: Pool,
  questions: readonly PersonQuestion[],
): Promise<readonly KnownPerson[]> {
  const cities: string[] = [];
  const hashes: string[] = [];
  const asker: number[] = [];
  for (const [index, question] of questions.entries()) {
    for (const candidate of question.candidates) {
      cities.push(question.insuredCity);
      hashes.push(candidate.hash);
      asker.push(index);
    }
  }
  const rows = await pool.query<{
    place: number;
    coverage: string | null;
    recorded_at: string | null;
  }>({
    ...FIND,
    values: [cities, hashes],
  });
  const found: KnownPerson[] = questions.map(() => ({ coverage: undefined, asOf: NEVER }));
  for (const row of rows) {
    const index = asker[row.place - 1];
    if (index === undefined) continue;
    const coverage = row.coverage === null ? undefined : coverageFromWire(JSON.parse(row.coverage));
    if (coverage !== undefined) found[index] = { coverage, asOf: coverage.asOf };
    else if (found[index]?.coverage === undefined) {
      found[index] = { coverage: undefined, asOf: row.recorded_at ?? NEVER };
    }
  }
  return found;
}
