import { monthOf, type Refusal } from '@domain/kernel';
import type { DecisionInputs, PostContribution } from './commands';
import type { Coverage } from './coverage';
import { dayOfDecision } from './decide-enrolment';
import { isInsuredBy } from './decide-qualification';
import type { ContributionPosted } from './facts';
import { refuseEnrolment } from './refusals';

/**
 * Posts what was paid for a month of insurance. Refuses `enrolment.person-unknown`, `.period-invalid` for a year ahead of
 * today's (residents pay a year in advance, nobody two), and `.contribution-invalid` when more goes to the account than came.
 */
export function decideContribution(
  coverage: Coverage | undefined,
  command: PostContribution,
  inputs: DecisionInputs,
): ContributionPosted | Refusal {
  const { personNoHash: _number, ...contribution } = command;
  if (!isInsuredBy(coverage, command.insuredCity)) {
    return refuseEnrolment('enrolment.person-unknown');
  }
  const furthest = Number(monthOf(dayOfDecision(inputs)).slice(0, 4)) + 1;
  if (Number(command.month.slice(0, 4)) > furthest) {
    return refuseEnrolment('enrolment.period-invalid', { field: 'month' });
  }
  if ((command.accountCreditFen ?? 0) > command.amountFen) {
    return refuseEnrolment('enrolment.contribution-invalid', { field: 'accountCreditFen' });
  }
  return { personKey: inputs.personKey, ...contribution };
}
