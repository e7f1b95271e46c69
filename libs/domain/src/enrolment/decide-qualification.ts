import { addDays, civilDate, type CivilDate, type Refusal } from '@domain/kernel';
import type { DecisionInputs, EndQualification, GrantQualification } from './commands';
import type { Coverage } from './coverage';
import { dayOfDecision, periodOf } from './decide-enrolment';
import type { QualificationEnded, QualificationGranted } from './facts';
import { overlaps } from './periods';
import { refuseEnrolment } from './refusals';

export interface GrantInputs extends DecisionInputs {
  readonly qualificationId: string;
  /** Whether the code is one of the national list of chronic diseases that the platform knows. */
  readonly diseaseKnown: boolean;
}

/**
 * Grants a chronic-disease qualification (门诊慢特病资格). Refuses `enrolment.person-unknown` where this city never insured the
 * person, `.disease-unknown`, `.period-invalid`, and `.overlap` with a qualification of the same city and disease.
 */
export function decideGrant(
  coverage: Coverage | undefined,
  command: GrantQualification,
  inputs: GrantInputs,
): QualificationGranted | Refusal {
  const { insuredCity, diseaseCode, from, until, limitFen } = command;
  if (!isInsuredBy(coverage, insuredCity)) return refuseEnrolment('enrolment.person-unknown');
  if (!inputs.diseaseKnown) {
    return refuseEnrolment('enrolment.disease-unknown', { field: 'diseaseCode' });
  }
  if (until !== undefined && until < from) {
    return refuseEnrolment('enrolment.period-invalid', { field: 'until' });
  }
  const other = coverage.qualifications.find(
    (known) =>
      known.insuredCity === insuredCity &&
      known.diseaseCode === diseaseCode &&
      overlaps(known, periodOf(command)),
  );
  if (other !== undefined) {
    return refuseEnrolment('enrolment.overlap', { field: 'from', qualificationId: other.id });
  }
  return {
    personKey: inputs.personKey,
    qualificationId: inputs.qualificationId,
    insuredCity,
    diseaseCode,
    from,
    ...(until === undefined ? {} : { until }),
    ...(limitFen === undefined ? {} : { limitFen }),
  };
}

/** Whether a city has ever insured the person, in whatever state. */
export function isInsuredBy(
  coverage: Coverage | undefined,
  insuredCity: string,
): coverage is Coverage {
  return coverage?.enrolments.some((known) => known.insuredCity === insuredCity) ?? false;
}

/**
 * Ends a qualification; without a day it holds no longer from today on. A day before its beginning means it never held.
 * Refuses `enrolment.qualification.not-found`, `.already-ended`, and `.period-invalid` for a day after its end.
 */
export function decideEnd(
  coverage: Coverage | undefined,
  command: EndQualification,
  inputs: DecisionInputs,
): QualificationEnded | Refusal {
  const { qualificationId } = command;
  const known = coverage?.qualifications.find(({ id }) => id === qualificationId);
  if (known === undefined) return refuseEnrolment('enrolment.qualification.not-found');
  const until = lastDay(known, command, inputs);
  if (typeof until !== 'string') return until;
  return { personKey: inputs.personKey, qualificationId, insuredCity: known.insuredCity, until };
}

/** The last day of something that is ended: the one asked for, or yesterday; not before the eve of its beginning. */
export function lastDay(
  known: { readonly from: CivilDate; readonly until?: CivilDate },
  asked: { readonly until?: string },
  inputs: DecisionInputs,
): CivilDate | Refusal {
  const eve = addDays(known.from, -1);
  const wanted =
    asked.until === undefined ? addDays(dayOfDecision(inputs), -1) : civilDate(asked.until);
  const until = wanted < eve ? eve : wanted;
  if (known.until === undefined || until < known.until) return until;
  const given = asked.until !== undefined && until > known.until;
  return given
    ? refuseEnrolment('enrolment.period-invalid', { field: 'until', currentUntil: known.until })
    : refuseEnrolment('enrolment.already-ended', { currentUntil: known.until });
}
