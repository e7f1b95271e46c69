import { dateOf, dayNumber, type Instant, instant, startOfDay } from '@domain/kernel';
import type { Visit } from '@lib/contracts';
import { type OpeningHours, weekdayOf } from './calendar';
import type { Population } from './person';
import type { Random } from './random';
import type { Reference } from './reference';
import { type Treatment, treatmentOf } from './treatment';
import type { VisitMaker } from './visit-maker';

/** Long prescriptions (domain-rules §7.7) among refills, of a hundred. */
const LONG_PRESCRIPTIONS = 10;
/** Refills bought at a mutual pharmacy on a prescription, of a hundred, for the diseases where that is usual. */
const AT_PHARMACIES = 9;
const PHARMACY_DISEASES = new Set(['M03900', 'M01600', 'M04600', 'M05300']);
const SECOND_CITY = 30;

export interface PatientsWish {
  readonly population: Population;
  /** Whether people with two filings use both; true when absent. */
  readonly secondCities?: boolean;
}

interface Slot {
  readonly person: number;
  readonly ailment: number;
  treatment?: Treatment;
  /** Day number from which drugs are due again. */
  due: number;
  lastDay: number;
}

/** A dialysis session as the timetable has it. */
export interface Session {
  readonly at: Instant;
  readonly treatment: Treatment;
}

/** Weekdays (0 = Sunday) on which a dialysis patient comes: mostly three times a week, some twice. */
const TIMETABLES = [
  [1, 3, 5],
  [2, 4, 6],
  [1, 3, 5],
  [2, 4, 6],
  [1, 4],
  [2, 5],
] as const;
const SHIFTS = [11.2, 15.4, 19.3] as const;

/** The people of ordinary traffic, by disease. */
export class Patients {
  private readonly rings: readonly Ring[];
  private readonly open: readonly Ring[];

  constructor(
    private readonly wish: PatientsWish,
    private readonly reference: Reference,
    private readonly random: Random,
  ) {
    this.rings = reference.regimens.map(
      (regimen) => new Ring(regimen.visitShare, regimen.kind === 'dialysis'),
    );
    for (const person of wish.population.persons) {
      if (person.reserved || person.state !== 'active') continue;
      person.ailments.forEach(({ disease }, ailment) => {
        const slot = { person: person.index, ailment, due: 0, lastDay: 0 };
        this.rings[disease]?.slots.push(slot);
      });
    }
    for (const ring of this.rings) ring.shuffle(random);
    this.open = this.rings.filter(({ dialysis, slots }) => !dialysis && slots.length > 0);
    if (this.open.length === 0) throw new RangeError('nobody of the population is ill');
  }

  /** Sessions of as many dialysis patients as the mix asks for, in the order of time. */
  dialysisSessions(hours: OpeningHours, visits: number): readonly Session[] {
    const sessions: Session[] = [];
    for (const ring of this.rings) {
      if (!ring.dialysis) continue;
      const wanted = sessions.length + Math.round((visits * ring.share) / 10_000);
      for (const slot of ring.slots) {
        if (sessions.length >= wanted) break;
        this.addSessions(sessions, slot, hours);
      }
    }
    return sessions.sort((one, other) => one.at - other.at).slice(0, visits);
  }

  /** A visit of somebody whose supply has ended, else an examination. */
  ordinaryVisit(maker: VisitMaker, at: Instant): Visit {
    const ring = this.random.weighted(this.open, ({ share }) => share);
    const today = dayNumber(dateOf(at));
    const slot = ring.next(today);
    slot.lastDay = today;
    const treatment = this.treatment(slot);
    const dispense = slot.due <= today;
    const place = this.placeOf(treatment);
    if (!dispense) return maker.hospitalVisit({ treatment, at, place, dispense });
    const long = treatment.regimen.kind === 'monthly' && this.random.chance(LONG_PRESCRIPTIONS);
    const wish = { treatment, at, place, dispense, courses: long ? 2 : 1 };
    const visit = this.atPharmacy(maker, wish) ?? maker.hospitalVisit(wish);
    slot.due = today + visit.lines.reduce((days, line) => Math.max(days, line.supplyDays ?? 0), 1);
    return visit;
  }

  private atPharmacy(
    maker: VisitMaker,
    wish: Parameters<VisitMaker['pharmacyVisit']>[0],
  ): Visit | undefined {
    const { treatment, place } = wish;
    const { regimen, places, drugs } = treatment;
    if (!PHARMACY_DISEASES.has(regimen.code) || drugs.length < 2) return undefined;
    if (!this.random.chance(AT_PHARMACIES)) return undefined;
    const county = places[place]?.hospital.county ?? '';
    const pharmacy = this.reference.places.mutualPharmacy(this.random, county);
    return pharmacy === undefined ? undefined : maker.pharmacyVisit(wish, pharmacy.institutionCode);
  }

  private placeOf({ places }: Treatment): number {
    const both = places.length > 1 && this.wish.secondCities !== false;
    return both && this.random.chance(SECOND_CITY) ? 1 : 0;
  }

  private treatment(slot: Slot): Treatment {
    if (slot.treatment !== undefined) return slot.treatment;
    const { persons, seed } = this.wish.population;
    const person = persons[slot.person];
    if (person === undefined) throw new RangeError('no such person');
    slot.treatment = treatmentOf(this.reference, seed, person, slot.ailment);
    return slot.treatment;
  }

  private addSessions(sessions: Session[], slot: Slot, hours: OpeningHours): void {
    const days: readonly number[] = this.random.pick(TIMETABLES);
    const shift = this.random.pick(SHIFTS);
    for (const date of hours.dates) {
      if (!days.includes(weekdayOf(date))) continue;
      const minutes = Math.floor(shift * 60 + 35 * this.random.unit());
      const at = instant(startOfDay(date) + minutes * 60_000 + this.random.below(60) * 1000);
      if (hours.isOpen(at)) sessions.push({ at, treatment: this.treatment(slot) });
    }
  }
}

/** The patients of one disease, who come in turn. */
class Ring {
  slots: Slot[] = [];
  private at = 0;

  constructor(
    readonly share: number,
    readonly dialysis: boolean,
  ) {}

  shuffle(random: Random): void {
    this.slots = random.shuffled(this.slots);
  }

  /** The next patient whose drugs are due; after some tries, one who has at least not been here today. */
  next(today: number): Slot {
    let spare: Slot | undefined;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const slot = this.turn();
      if (slot.due <= today) return slot;
      if (slot.lastDay !== today) spare ??= slot;
    }
    return spare ?? this.turn();
  }

  private turn(): Slot {
    const slot = this.slots[this.at];
    this.at = this.at + 1 < this.slots.length ? this.at + 1 : 0;
    if (slot === undefined) throw new RangeError('nobody has this disease');
    return slot;
  }
}
