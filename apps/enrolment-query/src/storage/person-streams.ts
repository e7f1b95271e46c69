import {
  type Coverage,
  coverageFromWire,
  coverageToWire,
  type EnrolmentFact,
  evolveCoverage,
} from '@domain/enrolment';
import { formatInstant, type Instant, instant } from '@domain/kernel';
import type { Pool, StreamHead } from '@lib/journal';

export const personStream = (personKey: string): string => `person/${personKey}`;

/** The coverage that a locked stream holds; undefined for a person without facts. */
export const coverageOfHead = (head: StreamHead | undefined): Coverage | undefined =>
  head?.state === undefined ? undefined : coverageFromWire(JSON.parse(head.state));

export const coverageText = (coverage: Coverage): string =>
  JSON.stringify(coverageToWire(coverage));

/** A person's coverage as it stands. */
export async function readCoverage(pool: Pool, personKey: string): Promise<Coverage | undefined> {
  const [row] = await pool.query<{ state: string | null }>({
    name: 'coverage-read',
    text: 'select state from stream_head where stream = $1',
    values: [personStream(personKey)],
  });
  const state = row?.state ?? undefined;
  return state === undefined ? undefined : coverageFromWire(JSON.parse(state));
}

/** A person's coverage as it was known at a moment: the facts recorded until then, folded. */
export async function readCoverageKnownAt(
  pool: Pool,
  personKey: string,
  knownAt: Instant,
): Promise<Coverage | undefined> {
  const rows = await pool.query<FactRow>({
    name: 'coverage-known-at',
    text: `select version, type, payload, (extract(epoch from recorded_at) * 1000)::bigint as recorded_ms
      from journal where stream = $1 and recorded_at <= to_timestamp($2::double precision / 1000) order by version`,
    values: [personStream(personKey), knownAt],
  });
  let coverage: Coverage | undefined;
  for (const row of rows) {
    const { result } = JSON.parse(row.payload) as { readonly result: unknown };
    const recordedAt = formatInstant(instant(Number(row.recorded_ms)));
    const fact = { type: row.type, result } as EnrolmentFact;
    coverage = evolveCoverage(coverage, fact, { version: row.version, recordedAt });
  }
  return coverage;
}

interface FactRow {
  readonly version: number;
  readonly type: string;
  readonly payload: string;
  readonly recorded_ms: string;
}
