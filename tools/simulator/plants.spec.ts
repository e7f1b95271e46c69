import { civilDate, parseInstant } from '@domain/kernel';
import { ingredientOf } from '@domain/screening';
import { checkVisit } from '@domain/settlement';
import type { Visit } from '@lib/contracts';
import { groupBy } from './group-by';
import { generatePopulation } from './population';
import { reference } from './reference';
import { generateVisits, plantedCase, type TrafficWish } from './traffic';
import { NEAR_MISSES, type PlantKind, type Truth, WRONG_CLAIMS } from './truth';

const from = civilDate('2026-03-02');
const population = generatePopulation({ seed: 21, persons: 12_000, on: from });
const wish: TrafficWish = {
  seed: 21,
  visits: 10_000,
  population,
  from,
  days: 14,
  plantedRate: 0.05,
};
const stream = [...generateVisits(wish)];
const planted = stream.flatMap(({ visit, truth }) =>
  truth === undefined ? [] : [{ visit, truth }],
);
const visitByNo = new Map(stream.map(({ visit }) => [visit.visitNo, visit]));
const ofKind = (kind: PlantKind) => planted.filter(({ truth }) => truth.kind === kind);
const firstOf = (truth: Truth): Visit => visitByNo.get(truth.suspicion!.with[0]!)!;
const personOf = ({ personNo }: Visit) =>
  population.persons.find((person) => person.personNo === personNo);
const codesOf = ({ lines }: Visit): readonly string[] =>
  lines.flatMap(({ traceCodes = [] }) => traceCodes);
const limited = new Map(reference().formulary.limited.map((item) => [item.itemCode, item]));

it.each([...WRONG_CLAIMS, ...NEAR_MISSES])('plants %s several times, as the truth says', (kind) => {
  expect(ofKind(kind).length).toBeGreaterThan(4);
  for (const { visit, truth } of ofKind(kind)) {
    expect(truth).toMatchObject({ visitNo: visit.visitNo, institutionCode: visit.institutionCode });
    expect(truth.wrong).toBe(WRONG_CLAIMS.some((wrong) => wrong === kind));
    expect(checkVisit(visit)).toBeUndefined();
  }
});

it('plants as many visits as wished and leaves the others alone', () => {
  expect(planted.length).toBeGreaterThanOrEqual(500);
  expect(planted.length).toBeLessThanOrEqual(502);
  const used = new Set(planted.map(({ visit }) => visit.personNo));
  for (const { visit, truth } of stream) {
    if (truth === undefined) expect(used.has(visit.personNo)).toBe(false);
  }
});

it('uses a person in one case only', () => {
  const cases = new Map<string, Set<string>>();
  for (const { visit, truth } of planted) {
    const kinds = cases.get(visit.personNo) ?? new Set();
    cases.set(visit.personNo, kinds.add(truth.kind));
  }
  for (const kinds of cases.values()) expect(kinds.size).toBe(1);
});

it('leaves people insured twice to the case that is about them', () => {
  for (const { visit, truth } of planted) {
    const twin = personOf(visit)?.twin;
    expect(twin !== undefined).toBe(truth.kind === 'overlapping-insulin-two-insurances');
  }
});

it('bills a limited drug against gender, age, tier and insurance, and lawfully in the near misses', () => {
  const lineOf = ({ visit, truth }: { visit: Visit; truth: Truth }) =>
    visit.lines.find(({ lineNo }) => lineNo === truth.finding!.lineNo)!;
  for (const each of planted.filter(({ truth }) => truth.finding !== undefined)) {
    const item = limited.get(lineOf(each).itemCode)!;
    expect(item.knowledgePoint).toBe(each.truth.finding!.knowledgePoint);
    expect(item.condition).toBe(each.truth.finding!.rule);
  }
  for (const each of ofKind('wrong-gender')) {
    expect(personOf(each.visit)!.gender).not.toBe(limited.get(lineOf(each).itemCode)!.value);
    expect(each.truth.expected).toEqual({
      outcome: 'refused',
      refused: 'settlement.blocked-by-screening',
    });
  }
  for (const { visit } of ofKind('right-gender')) {
    const item = visit.lines
      .map(({ itemCode }) => limited.get(itemCode))
      .find((found) => found !== undefined)!;
    expect(personOf(visit)!.gender).toBe(item.value);
  }
  const levelOf = (visit: Visit): number =>
    reference().places.institutions.get(visit.institutionCode)!.level;
  for (const { visit } of ofKind('institution-level')) expect(levelOf(visit)).toBe(1);
  for (const { visit } of ofKind('level-reached')) expect(levelOf(visit)).toBeGreaterThan(1);
});

