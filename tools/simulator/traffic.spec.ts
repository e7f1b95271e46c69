import { TypeCompiler } from '@sinclair/typebox/compiler';
import { FormatRegistry } from '@sinclair/typebox';
import { addDays, civilDate, dateOf, instant, parseCivilDate, parseInstant } from '@domain/kernel';
import { isItemCode } from '@domain/screening';
import { checkVisit } from '@domain/settlement';
import { Visit } from '@lib/contracts';
import { weekdayOf } from './calendar';
import { formularyFaults } from './formulary-faults';
import { groupBy } from './group-by';
import { generatePopulation } from './population';
import { reference } from './reference';
import { generateVisits, type TrafficWish } from './traffic';

const from = civilDate('2026-03-02');
const population = generatePopulation({ seed: 5, persons: 8_000, on: from });
const wish: TrafficWish = { seed: 5, visits: 8_000, population, from, days: 28 };
const visits = [...generateVisits(wish)].map(({ visit }) => visit);
const ADDED = new Set(['M05300', 'M06900', 'M04600', 'M00201', 'M00202', 'M07200']);
const DIALYSIS = new Set(['M07801', 'M07803']);

const totalOf = (visit: Visit): number =>
  visit.lines.reduce((sum, { amountFen }) => sum + amountFen, 0);
const meanOf = (some: readonly Visit[]): number =>
  some.reduce((sum, visit) => sum + totalOf(visit), 0) / some.length / 100;

FormatRegistry.Set('civil-date', (text) => parseCivilDate(text) !== undefined);
FormatRegistry.Set('instant', (text) => parseInstant(text) !== undefined);

it('makes the same visits from the same wish, others from another seed', () => {
  const start = (changed: Partial<TrafficWish>) =>
    [...generateVisits({ ...wish, visits: 300, ...changed })].map(({ visit }) => visit);
  expect(start({})).toEqual(start({}));
  expect(start({ seed: 6 })).not.toEqual(start({}));
});

it('makes exactly as many visits as wished, in the order of time and within the days', () => {
  expect(visits).toHaveLength(8_000);
  const last = addDays(from, 27);
  const moments = visits.map(({ settledAt }) => settledAt);
  expect(moments).toEqual([...moments].sort());
  expect(visits.map(({ visitedOn }) => visitedOn)).toEqual(moments.map((at) => at.slice(0, 10)));
  expect(moments[0]! >= from && moments.at(-1)!.slice(0, 10) <= last).toBe(true);
});

it('makes visits that the door lets in: schema, amounts and moments', () => {
  const check = TypeCompiler.Compile(Visit);
  for (const visit of visits) {
    if (!check.Check(visit)) throw new Error(JSON.stringify([...check.Errors(visit)][0]));
    const fault = checkVisit(visit);
    if (fault !== undefined) throw new Error(JSON.stringify(fault));
  }
});

it('uses every number and every trace code once', () => {
  const codes = visits.flatMap(({ lines }) => lines.flatMap(({ traceCodes = [] }) => traceCodes));
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => !/^\d{20}$/.test(code))).toEqual([]);
  expect(new Set(visits.map(({ visitNo }) => visitNo)).size).toBe(visits.length);
  expect(new Set(visits.map(({ invoiceNo }) => invoiceNo)).size).toBe(visits.length);
});

it('gives other numbers to runs with another tag', () => {
  const other = [...generateVisits({ ...wish, visits: 500, runTag: 99 })].map(({ visit }) => visit);
  const numbers = new Set(
    visits.flatMap(({ visitNo, lines }) => [
      visitNo,
      ...lines.flatMap(({ traceCodes = [] }) => traceCodes),
    ]),
  );
  for (const { visitNo, lines } of other) {
    expect(numbers.has(visitNo)).toBe(false);
    for (const code of lines.flatMap(({ traceCodes = [] }) => traceCodes))
      expect(numbers.has(code)).toBe(false);
  }
});

it('prescribes nothing outside the formulary of the disease', () => {
  const { formulary } = reference();
  expect(visits.flatMap((visit) => formularyFaults(formulary, visit))).toEqual([]);
});

it('sees a line that does not belong to the disease', () => {
  const { formulary } = reference();
  const dialysis = visits.find(({ diseaseCode }) => diseaseCode === 'M07803')!;
  const changed = { ...dialysis, diseaseCode: 'M03900' };
  expect(formularyFaults(formulary, changed).map(({ fault }) => fault)).toContain('other-disease');
  const unknown = { ...dialysis, lines: [{ ...dialysis.lines[0]!, itemCode: '009999999990000' }] };
  expect(formularyFaults(formulary, unknown)).toEqual([
    { lineNo: 1, itemCode: '009999999990000', fault: 'unknown-item' },
  ]);
});

