import type { Instant } from '@domain/kernel';
import type { Visit } from '@lib/contracts';
import type { FormularyItem } from '../formulary';
import type { SimulatedPerson } from '../person';
import type { Treatment } from '../treatment';
import type { NearMiss, WrongClaim } from '../truth';
import {
  copyOf,
  doubt,
  inWantedCounty,
  lastingDrug,
  mayGoTwoWays,
  type Plant,
  type Planter,
  splitPack,
  treatedAt,
} from './planter';

type RepeatedPlant = Extract<
  WrongClaim | NearMiss,
  | 'visit-settled-twice'
  | 'invoice-in-two-cities'
  | 'coinciding-invoice'
  | 'trace-code-resold'
  | 'split-pack'
  | 'reversed-then-resold'
>;

/** What may happen once and is handed in twice: visits, invoices, boxes; and what only looks like it. */
export const REPEATED_PLANTS: Readonly<Record<RepeatedPlant, Plant>> = {
  'visit-settled-twice': (planter) => {
    const person = planter.take('twice', () => true);
    if (person === undefined) return undefined;
    const [at, later] = planter.twoMoments();
    const treatment = planter.treatment(person);
    const first = planter.maker.hospitalVisit({ treatment, at, place: 0, dispense: false });
    const { visitNo } = planter.maker.frame(treatment, later, first.institutionCode);
    const second = copyOf(first, visitNo, later);
    delete second.invoiceNo;
    return [
      planter.planted('visit-settled-twice', at, first, { note: '先结算的一次就诊' }),
      planter.planted('visit-settled-twice', later, second, {
        suspicion: doubt('same-visit-settled-twice', first),
        note: '同一次就诊换就诊号再次结算',
      }),
    ];
  },
  'invoice-in-two-cities': (planter) => invoiceTwice(planter, true),
  'coinciding-invoice': (planter) => invoiceTwice(planter, false),
  'trace-code-resold': (planter) => {
    const pair = twoPatients(planter, (one, other) => one !== other);
    if (pair === undefined) return undefined;
    const { drug, first, second } = pair;
    const [at, later] = planter.twoMoments();
    const sold = sale(planter, first, drug, at);
    const resold = sale(planter, second, drug, later);
    resold.line.traceCodes = [...(sold.line.traceCodes ?? [])];
    return [
      planter.planted('trace-code-resold', at, sold.visit, { note: '药品首次销售' }),
      planter.planted('trace-code-resold', later, resold.visit, {
        suspicion: doubt('trace-code-sold-twice', sold.visit),
        note: '同一追溯码的药品在另一城市再次销售',
      }),
    ];
  },
  'split-pack': (planter) => {
    const pair = twoPatients(planter, (one, other) => one === other);
    if (pair === undefined) return undefined;
    const { drug, first } = pair;
    const second = atPlaceOf(first, pair.second);
    const [at, later] = planter.twoMoments();
    const half = Math.floor((drug.use?.supplyDaysPerPack ?? 2) / 2);
    const [one, other] = [sale(planter, first, drug, at), sale(planter, second, drug, later)];
    other.line.traceCodes = [...(one.line.traceCodes ?? [])];
    for (const { line } of [one, other]) splitPack(line, '0.5', half);
    return [
      planter.planted('split-pack', at, one.visit, { note: '拆零销售半盒' }),
      planter.planted('split-pack', later, other.visit, { note: '同一盒的另外半盒,合计一盒,合规' }),
    ];
  },
  'reversed-then-resold': (planter) => {
    const pair = twoPatients(planter, (one, other) => one === other);
    if (pair === undefined) return undefined;
    const { drug, first } = pair;
    const second = atPlaceOf(first, pair.second);
    const [at, later] = planter.twoMoments();
    const [one, other] = [sale(planter, first, drug, at), sale(planter, second, drug, later)];
    other.line.traceCodes = [...(one.line.traceCodes ?? [])];
    return [
      planter.planted('reversed-then-resold', at, one.visit, { note: '销售后退药撤销' }),
      planter.planted('reversed-then-resold', later, other.visit, {
        reverseFirst: one.visit.visitNo,
        note: '撤销后同一盒药再次销售,合规',
      }),
    ];
  },
};

function invoiceTwice(planter: Planter, sameCost: boolean): ReturnType<Plant> {
  const kind = sameCost ? 'invoice-in-two-cities' : 'coinciding-invoice';
  const person = planter.take('invoice', mayGoTwoWays);
  if (person === undefined) return undefined;
  const [at, later] = planter.twoMoments();
  const treatment = planter.treatment(person);
  const first = planter.maker.hospitalVisit({ treatment, at, place: 0, dispense: false });
  const second = planter.maker.hospitalVisit({ treatment, at: later, place: 1, dispense: false });
  if (first.invoiceNo !== undefined) second.invoiceNo = first.invoiceNo;
  if (sameCost) second.lines = first.lines.map((line) => ({ ...line }));
  else if (totalOf(first) === totalOf(second)) second.lines = second.lines.slice(0, -1);
  return [
    planter.planted(kind, at, first, { note: '票据首次使用' }),
    planter.planted(kind, later, second, {
      ...(sameCost ? { suspicion: doubt('same-visit-settled-twice', first) } : {}),
      note: sameCost ? '同一张票据在两个城市结算' : '两地票据号偶合、金额不同,合规',
    }),
  ];
}

const totalOf = (visit: Visit): number =>
  visit.lines.reduce((sum, { amountFen }) => sum + amountFen, 0);

/** Two people with one disease who go to two cities, or to one, and a drug that both may get. */
function twoPatients(planter: Planter, fits: (oneCity: string, otherCity: string) => boolean) {
  const wanted = planter.casePlaces;
  const cityOf = (person: SimulatedPerson): string => person.filings[0]?.careCity ?? '';
  const one = planter.take(
    `patient/${wanted?.first ?? ''}`,
    (person) =>
      (wanted === undefined || cityOf(person) === wanted.first) &&
      lastingDrug(planter.treatment(person)) !== undefined,
  );
  const first = one === undefined ? undefined : planter.treatment(one);
  const drug = first === undefined ? undefined : lastingDrug(first);
  if (one === undefined || first === undefined || drug === undefined) return undefined;
  const other = planter.take(
    `partner/${first.regimen.code}/${cityOf(one)}/${wanted?.second ?? ''}`,
    (person) =>
      planter.treatment(person).regimen.code === first.regimen.code &&
      (wanted === undefined || cityOf(person) === wanted.second) &&
      fits(cityOf(one), cityOf(person)),
  );
  if (other === undefined) return undefined;
  return { drug, first, second: inWantedCounty(planter, planter.treatment(other)) };
}

function atPlaceOf(first: Treatment, second: Treatment): Treatment {
  const hospital = first.places[0]?.hospital;
  return hospital === undefined ? second : treatedAt(second, hospital);
}

/** A short visit that ends with the sale of one pack. */
function sale(planter: Planter, treatment: Treatment, item: FormularyItem, at: Instant) {
  const visit = planter.maker.hospitalVisit({ treatment, at, place: 0, dispense: false });
  const level = treatment.places[0]?.hospital.level ?? 2;
  const line = planter.maker.addSale(visit.lines, { item, packs: 1, level });
  return { visit, line };
}
