import { civilDate, provinceOf } from '@domain/kernel';
import { screenVisits } from '@domain/screening';
import { poolOf, type ReceivedFact } from '@lib/journal';
import {
  generatePopulation,
  generateVisits,
  reference,
  type SimulatedVisit,
} from '../../../../tools/simulator';
import { CheckSettlements } from './check-settlements';
import {
  fixedParts,
  openCrossCheck,
  publishedRules,
  reversed,
  settled,
} from './cross-check.fixtures';
import { ReadSuspicions } from './read-suspicions';

/** Short enough that what is planted as an overlap exceeds the days of grace. */
const DAYS = 14;
const FROM = civilDate('2026-03-02');
const population = generatePopulation({ seed: 11, persons: 6000, on: FROM });
const traffic: readonly SimulatedVisit[] = [
  ...generateVisits({
    seed: 11,
    visits: 4000,
    population,
    from: FROM,
    days: DAYS,
    plantedRate: 0.15,
  }),
];
const personOf = new Map(
  population.persons.map((person) => [`${person.insuredCity}/${person.personNo}`, person]),
);

/** One key for one person, however many enrolments. */
function personKeyOf({ visit }: SimulatedVisit): string {
  const person = personOf.get(`${visit.insuredCity}/${visit.personNo}`);
  if (person === undefined) return `unknown/${visit.visitNo}`;
  return `p${Math.min(person.index, person.twin ?? person.index)}`;
}

/** The fact of a visit as settlement would have written it, under the filing that covers it. */
function factOf(simulated: SimulatedVisit): ReceivedFact {
  const { visit } = simulated;
  const person = personOf.get(`${visit.insuredCity}/${visit.personNo}`);
  const filing = person?.filings.find(({ careCity }) => careCity === visit.careCity);
  const { personNo: _personNo, familyPayerPersonNo: _payer, ...recorded } = visit;
  return settled({
    name: nameOf(visit),
    personKey: personKeyOf(simulated),
    insuredCity: visit.insuredCity,
    careCity: visit.careCity,
    on: visit.visitedOn,
    visit: recorded,
    lines: visit.lines,
    filing: filing?.type === 'referral' ? 'referral' : 'longTermResident',
  });
}
const nameOf = ({ institutionCode, visitNo }: { institutionCode: string; visitNo: string }) =>
  `${institutionCode}/${visitNo}`;

/** Visits that settle: what settlement refuses never reaches the stream checks. */
const settling = traffic.filter(
  (each) => each.truth?.expected.outcome !== 'refused' && !isStray(each),
);

/** A planted case that borrows a person insured twice: two of these may be one person, whose supplies then do overlap. */
function isStray({ visit, truth }: SimulatedVisit): boolean {
  const twin = personOf.get(`${visit.insuredCity}/${visit.personNo}`)?.twin;
  return (
    twin !== undefined && truth !== undefined && truth.kind !== 'overlapping-insulin-two-insurances'
  );
}

/** Arrival up to three days late, the same at every run: a step through the list that is no multiple of it. */
function lateArrivals(facts: readonly ReceivedFact[]): readonly ReceivedFact[] {
  const window = Math.ceil((facts.length * 3) / DAYS);
  return facts
    .map((fact, index) => ({ fact, arrives: index + ((index * 7919) % window) }))
    .sort((a, b) => a.arrives - b.arrives)
    .map(({ fact }) => fact);
}

function expectedPairs(): readonly string[] {
  const byNo = new Map(traffic.map(({ visit }) => [visit.visitNo, visit]));
  return settling
    .flatMap(({ visit, truth }) => {
      if (truth?.suspicion === undefined) return [];
      const others = truth.suspicion.with.flatMap((no) => byNo.get(no) ?? []);
      const names = [visit, ...others].map((each) => `S-${nameOf(each)}`).sort();
      return [`${truth.suspicion.rule} ${names.join(' ')}`];
    })
    .sort();
}

describe('ten-city traffic with planted claims', () => {
  it('raises exactly the planted suspicions, although facts arrive up to three days late', async () => {
    const { database, work } = await openCrossCheck('simulated');
    try {
      const checks = new CheckSettlements(fixedParts);
      const taken = settling.flatMap(({ truth }) => truth?.reverseFirst ?? []);
      const byNo = new Map(traffic.map(({ visit }) => [visit.visitNo, visit]));
      const facts = [
        ...lateArrivals(settling.map(factOf)),
        ...taken.map((no) => reversed(nameOf(byNo.get(no)!))),
      ];
      for (let start = 0; start < facts.length; start += 150) {
        await work.run((tx) => checks.handle(tx, facts.slice(start, start + 150)));
      }
      const read = new ReadSuspicions(poolOf(database.dataSource));
      const page = await read.list({ state: 'open', limit: 1000 }, 'everything');
      if ('refused' in page) throw new Error(page.refused);
      const found = page.suspicions.map(
        ({ rule, settlementNos }) => `${rule} ${[...settlementNos].sort().join(' ')}`,
      );
      const expected = expectedPairs();
      expect(found.sort()).toEqual(expected);
      expect(new Set(expected.map((each) => each.split(' ')[0])).size).toBe(3);
    } finally {
      await database.drop();
    }
  }, 60_000);

  it('is stopped by screening exactly where a line was planted', () => {
    const { places } = reference();
    const screened = screenVisits(
      publishedRules.ruleSet,
      'during',
      traffic.map(({ visit }) => {
        const person = personOf.get(`${visit.insuredCity}/${visit.personNo}`);
        const level = places.institutions.get(visit.institutionCode)?.level ?? 0;
        return {
          ...visit,
          subject:
            person === undefined
              ? undefined
              : {
                  gender: person.gender,
                  birthDate: person.birthDate,
                  insurance: person.insurance,
                  institutionLevel: level,
                },
        };
      }),
    );
    const found = screened.flatMap(({ findings }, index) =>
      findings
        .filter(({ state }) => state === 'hit')
        .map(
          (each) =>
            `${traffic[index]!.visit.visitNo} ${each.rule} ${each.knowledgePoint ?? ''} ${each.lineNos.join()} ${each.action}`,
        ),
    );
    const expected = traffic.flatMap(({ visit, truth }) =>
      truth?.finding === undefined
        ? []
        : [
            `${visit.visitNo} ${truth.finding.rule} ${truth.finding.knowledgePoint} ${truth.finding.lineNo} ${truth.finding.action}`,
          ],
    );
    expect(found.sort()).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(50);
  });
});

it('the sample crosses the border between the provinces', () => {
  expect(
    traffic.every(({ visit }) => provinceOf(visit.insuredCity) !== provinceOf(visit.careCity)),
  ).toBe(true);
});
