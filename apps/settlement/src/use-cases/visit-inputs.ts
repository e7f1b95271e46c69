import { formatInstant, type Instant } from '@domain/kernel';
import { coverageViewOf, DECISION_VERSION, diseasesOf, type VisitInputs } from '@domain/settlement';
import { newNumber } from '../storage/numbers';
import { ANSWER_VERSION } from './commands';
import type { GatheredVisit } from './gather';

/** What becomes known only inside the transaction. */
export interface DecisionMoment {
  readonly decidedAt: Instant;
  readonly period: string;
  readonly alreadySettled: string | undefined;
  /** Version of the benefit year that the decision starts from. */
  readonly version: number | undefined;
}

/** Everything the decision will read, in the shape in which the fact records it. Assigns the numbers. */
export function inputsOf(gathered: GatheredVisit, moment: DecisionMoment): VisitInputs {
  const { command, coverage, stream, institution, practitioner, agreement, pack } = gathered;
  const { visit } = command;
  const { decidedAt, alreadySettled, version } = moment;
  return {
    decisionVersion: DECISION_VERSION,
    answerVersion: ANSWER_VERSION,
    receivedAt: formatInstant(command.receivedAt),
    period: moment.period,
    ...(coverage === undefined
      ? {}
      : {
          personKey: coverage.personKey,
          coverage: coverageViewOf(coverage, visit, agreement?.document),
        }),
    coverageAsOf: gathered.coverageAsOf,
    ...(institution === undefined ? {} : { institution }),
    ...(practitioner === undefined ? {} : { practitioner }),
    ...(agreement === undefined ? {} : { agreement: agreement.ref }),
    ...(pack === undefined ? {} : { pack: pack.ref }),
    screening: gathered.screening,
    visitGroupNo: newNumber('G', visit.careCity, decidedAt),
    settlementNos: (diseasesOf(visit) ?? []).map(() => newNumber('S', visit.careCity, decidedAt)),
    ...(alreadySettled === undefined ? {} : { alreadySettled }),
    ...(stream === undefined || version === undefined ? {} : { year: { stream, version } }),
  };
}
