import { type Coverage, enrolmentOn } from '@domain/enrolment';
import { parseCivilDate } from '@domain/kernel';
import type { Subject } from '@domain/screening';

/** What screening needs of a person and place, from the read models. Empty where nothing is known. */
export function subjectOf(
  coverage: Coverage | undefined,
  insuredCity: string,
  visitedOn: string,
  institutionLevel: number | undefined,
): Subject {
  const day = parseCivilDate(visitedOn);
  const enrolment =
    coverage === undefined || day === undefined
      ? undefined
      : enrolmentOn(coverage, insuredCity, day);
  return {
    ...(coverage === undefined ? {} : { gender: coverage.gender, birthDate: coverage.birthDate }),
    ...(enrolment === undefined ? {} : { insurance: enrolment.insurance }),
    ...(institutionLevel === undefined ? {} : { institutionLevel }),
  };
}
