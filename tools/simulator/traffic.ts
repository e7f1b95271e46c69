import type { CivilDate, Instant } from '@domain/kernel';
import { OpeningHours } from './calendar';
import { Patients, type Session } from './patients';
import type { Population } from './person';
import { plant, type CasePlaces, type PlantedCase, type PlantedVisit, Planter } from './plants';
import { mix, Random } from './random';
import { type Reference, reference as ownReference } from './reference';
import { NEAR_MISSES, type PlantKind, type SimulatedVisit, WRONG_CLAIMS } from './truth';
import { VisitMaker } from './visit-maker';

export interface TrafficWish {
  readonly seed: number;
  readonly visits: number;
  readonly population: Population;
  readonly from: CivilDate;
  readonly days: number;
  /** Ends of the window within its days: for live use, 70 hours ago and now. */
  readonly notBefore?: Instant;
  readonly until?: Instant;
  /** Share of the visits that are planted, 0 (the default) to 0.3; fewer where the reserve of persons runs out. */
  readonly plantedRate?: number;
  /** Which cases are planted, in turn; all when absent. */
  readonly plants?: readonly PlantKind[];
  /** Whether people with two filings use both; true when absent. False where other runs may use the same persons. */
  readonly secondCities?: boolean;
  /** Tells numbers of this run from those of others; the seed when absent. */
  readonly runTag?: number;
  readonly reference?: Reference;
}

/**
 * Exactly `visits` visits in the order of `settledAt`, the same for the same wish. Ordinary visits settle and raise no
 * suspicion; planted ones carry their truth. A person is supplied again when the last supply ends, otherwise only examined:
 * so `visits` well above the number of persons gives mostly examinations. Throws a RangeError when nothing is open.
 */
export function* generateVisits(wish: TrafficWish): Generator<SimulatedVisit, void, undefined> {
  const { reference = ownReference() } = wish;
  const hours = new OpeningHours(wish);
  const random = new Random(mix(wish.seed), 3);
  const maker = new VisitMaker(random, reference, wish.runTag ?? wish.seed);
  const planted = plantCases(wish, { random, reference, maker, hours });
  const patients = new Patients(wish, reference, random);
  const sessions = patients.dialysisSessions(hours, wish.visits - planted.length);
  const ordinary = wish.visits - planted.length - sessions.length;
  const appointments = [...planted, ...sessions].sort((one, other) => one.at - other.at);
  let next = 0;
  for (let done = 0; done < ordinary; done += 1) {
    const at = hours.at((done + random.unit()) / ordinary);
    for (
      let due = appointments[next];
      due !== undefined && due.at <= at;
      due = appointments[next]
    ) {
      next += 1;
      yield visitOf(due, maker);
    }
    yield { visit: patients.ordinaryVisit(maker, at) };
  }
  for (const due of appointments.slice(next)) yield visitOf(due, maker);
}

function visitOf(due: PlantedVisit | Session, maker: VisitMaker): SimulatedVisit {
  if ('visit' in due) return { visit: due.visit, truth: due.truth };
  const { treatment, at } = due;
  return { visit: maker.hospitalVisit({ treatment, at, place: 0, dispense: true }) };
}

type Makings = Pick<
  ConstructorParameters<typeof Planter>[0],
  'random' | 'reference' | 'maker' | 'hours'
>;

/** Planted visits in the order of time. */
function plantCases(wish: TrafficWish, makings: Makings): readonly PlantedVisit[] {
  const { plantedRate = 0, plants = [...WRONG_CLAIMS, ...NEAR_MISSES], population } = wish;
  const wanted = Math.round(wish.visits * plantedRate);
  const planter = new Planter({ ...makings, population });
  const visits: PlantedVisit[] = [];
  let misses = 0;
  for (let turn = 0; visits.length < wanted && misses < plants.length; turn += 1) {
    const kind = plants[turn % plants.length];
    const made = kind === undefined ? undefined : plant(kind, planter);
    const fits = made !== undefined && visits.length + made.length <= wish.visits;
    misses = fits ? 0 : misses + 1;
    if (fits) visits.push(...made);
  }
  return visits.sort((one, other) => one.at - other.at);
}

export interface SingleCaseWish extends Omit<TrafficWish, 'visits' | 'plantedRate' | 'plants'> {
  readonly kind: PlantKind;
  readonly places?: CasePlaces;
  /** How many cases of other persons to leave out first. */
  readonly skip?: number;
}

/** One planted case of a kind, where asked at certain places; undefined when nobody of the population fits. */
export function plantedCase(wish: SingleCaseWish): PlantedCase | undefined {
  const { reference = ownReference(), population, places, kind, skip = 0 } = wish;
  const random = new Random(mix(wish.seed), 4);
  const planter = new Planter({
    random,
    reference,
    maker: new VisitMaker(random, reference, wish.runTag ?? wish.seed),
    hours: new OpeningHours(wish),
    population,
    ...(places === undefined ? {} : { places }),
  });
  let made: PlantedCase | undefined;
  for (let turn = 0; turn <= skip; turn += 1) made = plant(kind, planter) ?? made;
  return made;
}
