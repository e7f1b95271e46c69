import { addDays, civilDate, type CityCode, type CivilDate, fenFromJson } from '@domain/kernel';
import type { Coverage, Enrolment, Filing, Qualification } from './coverage';
import type { EnrolmentChanged, EnrolmentFact, FilingMade, QualificationGranted } from './facts';

/** Where a fact stands in the person's stream, and when it was recorded (RFC 3339). */
export interface FactPlace {
  readonly version: number;
  readonly recordedAt: string;
}

/**
 * Folds one fact of a person's stream into the coverage, the same in every service. Facts come in the order of their
 * versions, the first being `EnrolmentChanged`; one whose version is not above that of the coverage changes nothing, so that
 * a repeat has no second effect.
 *
 * Periods of one city: a statement replaces the enrolment beginning the same day, and closes what it overlaps from its own
 * beginning on. What began earlier ends the day before and does not revive; what begins later keeps only the days after
 * the end of the statement, none if that is open. So no day of a city has two enrolments.
 *
 * Throws a RangeError for a stream that does not begin with an enrolment, for an end of something never granted, and for a
 * day that does not exist: no service writes these, and a reader must not guess.
 */
export function evolveCoverage(
  coverage: Coverage | undefined,
  fact: EnrolmentFact,
  { version, recordedAt }: FactPlace,
): Coverage {
  if (coverage !== undefined && version <= coverage.version) return coverage;
  if (fact.type === 'EnrolmentChanged.v1') {
    const { personKey, gender, birthDate } = fact.result;
    return {
      personKey,
      version,
      asOf: recordedAt,
      gender,
      birthDate: civilDate(birthDate),
      enrolments: stateEnrolment(coverage?.enrolments ?? [], enrolmentOf(fact.result)),
      qualifications: coverage?.qualifications ?? [],
      filings: coverage?.filings ?? [],
    };
  }
  if (coverage === undefined) throw new RangeError('a person begins with an enrolment');
  return { ...coverage, ...changeOf(coverage, fact), version, asOf: recordedAt };
}

type LaterFact = Exclude<EnrolmentFact, { readonly type: 'EnrolmentChanged.v1' }>;

function changeOf(coverage: Coverage, fact: LaterFact): Partial<Coverage> {
  const { qualifications, filings } = coverage;
  switch (fact.type) {
    case 'QualificationGranted.v1':
      return { qualifications: put(qualifications, qualificationOf(fact.result)) };
    case 'QualificationEnded.v1': {
      const { qualificationId, until } = fact.result;
      return { qualifications: end(qualifications, qualificationId, civilDate(until)) };
    }
    case 'FilingMade.v1':
      return { filings: put(replaced(filings, fact.result), filingOf(fact.result)) };
    case 'FilingCancelled.v1': {
      const { filingId, until } = fact.result;
      return { filings: end(filings, filingId, civilDate(until), { closed: 'cancelled' }) };
    }
    case 'ContributionPosted.v1':
      // What was paid is no part of what a visit is decided by; only the stream moves on.
      return {};
  }
}

function stateEnrolment(known: readonly Enrolment[], stated: Enrolment): readonly Enrolment[] {
  const kept = known.flatMap((enrolment) =>
    enrolment.insuredCity === stated.insuredCity ? beside(enrolment, stated) : [enrolment],
  );
  return [...kept, stated].sort(byCityAndBeginning);
}

/** What is left of an enrolment of the same city once another is stated: itself, a shorter one, or nothing. */
function beside(enrolment: Enrolment, stated: Enrolment): readonly Enrolment[] {
  if (enrolment.from === stated.from) return [];
  if (enrolment.from < stated.from) {
    const open = enrolment.until === undefined || enrolment.until >= stated.from;
    return [open ? { ...enrolment, until: addDays(stated.from, -1) } : enrolment];
  }
  if (stated.until === undefined) return [];
  if (enrolment.from > stated.until) return [enrolment];
  const outlasts = enrolment.until === undefined || enrolment.until > stated.until;
  return outlasts ? [{ ...enrolment, from: addDays(stated.until, 1) }] : [];
}

function byCityAndBeginning(a: Enrolment, b: Enrolment): number {
  if (a.insuredCity !== b.insuredCity) return a.insuredCity < b.insuredCity ? -1 : 1;
  return a.from < b.from ? -1 : 1;
}

interface Ending {
  readonly id: string;
  readonly until?: CivilDate;
}

const put = <T extends Ending>(known: readonly T[], item: T): readonly T[] => [
  ...known.filter(({ id }) => id !== item.id),
  item,
];

function end<T extends Ending>(
  known: readonly T[],
  id: string,
  until: CivilDate,
  mark?: Partial<T>,
): readonly T[] {
  if (!known.some((item) => item.id === id)) {
    throw new RangeError('what was never granted cannot end');
  }
  return known.map((item) => (item.id === id ? { ...item, ...mark, until } : item));
}

function replaced(filings: readonly Filing[], made: FilingMade): readonly Filing[] {
  const last = addDays(civilDate(made.from), -1);
  let left = filings;
  for (const id of made.supersedes ?? []) left = end(left, id, last, { closed: 'superseded' });
  return left;
}

// Codes and days were checked by the service that wrote the fact; a day is checked again because the calendar is cheap.
const city = (text: string): CityCode => text as CityCode;
const until = (text: string | undefined): { readonly until?: CivilDate } =>
  text === undefined ? {} : { until: civilDate(text) };

function enrolmentOf(result: EnrolmentChanged): Enrolment {
  const { insurance, personType, state, assistanceClass, civilServant, county } = result;
  return {
    insuredCity: city(result.insuredCity),
    insurance,
    personType,
    state,
    from: civilDate(result.from),
    ...until(result.until),
    ...(assistanceClass === undefined ? {} : { assistanceClass }),
    ...(civilServant === undefined ? {} : { civilServant }),
    ...(county === undefined ? {} : { county }),
  };
}

function qualificationOf(result: QualificationGranted): Qualification {
  const { qualificationId: id, insuredCity, diseaseCode, from, limitFen } = result;
  return {
    id,
    insuredCity: city(insuredCity),
    diseaseCode,
    from: civilDate(from),
    ...until(result.until),
    ...(limitFen === undefined ? {} : { limitFen: fenFromJson(limitFen) }),
  };
}

function filingOf(result: FilingMade): Filing {
  const { filingId: id, insuredCity, careCity, type, from, referringInstitutionCode } = result;
  return {
    id,
    insuredCity: city(insuredCity),
    careCity: city(careCity),
    type,
    from: civilDate(from),
    ...until(result.until),
    ...(referringInstitutionCode === undefined ? {} : { referringInstitutionCode }),
  };
}