it('sends people where they are not filed, for what they are not qualified, or unknown', () => {
  const filed = (visit: Visit): boolean =>
    personOf(visit)!.filings.some(({ careCity }) => careCity === visit.careCity);
  const qualified = (visit: Visit): boolean =>
    personOf(visit)!.qualifications.some(({ diseaseCode }) => diseaseCode === visit.diseaseCode);
  const agreed = new Set(reference().regimens.map(({ code }) => code));
  for (const { visit } of [...ofKind('not-filed'), ...ofKind('emergency-unfiled')]) {
    expect([filed(visit), qualified(visit)]).toEqual([false, true]);
  }
  for (const { visit } of ofKind('emergency-unfiled')) expect(visit.emergency).toBe(true);
  for (const { visit } of ofKind('not-qualified')) {
    expect([filed(visit), qualified(visit), agreed.has(visit.diseaseCode!)]).toEqual([
      true,
      false,
      true,
    ]);
  }
  for (const { visit } of ofKind('disease-not-agreed')) {
    expect([filed(visit), qualified(visit), agreed.has(visit.diseaseCode!)]).toEqual([
      true,
      true,
      false,
    ]);
  }
  for (const { visit } of ofKind('unknown-person')) expect(personOf(visit)).toBeUndefined();
  for (const { visit } of ofKind('not-enrolled')) expect(personOf(visit)!.state).toBe('paused');
  for (const { visit } of ofKind('institution-closed')) {
    expect(reference().places.institutions.get(visit.institutionCode)!.state).toBe('remoteClosed');
  }
});

it('names the earlier visit in every suspicion', () => {
  for (const { visit, truth } of planted.filter(
    ({ truth: { suspicion } }) => suspicion !== undefined,
  )) {
    expect(firstOf(truth).settledAt < visit.settledAt).toBe(true);
    expect(truth.expected).toEqual({ outcome: 'settled' });
  }
});

it('settles one visit under two numbers, and one invoice in two cities', () => {
  for (const { visit, truth } of ofKind('visit-settled-twice')) {
    if (truth.suspicion === undefined) continue;
    const first = firstOf(truth);
    expect(visit.visitNo).not.toBe(first.visitNo);
    expect([visit.personNo, visit.institutionCode, visit.visitedOn]).toEqual([
      first.personNo,
      first.institutionCode,
      first.visitedOn,
    ]);
    expect(visit.lines).toEqual(first.lines);
  }
  for (const { visit, truth } of ofKind('invoice-in-two-cities')) {
    if (truth.suspicion === undefined) continue;
    expect(visit.invoiceNo).toBe(firstOf(truth).invoiceNo);
    expect(visit.careCity).not.toBe(firstOf(truth).careCity);
  }
});

