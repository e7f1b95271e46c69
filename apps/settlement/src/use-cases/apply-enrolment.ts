import { type Coverage, coverageFromWire, coverageToWire, evolveCoverage } from '@domain/enrolment';
import type { EnrolmentFact } from '@lib/contracts';
import type { FactHandler, ReceivedFact, Transaction } from '@lib/journal';

/** Facts of a person's stream, folded one by one into what settlement keeps of the person. */
export const applyEnrolment: FactHandler = {
  name: 'settlement.enrolment',
  topics: ['enrolment.facts'],
  async handle(tx, facts) {
    const ofPersons = facts.filter(({ stream }) => stream.startsWith('person/'));
    const coverages = await loadCoverages(tx, [...new Set(ofPersons.map(personKeyOf))]);
    const numbers = new Map<string, NumberRow>();
    const newest = new Map<string, string>();
    for (const received of ofPersons) {
      const personKey = personKeyOf(received);
      const fact = {
        type: received.type,
        result: (received.payload as { readonly result: unknown }).result,
      } as EnrolmentFact;
      const { version, recordedAt } = received;
      coverages.set(
        personKey,
        evolveCoverage(coverages.get(personKey), fact, { version, recordedAt }),
      );
      const { insuredCity } = fact.result;
      if (recordedAt > (newest.get(insuredCity) ?? '')) newest.set(insuredCity, recordedAt);
      if (fact.type === 'EnrolmentChanged.v1') {
        const { keyId, hash } = fact.result.personNoHash;
        numbers.set(`${insuredCity}/${hash}`, { insuredCity, hash, keyId, personKey });
      }
    }
    await saveCoverages(tx, coverages);
    await saveNumbers(tx, [...numbers.values()]);
    await saveNewest(tx, newest);
  },
};

interface NumberRow {
  readonly insuredCity: string;
  readonly hash: string;
  readonly keyId: string;
  readonly personKey: string;
}

const personKeyOf = ({ stream }: ReceivedFact): string => stream.slice('person/'.length);

async function loadCoverages(
  tx: Transaction,
  personKeys: readonly string[],
): Promise<Map<string, Coverage>> {
  const rows = await tx.query<{ person_key: string; coverage: string }>({
    name: 'coverage-load',
    text: 'select person_key, coverage from coverage where person_key = any($1::text[])',
    values: [personKeys],
  });
  return new Map(rows.map((row) => [row.person_key, coverageFromWire(JSON.parse(row.coverage))]));
}

async function saveCoverages(
  tx: Transaction,
  coverages: ReadonlyMap<string, Coverage>,
): Promise<void> {
  const sorted = [...coverages.values()].sort((a, b) => (a.personKey < b.personKey ? -1 : 1));
  await tx.query({
    name: 'coverage-save',
    text: `insert into coverage (person_key, version, coverage)
      select * from unnest($1::text[], $2::bigint[], $3::text[])
      on conflict (person_key) do update set version = excluded.version, coverage = excluded.coverage`,
    values: [
      sorted.map(({ personKey }) => personKey),
      sorted.map(({ version }) => version),
      sorted.map((coverage) => JSON.stringify(coverageToWire(coverage))),
    ],
  });
}

async function saveNumbers(tx: Transaction, rows: readonly NumberRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({
    name: 'person-no-save',
    text: `insert into person_no (insured_city, hash, key_id, person_key)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as r (insured_city, hash, key_id, person_key)
      order by insured_city, hash
      on conflict (insured_city, hash) do update set key_id = excluded.key_id, person_key = excluded.person_key`,
    values: [
      rows.map((row) => row.insuredCity),
      rows.map((row) => row.hash),
      rows.map((row) => row.keyId),
      rows.map((row) => row.personKey),
    ],
  });
}

async function saveNewest(tx: Transaction, newest: ReadonlyMap<string, string>): Promise<void> {
  const sorted = [...newest].sort(([a], [b]) => (a < b ? -1 : 1));
  await tx.query({
    name: 'coverage-as-of-save',
    text: `insert into coverage_as_of as c (insured_city, recorded_at)
      select * from unnest($1::text[], $2::text[])
      on conflict (insured_city) do update set recorded_at = greatest(c.recorded_at, excluded.recorded_at)`,
    values: [sorted.map(([city]) => city), sorted.map(([, at]) => at)],
  });
}
