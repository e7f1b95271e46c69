import type { ChronicBenefit } from '@domain/benefit';
import {
  explainBenefits,
  type RefusedResult,
  type SettlementReversed,
  type VisitSettled,
} from '@domain/settlement';
import { problemOf } from '@lib/edge';
import type { Outcome } from '../use-cases/outcomes';

/** What the caller gets over any door: exact bytes, so that a repeat gets the same (their version: `ANSWER_VERSION`). */
export interface Answer {
  readonly status: number;
  readonly replayed: boolean;
  readonly json: string;
}

const CREATED = 201;

/** Renders what came of a command. */
export function answerOf(outcome: Outcome): Answer {
  const { replayed } = outcome;
  switch (outcome.type) {
    case 'settled':
      return { status: CREATED, replayed, json: settledJson(outcome.fact, outcome.benefits) };
    case 'reversed':
      return { status: CREATED, replayed, json: reversedJson(outcome.fact) };
    case 'refused':
      return { ...refusedAnswer(outcome.result), replayed };
  }
}

/** A refusal as problem document. */
export function refusedAnswer(result: RefusedResult): Answer {
  const { status, json } = problemOf(result);
  return { status, replayed: false, json };
}

function settledJson(
  { inputs, result }: VisitSettled,
  benefits: readonly ChronicBenefit[],
): string {
  const explanations = explainBenefits(benefits);
  return JSON.stringify({
    visitGroupNo: result.visitGroupNo,
    outcome: 'settled',
    settlements: result.settlements.map((part, place) => ({
      settlementNo: part.settlementNo,
      personKey: result.personKey,
      diseaseCode: part.diseaseCode,
      totals: part.totals,
      remoteFirstPayFen: part.remoteFirstPayFen,
      deductibleFen: part.deductibleFen,
      payments: part.payments,
      policy: inputs.pack,
      filing: part.filing,
      accumulators: part.accumulators,
      explanation: explanations[place],
    })),
    screening: { outcome: inputs.screening.outcome, findings: inputs.screening.findings },
    coverageAsOf: inputs.coverageAsOf,
    ...(inputs.coverage?.behind === true ? { coverageBehind: true } : {}),
  });
}

/** The exact negative. */
function reversedJson({ result }: SettlementReversed): string {
  const { postings: _internal, ...body } = result;
  return JSON.stringify(body);
}