it('sells a box twice in two cities, half and half in one, and again after a reversal', () => {
  for (const { visit, truth } of ofKind('trace-code-resold')) {
    if (truth.suspicion === undefined) continue;
    const shared = codesOf(visit).filter((code) => codesOf(firstOf(truth)).includes(code));
    expect(shared).toHaveLength(1);
    expect(visit.careCity).not.toBe(firstOf(truth).careCity);
  }
  const halves = ofKind('split-pack').flatMap(({ visit }) =>
    visit.lines.filter(({ packFraction }) => packFraction !== undefined),
  );
  for (const sold of groupBy(halves, ({ traceCodes = [] }) => traceCodes[0]).values()) {
    expect(sold.map(({ packFraction, quantity }) => [packFraction, quantity])).toEqual([
      ['0.5', '0.5'],
      ['0.5', '0.5'],
    ]);
  }
  for (const { visit, truth } of ofKind('reversed-then-resold')) {
    if (truth.reverseFirst === undefined) continue;
    const reversed = visitByNo.get(truth.reverseFirst)!;
    expect(codesOf(visit)).toEqual(codesOf(reversed));
    expect(reversed.institutionCode).toBe(visit.institutionCode);
  }
});

const suppliesOf = ({ lines }: Visit) => lines.filter(({ supplyDays }) => supplyDays !== undefined);

/** Days on which the two supplies of a pair of visits both last. */
function overlapOf(first: Visit, second: Visit): number {
  const [one, other] = [suppliesOf(first)[0]!, suppliesOf(second)[0]!];
  const day = (visit: Visit): number =>
    parseInstant(`${visit.visitedOn}T00:00:00+08:00`)! / 86_400_000;
  return Math.min(day(first) + one.supplyDays!, day(second) + other.supplyDays!) - day(second);
}

it('supplies one medicine in two cities by more than the grace, and by two days in the near miss', () => {
  for (const kind of ['overlapping-supply', 'overlapping-insulin-two-insurances'] as const) {
    for (const { visit, truth } of ofKind(kind)) {
      if (truth.suspicion === undefined) continue;
      const first = firstOf(truth);
      expect(overlapOf(first, visit)).toBeGreaterThan(7);
      expect(visit.careCity).not.toBe(first.careCity);
      expect(ingredientOf(suppliesOf(visit)[0]!.itemCode)).toBe(
        ingredientOf(suppliesOf(first)[0]!.itemCode),
      );
    }
  }
  const refills = [...groupBy(ofKind('early-refill'), ({ visit }) => visit.personNo).values()];
  for (const [first, second] of refills) expect(overlapOf(first!.visit, second!.visit)).toBe(2);
});

it('takes insulin under two insurances of one person on the two sides of the border', () => {
  for (const { visit, truth } of ofKind('overlapping-insulin-two-insurances')) {
    if (truth.suspicion === undefined) continue;
    const [one, other] = [personOf(firstOf(truth))!, personOf(visit)!];
    expect(one.certificateNo).toBe(other.certificateNo);
    expect(firstOf(truth).careCity.slice(0, 2)).not.toBe(visit.careCity.slice(0, 2));
    expect(suppliesOf(visit)[0]!.itemName).toContain('胰岛素');
  }
});

it('changes to another ingredient, and refers on one day, in the other near misses', () => {
  for (const [first, second] of groupBy(
    ofKind('other-ingredient'),
    ({ visit }) => visit.personNo,
  ).values()) {
    const [one, other] = [suppliesOf(first!.visit)[0]!, suppliesOf(second!.visit)[0]!];
    expect(ingredientOf(one.itemCode)).not.toBe(ingredientOf(other.itemCode));
  }
  for (const [first, second] of groupBy(
    ofKind('same-day-referral'),
    ({ visit }) => visit.personNo,
  ).values()) {
    expect(first!.visit.visitedOn).toBe(second!.visit.visitedOn);
    const filing = personOf(second!.visit)!.filings.find(
      ({ careCity }) => careCity === second!.visit.careCity,
    );
    expect(filing!.type).toBe('referral');
  }
});

it('makes a case at the places asked for: 萍乡 first, then 浏阳', () => {
  const [first, second] = plantedCase({
    ...wish,
    kind: 'trace-code-resold',
    places: { first: '360300', second: '430100', secondCounty: '430181' },
  })!;
  expect([first!.visit.careCity, second!.visit.careCity]).toEqual(['360300', '430100']);
  expect(second!.visit.institutionCode.slice(1, 7)).toBe('430181');
});
