import { addDays, type CityCode, civilDate, type CivilDate, fenFromJson } from '@domain/kernel';
import type { Coverage, Enrolment, Filing, Qualification } from './coverage';
import type { EnrolmentChanged, EnrolmentFact, FilingMade, QualificationGranted } from './facts';

/** Where a fact stands in its stream, and when it was recorded (RFC 3339). */
export interface FactMeta {
  readonly version: number;
  readonly recordedAt: string;
}

/**
 * Folds one fact into a person's coverage; the one fold that all services share. A fact already folded (its version is not
 * newer) changes nothing. Throws a RangeError when a stream begins with anything but an enrolment.
 */
export function evolveCoverage(
  coverage: Coverage | undefined,
  fact: EnrolmentFact,
  { version, recordedAt }: FactMeta,
): Coverage {
  if (coverage !== undefined && version <= coverage.version) return coverage;
  const before = coverage ?? firstCoverage(fact);
  return { ...before, ...changesOf(before, fact), version, asOf: recordedAt };
}

function firstCoverage(fact: EnrolmentFact): Coverage {
  if (fact.type !== 'EnrolmentChanged.v1') {
    throw new RangeError(`a person's stream cannot begin with ${fact.type}`);
  }
  const { personKey, gender, birthDate } = fact.result;
  const nothing = { enrolments: [], qualifications: [], filings: [], version: 0, asOf: '' };
  return { personKey, gender, birthDate: civilDate(birthDate), ...nothing };
}

function changesOf(before: Coverage, fact: EnrolmentFact): Partial<Coverage> {
  switch (fact.type) {
    case 'EnrolmentChanged.v1': {
      const { gender, birthDate } = fact.result;
      const enrolments = withEnrolment(before.enrolments, enrolmentOf(fact.result));
      return { gender, birthDate: civilDate(birthDate), enrolments };
    }
    case 'QualificationGranted.v1':
      return { qualifications: withId(before.qualifications, qualificationOf(fact.result)) };
    case 'QualificationEnded.v1':
      return {
        qualifications: ended(
          before.qualifications,
          fact.result.qualificationId,
          fact.result.until,
        ),
      };
    case 'FilingMade.v1':
      return { filings: withId(before.filings, filingOf(fact.result)) };
    case 'FilingCancelled.v1':
      return { filings: ended(before.filings, fact.result.filingId, fact.result.until) };
    case 'ContributionPosted.v1':
      return {};
  }
}

/**
 * From its first day on the new enrolment holds at its city: an earlier one that reaches into it ends the day before, one
 * that began the same day or later is replaced.
 */
function withEnrolment(enrolments: readonly Enrolment[], next: Enrolment): readonly Enrolment[] {
  const kept = enrolments.flatMap((each) => {
    if (each.insuredCity !== next.insuredCity) return [each];
    if (each.from >= next.from) return [];
    const reaches = each.until === undefined || each.until >= next.from;
    return [reaches ? { ...each, until: addDays(next.from, -1) } : each];
  });
  return [...kept, next];
}

const withId = <Item extends { readonly id: string }>(
  items: readonly Item[],
  item: Item,
): readonly Item[] => [...items.filter(({ id }) => id !== item.id), item];

/** Ended before it began means it never held. */
function ended<Item extends { readonly id: string; readonly from: CivilDate }>(
  items: readonly Item[],
  id: string,
  until: string,
): readonly Item[] {
  return items.flatMap((item) => {
    if (item.id !== id) return [item];
    return until < item.from ? [] : [{ ...item, until: civilDate(until) }];
  });
}

function enrolmentOf(fact: EnrolmentChanged): Enrolment {
  const { insurance, personType, state, assistanceClass, civilServant, county } = fact;
  return {
    insuredCity: fact.insuredCity as CityCode,
    insurance,
    personType,
    state,
    ...periodOf(fact),
    ...(assistanceClass === undefined ? {} : { assistanceClass }),
    ...(civilServant === undefined ? {} : { civilServant }),
    ...(county === undefined ? {} : { county }),
  };
}

const qualificationOf = (fact: QualificationGranted): Qualification => ({
  id: fact.qualificationId,
  insuredCity: fact.insuredCity as CityCode,
  diseaseCode: fact.diseaseCode,
  ...periodOf(fact),
  ...(fact.limitFen === undefined ? {} : { limitFen: fenFromJson(fact.limitFen) }),
});

const filingOf = (fact: FilingMade): Filing => ({
  id: fact.filingId,
  insuredCity: fact.insuredCity as CityCode,
  careCity: fact.careCity as CityCode,
  type: fact.type,
  ...periodOf(fact),
  ...(fact.referringInstitutionCode === undefined
    ? {}
    : { referringInstitutionCode: fact.referringInstitutionCode }),
});

const periodOf = ({ from, until }: { readonly from: string; readonly until?: string }) => ({
  from: civilDate(from),
  ...(until === undefined ? {} : { until: civilDate(until) }),
});
