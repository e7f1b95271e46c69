import type { StreamRule } from '@domain/screening';
import type { Visit } from '@lib/contracts';
import { dateOf, formatInstant, type Instant, instant } from '@domain/kernel';
import type { OpeningHours } from '../calendar';
import type { FormularyItem } from '../formulary';
import type { Population, SimulatedPerson } from '../person';
import type { StaffedInstitution } from '../places';
import type { Random } from '../random';
import type { Reference } from '../reference';
import { type Treatment, treatmentOf } from '../treatment';
import type { PlantKind, SimulatedVisit, Truth } from '../truth';
import { NEAR_MISSES } from '../truth';
import { amountOf, type VisitMaker } from '../visit-maker';

/** One planted visit and when it is handed in. */
export interface PlantedVisit extends SimulatedVisit {
  readonly at: Instant;
  readonly truth: Truth;
}

/** What belongs together: usually one visit or two, in the order of time. */
export type PlantedCase = readonly PlantedVisit[];

/** Makes one case, or nothing where no person or moment fits. */
export type Plant = (planter: Planter) => PlantedCase | undefined;

/** What a truth says beside the visit that it belongs to. */
export type Told = Omit<
  Truth,
  'visitNo' | 'careCity' | 'institutionCode' | 'kind' | 'wrong' | 'expected'
> &
  Partial<Pick<Truth, 'expected'>>;

export interface PlanterWish {
  readonly random: Random;
  readonly reference: Reference;
  readonly maker: VisitMaker;
  readonly hours: OpeningHours;
  readonly population: Population;
  /** Where the two visits of a case take place, for who wants to show a certain pair of places. */
  readonly places?: CasePlaces;
}

/**
 * Care city of the first and second visit, and the county of the second. For a person insured twice: the city insured
 * first, and the city treated in first, with its county.
 */
export interface CasePlaces {
  readonly first: string;
  readonly second: string;
  readonly secondCounty?: string;
}

interface Wanted {
  readonly state?: SimulatedPerson['state'];
  readonly insuredTwice?: boolean;
}

/** Diseases whose care is never stopped by screening, so that a wrong line there would not be blocked. */
const PROTECTED = new Set(['M00503', 'M00504', 'M07801', 'M07803', 'M07804', 'M08300']);

/** Finds persons and moments for planted cases. Each person serves in one case at most. */
export class Planter {
  private readonly reserve: readonly SimulatedPerson[];
  private readonly used = new Set<number>();
  private readonly cursors = new Map<string, number>();
  readonly random: Random;
  readonly reference: Reference;
  readonly maker: VisitMaker;

  constructor(private readonly wish: PlanterWish) {
    this.random = wish.random;
    this.reference = wish.reference;
    this.maker = wish.maker;
    this.reserve = this.random.shuffled(
      wish.population.persons.filter((person) => person.reserved),
    );
  }

  get casePlaces(): CasePlaces | undefined {
    return this.wish.places;
  }

  person(index: number): SimulatedPerson | undefined {
    return this.wish.population.persons[index];
  }

  /**
   * A reserved person that no case has used yet, active and insured once unless told otherwise: two enrolments of one
   * person in two cases would make one case of them. `purpose` names the search.
   */
  take(
    purpose: string,
    fits: (person: SimulatedPerson) => boolean,
    { state = 'active', insuredTwice = false }: Wanted = {},
  ): SimulatedPerson | undefined {
    const { reserve } = this;
    for (let at = this.cursors.get(purpose) ?? 0; at < reserve.length; at += 1) {
      const person = reserve[at];
      if (person === undefined || this.used.has(person.index) || person.state !== state) continue;
      if ((person.twin !== undefined) !== insuredTwice || !fits(person)) continue;
      this.cursors.set(purpose, at + 1);
      this.used.add(person.index);
      return person;
    }
    this.cursors.set(purpose, reserve.length);
    return undefined;
  }

  /** Marks a person as used, and tells whether it was free. */
  claim(person: SimulatedPerson): boolean {
    if (this.used.has(person.index)) return false;
    this.used.add(person.index);
    return true;
  }

