import type { FilingType, Gender, Insurance, PersonType } from '@domain/enrolment';
import { ageOn, addDays, type CivilDate, civilDate } from '@domain/kernel';
import { Certificates, nameOf } from './identity';
import type {
  Ailment,
  Population,
  SimulatedFiling,
  SimulatedPerson,
  SimulatedQualification,
} from './person';
import type { Flow } from './places';
import { mix, Random } from './random';
import { type Reference, reference as ownReference } from './reference';

export interface PopulationWish {
  readonly seed: number;
  readonly persons: number;
  /** The day on which filings of limited time must hold; they hold for the rest of its half-year too. */
  readonly on?: CivilDate;
  readonly reference?: Reference;
}

/** Every eighth person is kept for planted cases. */
const RESERVED_EVERY = 8;
/** Every two hundredth is the enrolment of the person before in the other province. */
const TWIN_EVERY = 200;
const FIRST_TWIN = TWIN_EVERY - 2;
const AGES_AS_OF = civilDate('2026-01-01');
const DEFAULT_DAY = civilDate('2026-03-02');

/**
 * People insured in one of the ten cities and treated in another of the other province: `persons` enrolments, the
 * same for the same seed and half-year. Flows follow `data/reference/flow_matrix.csv`, diseases and ages
 * `data/formulary/regimens.json`. Nobody real is described.
 */
export function generatePopulation(wish: PopulationWish): Population {
  const { seed, on = DEFAULT_DAY, reference = ownReference() } = wish;
  const town = new Town(seed, halfYearOf(on), reference);
  const persons: SimulatedPerson[] = [];
  for (let index = 0; index < wish.persons; index += 1) {
    const before = persons[index - 1];
    const isTwin = index % TWIN_EVERY === TWIN_EVERY - 1 && before !== undefined;
    persons.push(isTwin ? town.twinOf(before, index) : town.person(index, wish.persons));
  }
  return { seed, on, persons };
}

/** First day of the half-year of a day. */
const halfYearOf = (on: CivilDate): CivilDate =>
  civilDate(`${on.slice(0, 4)}-${on.slice(5, 7) < '07' ? '01' : '07'}-01`);

/** What to add to which disease where somebody has two: by code, in order of frequency. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  M03900: ['M01600', 'M04600'],
  M01600: ['M03900', 'M04600'],
  M04600: ['M03900', 'M01600'],
  M05300: ['M03900'],
  M06900: ['M03900'],
};

/** Diseases with a qualification but outside the agreements of the ten cities. */
const OUTSIDE = ['M05400', 'M02300', 'M06700'] as const;

class Town {
  private readonly random: Random;
  private readonly certificates = new Certificates();
  private readonly tag: string;

  constructor(
    seed: number,
    private readonly halfYear: CivilDate,
    private readonly reference: Reference,
  ) {
    this.random = new Random(seed, 1);
    this.tag = String(mix(seed) % 10_000).padStart(4, '0');
  }

  person(index: number, persons: number): SimulatedPerson {
    const { random } = this;
    const twinned = isTwinned(index, persons);
    const reserved = twinned || index % RESERVED_EVERY === RESERVED_EVERY - 1;
    const flow = index === FIRST_TWIN ? this.firstTwinFlow() : this.anyFlow();
    const { ailments, gender, birthDate } = this.patient(twinned);
    const insurance: Insurance = random.chance(38) ? 'employee' : 'resident';
    const second = reserved ? 60 : 7;
    const both = this.withCompanion(ailments, gender, birthDate, companionChance(flow, insurance));
    return {
      index,
      ...this.numbers(index, flow.insuredCity),
      certificateType: '01',
      certificateNo: this.certificates.next(flow.insuredCity, birthDate, gender),
      name: nameOf(random, gender),
      gender,
      birthDate,
      insurance,
      personType: personTypeOf(insurance, gender, birthDate),
      state: reserved && random.chance(4) && !twinned ? 'paused' : 'active',
      from: this.monthBetween(2018, 2024),
      qualifications: this.qualifications(both, reserved),
      filings: twinned
        ? [{ careCity: flow.careCity, type: 'longTermResident', from: this.longAgo() }]
        : this.filings(flow, insurance, birthDate, random.chance(second)),
      ailments: both,
      reserved,
      ...(twinned ? { twin: index + 1 } : {}),
    };
  }

  private anyFlow(): Flow {
    return this.random.weighted(this.reference.places.flows, (each) => each.weight);
  }

  /** The first of those insured twice lives on the border between 萍乡 and 浏阳: a case to show. */
  private firstTwinFlow(): Flow {
    const found = this.reference.places.flows.find(
      ({ insuredCity, careCity }) => insuredCity === '360300' && careCity === '430100',
    );
    return found ?? this.anyFlow();
  }

  /** The same person, insured a second time in the city where the first enrolment sends them. */
  twinOf(person: SimulatedPerson, index: number): SimulatedPerson {
    const insuredCity = person.filings[0]?.careCity ?? person.insuredCity;
    const insurance: Insurance = person.insurance === 'employee' ? 'resident' : 'employee';
    return {
      ...person,
      index,
      ...this.numbers(index, insuredCity),
      insurance,
      personType: personTypeOf(insurance, person.gender, person.birthDate),
      from: this.monthBetween(2024, 2025),
      filings: [{ careCity: person.insuredCity, type: 'longTermResident', from: this.longAgo() }],
      twin: index - 1,
    };
  }

