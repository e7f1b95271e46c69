import { dateOf, daysBetween, type Instant } from '@domain/kernel';
import type { FormularyItem } from '../formulary';
import type { Treatment } from '../treatment';
import type { NearMiss, WrongClaim } from '../truth';
import {
  doubt,
  inWantedCounty,
  lastingDrug,
  mayGoTwoWays,
  type Plant,
  type Planter,
  splitPack,
} from './planter';

type SupplyPlant = Extract<
  WrongClaim | NearMiss,
  | 'overlapping-supply'
  | 'overlapping-insulin-two-insurances'
  | 'early-refill'
  | 'other-ingredient'
  | 'same-day-referral'
>;

/** Days by which a refill comes before the end of what was supplied elsewhere, well within the grace of seven. */
const EARLY_DAYS = 2;

/** One person supplied in two cities: too early, twice under two insurances, and as it should be. */
export const SUPPLY_PLANTS: Readonly<Record<SupplyPlant, Plant>> = {
  'overlapping-supply': (planter) => {
    const person = planter.take(
      'overlap',
      (each) => mayGoTwoWays(each) && lastingDrug(planter.treatment(each)) !== undefined,
    );
    if (person === undefined) return undefined;
    const treatment = planter.treatment(person);
    const drug = lastingDrug(treatment);
    if (drug === undefined) return undefined;
    const [at, later] = planter.twoMoments();
    const one = supply(planter, { treatment, place: 0, drug, at });
    const other = supply(planter, { treatment, place: 1, drug, at: later });
    return [
      planter.planted('overlapping-supply', at, one.visit, { note: `首次取药“${drug.itemName}”` }),
      planter.planted('overlapping-supply', later, other.visit, {
        suspicion: doubt('same-medicine-in-two-cities', one.visit),
        note: `药未用完,又到另一城市取“${drug.itemName}”`,
      }),
    ];
  },
  'overlapping-insulin-two-insurances': (planter) => {
    const places = planter.casePlaces;
    const person = planter.take(
      `twin/${places?.second ?? ''}`,
      (each) =>
        each.twin !== undefined &&
        each.twin > each.index &&
        (places === undefined ||
          (each.insuredCity === places.first && each.filings[0]?.careCity === places.second)),
      { insuredTwice: true },
    );
    const twin = person?.twin === undefined ? undefined : planter.person(person.twin);
    if (person === undefined || twin === undefined || !planter.claim(twin)) return undefined;
    const treatment = inWantedCounty(planter, planter.treatment(person));
    const drug = treatment.drugs.find(({ group }) => group.startsWith('insulin'));
    if (drug === undefined) return undefined;
    const [at, later] = planter.twoMoments();
    const one = supply(planter, { treatment, place: 0, drug, at, packs: 2 });
    const two = { treatment: planter.treatment(twin), place: 0, drug, at: later, packs: 2 };
    const other = supply(planter, two);
    return [
      planter.planted('overlapping-insulin-two-insurances', at, one.visit, {
        note: `以${nameOf(planter, person.insuredCity)}参保身份取“${drug.itemName}”`,
      }),
      planter.planted('overlapping-insulin-two-insurances', later, other.visit, {
        suspicion: doubt('same-medicine-in-two-cities', one.visit),
        note: `同一人又以${nameOf(planter, twin.insuredCity)}参保身份跨省取“${drug.itemName}”`,
      }),
    ];
  },
  'early-refill': (planter) => {
    const [at, later] = soonAfter(planter);
    const supplyDays = daysBetween(dateOf(at), dateOf(later)) + EARLY_DAYS;
    const person = planter.take(
      'refill',
      (each) =>
        mayGoTwoWays(each) && lastingDrug(planter.treatment(each), supplyDays + 1) !== undefined,
    );
    if (person === undefined) return undefined;
    const treatment = planter.treatment(person);
    const drug = lastingDrug(treatment, supplyDays + 1);
    if (drug === undefined) return undefined;
    const one = supply(planter, { treatment, place: 0, drug, at });
    const fraction = supplyDays / (drug.use?.supplyDaysPerPack ?? supplyDays + 1);
    splitPack(one.line, fraction.toFixed(4), supplyDays);
    const other = supply(planter, { treatment, place: 1, drug, at: later });
    return [
      planter.planted('early-refill', at, one.visit, { note: '拆零取药' }),
      planter.planted('early-refill', later, other.visit, {
        note: '用完前两天在另一城市续方,合规',
      }),
    ];
  },
  'other-ingredient': (planter) => {
    const person = planter.take(
      'other',
      (each) => mayGoTwoWays(each) && similarDrugs(planter, planter.treatment(each)) !== undefined,
    );
    if (person === undefined) return undefined;
    const treatment = planter.treatment(person);
    const pair = similarDrugs(planter, treatment);
    if (pair === undefined) return undefined;
    const [at, later] = planter.twoMoments();
    const one = supply(planter, { treatment, place: 0, drug: pair[0], at });
    const other = supply(planter, { treatment, place: 1, drug: pair[1], at: later });
    return [
      planter.planted('other-ingredient', at, one.visit, { note: `取“${pair[0].itemName}”` }),
      planter.planted('other-ingredient', later, other.visit, {
        note: `换用同类不同成分的“${pair[1].itemName}”,合规`,
      }),
    ];
  },
  'same-day-referral': (planter) => {
    const moments = planter.twoMomentsOfOneDay();
    const person = planter.take(
      'referral',
      (each) =>
        each.filings.length > 1 &&
        each.filings.some(({ type }) => type === 'referral') &&
        lastingDrug(planter.treatment(each)) !== undefined,
    );
    if (moments === undefined || person === undefined) return undefined;
    const treatment = planter.treatment(person);
    const drug = lastingDrug(treatment);
    if (drug === undefined) return undefined;
    const to = person.filings.findIndex(({ type }) => type === 'referral');
    const [at, later] = moments;
    const one = supply(planter, { treatment, place: to === 0 ? 1 : 0, drug, at });
    const other = supply(planter, { treatment, place: to, drug, at: later });
    return [
      planter.planted('same-day-referral', at, one.visit, { note: '转诊前就诊' }),
      planter.planted('same-day-referral', later, other.visit, { note: '当日转诊到另一城市,合规' }),
    ];
  },
};

