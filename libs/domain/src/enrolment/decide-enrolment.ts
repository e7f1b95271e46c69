import { addDays, type CivilDate, civilDate, type Refusal } from '@domain/kernel';
import type { DecisionInputs, RegisterEnrolment } from './commands';
import type { Coverage } from './coverage';
import type { EnrolmentChanged } from './facts';
import { overlaps } from './periods';
import { refuseEnrolment } from './refusals';

export interface RegisterInputs extends DecisionInputs {
  /** Whose the number already is at this city, when it is anyone's. */
  readonly numberOwner?: string;
  readonly lookaheadDays: number;
}

/** The day on which a decision is made, from its moment in China Standard Time. */
export const dayOfDecision = ({ decidedAt }: Pick<DecisionInputs, 'decidedAt'>): CivilDate =>
  civilDate(decidedAt.slice(0, 10));

/**
 * Registers a person at a city or changes an enrolment: the city's statement about the days from `from` on (see
 * `evolveCoverage`). Refuses `enrolment.person-no-taken`, `.person-type-mismatch`, `.period-invalid` (field) and `.deceased`:
 * after a death no other state follows until the death itself is corrected.
 */
export function decideEnrolment(
  coverage: Coverage | undefined,
  command: RegisterEnrolment,
  inputs: RegisterInputs,
): EnrolmentChanged | Refusal {
  const { personKey, numberOwner } = inputs;
  if (numberOwner !== undefined && numberOwner !== personKey) {
    return refuseEnrolment('enrolment.person-no-taken', { field: 'personNo' });
  }
  if ((command.insurance === 'resident') !== (command.personType === 'resident')) {
    return refuseEnrolment('enrolment.person-type-mismatch', { field: 'personType' });
  }
  const field = badDay(command, inputs);
  if (field !== undefined) return refuseEnrolment('enrolment.period-invalid', { field });
  if (contradictsDeath(coverage, command)) {
    return refuseEnrolment('enrolment.deceased', { field: 'state' });
  }
  return { personKey, ...command };
}

function badDay(command: RegisterEnrolment, inputs: RegisterInputs): string | undefined {
  const { birthDate, from, until, state } = command;
  const today = dayOfDecision(inputs);
  if (birthDate > today) return 'birthDate';
  if (from < birthDate) return 'from';
  // A death is reported when it has happened.
  if (from > (state === 'deceased' ? today : addDays(today, inputs.lookaheadDays))) return 'from';
  return until !== undefined && until < from ? 'until' : undefined;
}

function contradictsDeath(coverage: Coverage | undefined, command: RegisterEnrolment): boolean {
  if (command.state === 'deceased') return false;
  const stated = periodOf(command);
  return (coverage?.enrolments ?? []).some(
    (known) =>
      known.state === 'deceased' &&
      overlaps(known, stated) &&
      !(known.insuredCity === command.insuredCity && known.from === command.from),
  );
}

/** The period of a command whose days the door has checked. */
export const periodOf = (command: { readonly from: string; readonly until?: string }) =>
  command.until === undefined
    ? { from: civilDate(command.from) }
    : { from: civilDate(command.from), until: civilDate(command.until) };