  /** A number at the insured city, and the county there. */
  private numbers(index: number, insuredCity: string) {
    const counties = this.reference.places.countiesOf(insuredCity);
    const personNo = `${insuredCity}${this.tag}${String(index).padStart(8, '0')}`;
    return { insuredCity, county: this.random.pick(counties), personNo };
  }

  /** Somebody with a disease: gender and age come with how it is treated. Twins have diabetes on insulin. */
  private patient(twinned: boolean) {
    const { random, reference } = this;
    const disease = twinned
      ? this.diseaseAt('M01600')
      : reference.regimens.indexOf(random.weighted(reference.regimens, (each) => each.personShare));
    const { variants } = this.regimen(disease);
    const variant = twinned
      ? variants.findIndex((each) => each.id === 'insulin')
      : variants.indexOf(random.weighted(variants, (each) => each.share));
    const chosen = variants[variant];
    if (chosen === undefined) throw new Error('a disease without treatment');
    const gender: Gender = chosen.gender ?? (random.chance(52) ? 'male' : 'female');
    const [youngest, oldest] = chosen.ages;
    const years = youngest + (oldest - youngest) * (0.5 * random.unit() + 0.5 * random.unit());
    const birthDate = addDays(AGES_AS_OF, -Math.floor(years * 365.25));
    return { ailments: [{ disease, variant }], gender, birthDate };
  }

  private withCompanion(
    ailments: readonly Ailment[],
    gender: Gender,
    birthDate: CivilDate,
    percent: number,
  ): readonly Ailment[] {
    const { random } = this;
    const first = ailments[0];
    const codes = first === undefined ? undefined : COMPANIONS[this.regimen(first.disease).code];
    if (codes === undefined || !random.chance(percent)) return ailments;
    const disease = this.diseaseAt(random.chance(65) ? (codes[0] ?? '') : random.pick(codes));
    const age = ageOn(birthDate, AGES_AS_OF);
    const fitting = this.regimen(disease).variants.filter(
      ({ ages, gender: only }) =>
        ages[0] <= age && age <= ages[1] && (only === undefined || only === gender),
    );
    if (fitting.length === 0) return ailments;
    const chosen = random.weighted(fitting, (each) => each.share);
    return [...ailments, { disease, variant: this.regimen(disease).variants.indexOf(chosen) }];
  }

  private qualifications(
    ailments: readonly Ailment[],
    reserved: boolean,
  ): readonly SimulatedQualification[] {
    const codes = ailments.map(({ disease }) => this.regimen(disease).code);
    if (reserved && this.random.chance(12)) codes.push(this.random.pick(OUTSIDE));
    return codes.map((diseaseCode) => ({ diseaseCode, from: this.monthBetween(2023, 2025) }));
  }

  private filings(
    flow: Flow,
    insurance: Insurance,
    birthDate: CivilDate,
    second: boolean,
  ): readonly SimulatedFiling[] {
    const first = this.filing(flow, insurance, birthDate);
    const others = this.reference.places.flows.filter(
      ({ insuredCity, careCity }) => insuredCity === flow.insuredCity && careCity !== flow.careCity,
    );
    if (!second) return [first];
    const other = this.random.weighted(others, (each) => each.weight);
    return [first, this.filing(other, insurance, birthDate)];
  }

  private filing(flow: Flow, insurance: Insurance, birthDate: CivilDate): SimulatedFiling {
    const { random } = this;
    const { careCity, insuredCity } = flow;
    const draw = random.below(100);
    if (draw < 68) {
      const retired = ageOn(birthDate, AGES_AS_OF) >= 60;
      const type: FilingType =
        insurance === 'employee'
          ? retired
            ? 'resettledRetiree'
            : 'stationedWorker'
          : 'longTermResident';
      return { careCity, type, from: this.longAgo() };
    }
    const from = addDays(this.halfYear, -random.between(0, 30));
    const until = addDays(from, 364);
    if (draw >= 88) return { careCity, type: 'other', from, until };
    const county = random.pick(this.reference.places.countiesOf(insuredCity));
    return { careCity, type: 'referral', from, until, referringInstitutionCode: `H${county}00001` };
  }

  private longAgo(): CivilDate {
    return this.monthBetween(2022, 2025);
  }

  private monthBetween(firstYear: number, lastYear: number): CivilDate {
    const year = this.random.between(firstYear, lastYear);
    return civilDate(`${year}-${String(this.random.between(1, 12)).padStart(2, '0')}-01`);
  }

  private regimen(disease: number) {
    const found = this.reference.regimens[disease];
    if (found === undefined) throw new RangeError('no such disease');
    return found;
  }

  private diseaseAt(code: string): number {
    return this.reference.regimens.findIndex((each) => each.code === code);
  }
}

/** Hunan's residents settle one disease; a second is rare (domain-rules §4.5). */
const companionChance = (flow: Flow, insurance: Insurance): number =>
  flow.insuredCity.startsWith('43') && insurance === 'resident' ? 3 : 24;

const isTwinned = (index: number, persons: number): boolean =>
  index % TWIN_EVERY === TWIN_EVERY - 2 && index + 1 < persons;

function personTypeOf(insurance: Insurance, gender: Gender, birthDate: CivilDate): PersonType {
  if (insurance === 'resident') return 'resident';
  return ageOn(birthDate, AGES_AS_OF) >= (gender === 'male' ? 60 : 55) ? 'retired' : 'inService';
}