interface SupplyWish {
  readonly treatment: Treatment;
  readonly place: number;
  readonly drug: FormularyItem;
  readonly at: Instant;
  readonly packs?: number;
}

/** An examination that ends with one drug; at a place of the person's filings. */
function supply(planter: Planter, { treatment, place, drug, at, packs = 1 }: SupplyWish) {
  const visit = planter.maker.hospitalVisit({ treatment, at, place, dispense: false });
  const level = treatment.places[place]?.hospital.level ?? 2;
  const line = planter.maker.addSale(visit.lines, { item: drug, packs, level });
  return { visit, line };
}

const nameOf = (planter: Planter, city: string): string =>
  planter.reference.places.cityNames.get(city) ?? city;

/** Two moments not more than about a week apart. */
function soonAfter(planter: Planter): readonly [Instant, Instant] {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const [at, later] = planter.twoMoments();
    if (daysBetween(dateOf(at), dateOf(later)) <= 7) return [at, later];
  }
  const at = planter.momentIn(0.4, 0.5);
  return [at, planter.momentIn(0.5, 0.55)];
}

/** A drug of the treatment and another of its group with another ingredient. */
function similarDrugs(
  planter: Planter,
  treatment: Treatment,
): readonly [FormularyItem, FormularyItem] | undefined {
  const drug = lastingDrug(treatment);
  if (drug === undefined) return undefined;
  const other = planter.reference.formulary
    .itemsOf(treatment.regimen.code, drug.group)
    .find(({ ingredient, gender }) => ingredient !== drug.ingredient && gender === undefined);
  return other === undefined ? undefined : [drug, other];
}