  treatment(person: SimulatedPerson, ailment = 0): Treatment {
    return treatmentOf(this.reference, this.wish.population.seed, person, ailment);
  }

  /** A moment within a part of the window, given as shares of its visits. */
  momentIn(from: number, to: number): Instant {
    return this.wish.hours.at(from + (to - from) * this.random.unit());
  }

  /** Two moments in order, some hours or days apart. */
  twoMoments(): readonly [Instant, Instant] {
    const first = 0.02 + 0.5 * this.random.unit();
    const second = first + 0.12 + 0.3 * this.random.unit();
    return [this.wish.hours.at(first), this.wish.hours.at(second)];
  }

  /** Two moments on one day, hours apart; undefined when the window has no such day. */
  twoMomentsOfOneDay(): readonly [Instant, Instant] | undefined {
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const first = this.momentIn(0, 0.9);
      const second = instant(first + this.random.between(100, 240) * 60_000);
      if (dateOf(first) === dateOf(second) && this.wish.hours.isOpen(second))
        return [first, second];
    }
    return undefined;
  }

  /** A planted visit with its truth; settled unless told otherwise. */
  planted(kind: PlantKind, at: Instant, visit: Visit, told: Told): PlantedVisit {
    const { visitNo, careCity, institutionCode } = visit;
    const wrong = !NEAR_MISSES.some((nearMiss) => nearMiss === kind);
    const { expected = { outcome: 'settled' }, ...rest } = told;
    return {
      at,
      visit,
      truth: { visitNo, careCity, institutionCode, kind, wrong, expected, ...rest },
    };
  }
}

/** A reserved person with one simple disease of one city, fit for errors that screening must stop. */
export const isPlain = (planter: Planter, person: SimulatedPerson): boolean =>
  !PROTECTED.has(planter.treatment(person).regimen.code);

/** Somebody who may be treated in two cities, without a referral that would explain both. */
export const mayGoTwoWays = (person: SimulatedPerson): boolean =>
  person.filings.length > 1 && person.filings.every(({ type }) => type !== 'referral');

/** The same treatment at another institution. */
export function treatedAt(treatment: Treatment, hospital: StaffedInstitution): Treatment {
  const doctor = hospital.doctors[0];
  if (doctor === undefined) throw new RangeError('an institution without doctors');
  return { ...treatment, places: [{ hospital, doctor }] };
}

/** Moves the visit of the second place to the county that was asked for. */
export function inWantedCounty(planter: Planter, treatment: Treatment): Treatment {
  const county = planter.casePlaces?.secondCounty;
  if (county === undefined) return treatment;
  const found = [...planter.reference.places.institutions.values()].find(
    (each) => each.county === county && each.doctors.length > 0 && each.state === 'active',
  );
  return found === undefined ? treatment : treatedAt(treatment, found);
}

/** A copy of a visit under another number, handed in later. */
export function copyOf(visit: Visit, visitNo: string, at: Instant): Visit {
  return {
    ...visit,
    visitNo,
    settledAt: formatInstant(at),
    lines: visit.lines.map((line) => ({ ...line })),
  };
}

/** Turns a line of one pack into the sale of a part of it. */
export function splitPack(
  line: Visit['lines'][number],
  fraction: string,
  supplyDays: number,
): void {
  line.quantity = fraction;
  line.packFraction = fraction;
  line.amountFen = amountOf(line.unitPriceMicroYuan, fraction);
  line.supplyDays = supplyDays;
}

/** The truth of two sales of which the second must raise a suspicion that names the first. */
export const doubt = (rule: StreamRule, first: Visit): NonNullable<Truth['suspicion']> => ({
  rule,
  with: [first.visitNo],
});

/** A drug of a treatment that is dispensed for weeks and sold in packs that anybody may get. */
export function lastingDrug(treatment: Treatment, shortest = 14): FormularyItem | undefined {
  return treatment.drugs.find(
    ({ use, gender }) =>
      gender === undefined &&
      use !== undefined &&
      use.supplyDaysPerPack >= shortest &&
      use.packContent > 2,
  );
}