it('costs what cross-province chronic visits cost', () => {
  expect(meanOf(visits)).toBeGreaterThan(905);
  expect(meanOf(visits)).toBeLessThan(1_022);
  const added = visits.filter(({ diseaseCode }) => ADDED.has(diseaseCode!));
  expect(added.length / visits.length).toBeCloseTo(0.09, 1);
  expect(meanOf(added)).toBeGreaterThan(194);
  expect(meanOf(added)).toBeLessThan(278);
});

it('has four to eight lines, fewer only at pharmacies', () => {
  const strange = visits.filter(
    ({ lines, institutionCode }) =>
      lines.length > 8 || lines.length < (institutionCode.startsWith('P') ? 2 : 4),
  );
  expect(strange).toEqual([]);
});

it('lets 长沙 dominate, and the participating counties elsewhere', () => {
  const { places } = reference();
  const changsha = visits.filter(({ careCity }) => careCity === '430100');
  expect(changsha.length / visits.length).toBeGreaterThan(0.4);
  const elsewhere = visits.filter(({ careCity }) => careCity !== '430100');
  const border = elsewhere.filter((visit) => places.takesPart(visit.institutionCode.slice(1, 7)));
  expect(border.length / elsewhere.length).toBeGreaterThan(0.6);
  expect(
    new Set(visits.map((visit) => `${visit.insuredCity}>${visit.careCity}`)).size,
  ).toBeGreaterThan(45);
});

it('treats at active institutions of the care city, by their own doctors', () => {
  const { institutions } = reference().places;
  const strange = visits.filter(({ institutionCode, doctorCode, careCity }) => {
    const found = institutions.get(institutionCode)!;
    const here = found.state === 'active' && found.city === careCity;
    const own = doctorCode === undefined || found.doctors.includes(doctorCode);
    return !here || !own || (found.kind === 'pharmacy' && !found.mutualPharmacy);
  });
  expect(strange).toEqual([]);
});

it('brings dialysis patients two or three times a week, never twice a day', () => {
  const sessions = visits.filter(({ diseaseCode }) => DIALYSIS.has(diseaseCode!));
  const byPerson = groupBy(sessions, ({ personNo }) => personNo);
  expect(sessions.length / visits.length).toBeGreaterThan(0.17);
  for (const own of byPerson.values()) {
    expect(own.length).toBeGreaterThanOrEqual(8);
    expect(own.length).toBeLessThanOrEqual(12);
    expect(new Set(own.map(({ visitedOn }) => visitedOn)).size).toBe(own.length);
  }
});

it('supplies nobody again before the last supply of the medicine ends', () => {
  const { formulary } = reference();
  const ends = new Map<string, string>();
  const early: string[] = [];
  for (const { personNo, visitedOn, lines, diseaseCode } of visits) {
    if (DIALYSIS.has(diseaseCode!)) continue;
    for (const { itemCode, supplyDays } of lines) {
      if (supplyDays === undefined) continue;
      const key = `${personNo}/${formulary.byCode.get(itemCode)!.ingredient!}`;
      if (visitedOn < (ends.get(key) ?? '')) early.push(`${key} on ${visitedOn}`);
      ends.set(key, addDays(civilDate(visitedOn), supplyDays));
    }
  }
  expect(ends.size).toBeGreaterThan(8_000);
  expect(early).toEqual([]);
});

it('supplies nobody for longer than twelve weeks', () => {
  const days = visits.flatMap(({ lines }) => lines.map(({ supplyDays = 0 }) => supplyDays));
  expect(Math.max(...days)).toBeLessThanOrEqual(84);
});

it('is busiest on Monday and quiet on Sunday', () => {
  const onDay = (weekday: number): number =>
    visits.filter(({ visitedOn }) => weekdayOf(civilDate(visitedOn)) === weekday).length;
  expect(onDay(1)).toBeGreaterThan(onDay(3));
  expect(onDay(0)).toBeLessThan(onDay(6));
});

it('asks more than the price limit now and then, and charges class C now and then', () => {
  const lines = visits.flatMap((visit) => visit.lines);
  const over = lines.filter(
    (line) => line.unitPriceMicroYuan > (line.priceLimitMicroYuan ?? Infinity),
  );
  const outside = lines.filter(({ catalogueClass }) => catalogueClass === 'C');
  expect(over.length).toBeGreaterThan(20);
  expect(outside.length).toBeGreaterThan(20);
  expect(lines.filter(({ itemCode }) => !isItemCode(itemCode))).toEqual([]);
});

it('keeps to a window of hours, as live traffic must', () => {
  const until = parseInstant('2026-03-04T13:30:00+08:00')!;
  const notBefore = instant(until - 70 * 3_600_000);
  const live = { ...wish, visits: 400, from: dateOf(notBefore), days: 4, notBefore, until };
  for (const { visit } of generateVisits(live)) {
    const at = parseInstant(visit.settledAt)!;
    expect(at >= notBefore && at <= until).toBe(true);
  }
});
