import type { Agreement } from '@domain/benefit';
import { type Coverage, enrolmentOn } from '@domain/enrolment';
import { civilDate, dateOf, fenToJson, parseInstant } from '@domain/kernel';
import type { CoverageView } from './records';
import type { RecordedVisit } from './visit';

/**
 * The part of a person's coverage that a decision on this visit may read: the enrolment on the day of settlement,
 * qualifications for diseases that the two cities settle (limits of several may add up), filings to the place of care.
 * It is what the fact keeps, so nothing of the person that the visit does not need is kept with it.
 */
export function coverageViewOf(
  coverage: Coverage,
  visit: RecordedVisit,
  agreement: Agreement | undefined,
): CoverageView {
  const settledAt = parseInstant(visit.settledAt);
  const on = settledAt === undefined ? civilDate(visit.visitedOn) : dateOf(settledAt);
  const enrolment = enrolmentOn(coverage, visit.insuredCity, on);
  return {
    stream: `person/${coverage.personKey}`,
    version: coverage.version,
    asOf: coverage.asOf,
    ...(enrolment === undefined
      ? {}
      : {
          enrolment: {
            insurance: enrolment.insurance,
            personType: enrolment.personType,
            state: enrolment.state,
            from: enrolment.from,
          },
        }),
    qualifications: coverage.qualifications
      .filter(
        (each) =>
          each.insuredCity === visit.insuredCity &&
          agreement?.diseases.has(each.diseaseCode) === true,
      )
      .map(({ diseaseCode, from, until, limitFen }) => ({
        diseaseCode,
        from,
        ...(until === undefined ? {} : { until }),
        ...(limitFen === undefined ? {} : { limitFen: fenToJson(limitFen) }),
      })),
    filings: coverage.filings
      .filter((each) => each.insuredCity === visit.insuredCity && each.careCity === visit.careCity)
      .map(({ id, type, from, until }) => ({
        id,
        type,
        from,
        ...(until === undefined ? {} : { until }),
      })),
  };
}
