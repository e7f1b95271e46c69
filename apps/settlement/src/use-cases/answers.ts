import type { ChronicBenefit } from '@domain/benefit';
import {
  benefitsOf,
  explainBenefits,
  type RefusedResult,
  type SettlementReversed,
  UnexplainedFact,
  type VisitSettled,
} from '@domain/settlement';
import { problemOf } from '@lib/edge';
import type { StoredFact } from '@lib/journal';
import type { Documents } from '../storage/documents';
import type { Answer } from './commands';

/** Version of the answers below; recorded with each fact, so that a repeat is answered by the text its first had. */
export const ANSWER_VERSION = 1;

const CREATED = 201;

/** What the caller of a settled visit reads. */
export function settledAnswer(fact: VisitSettled, benefits: readonly ChronicBenefit[]): Answer {
  const { inputs, result } = fact;
  const explanations = explainBenefits(benefits);
  const body = {
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
  };
  return { status: CREATED, replayed: false, json: JSON.stringify(body) };
}

/** What the caller of a reversal reads: the exact negative. */
export function reversedAnswer({ result }: SettlementReversed): Answer {
  const { postings: _internal, ...body } = result;
  return { status: CREATED, replayed: false, json: JSON.stringify(body) };
}

/** A refusal as problem document. */
export function refusedAnswer(result: RefusedResult): Answer {
  const { status, json } = problemOf(result);
  return { status, replayed: false, json };
}

export const KEY_REUSED = refusedAnswer({ refused: 'idempotency.key-reused' });

/**
 * The first answer to a command again, from the fact that it left (architecture §4). The explanation is worked out again
 * from the fact's command and inputs with the documents that it names by hash.
 */
export function answerAgain(fact: StoredFact, documents: Documents): Answer {
  return { ...firstAnswer(fact, documents), replayed: true };
}

function firstAnswer(fact: StoredFact, documents: Documents): Answer {
  const payload: unknown = JSON.parse(fact.payload);
  switch (fact.type) {
    case 'VisitSettled.v1': {
      const settled = payload as VisitSettled;
      const pack = documents.packByHash(settled.inputs.pack?.hash ?? '');
      const agreement = documents.agreementByHash(settled.inputs.agreement?.hash ?? '');
      if (pack === undefined || agreement === undefined) {
        throw new UnexplainedFact(settled.result.visitGroupNo);
      }
      return settledAnswer(settled, benefitsOf(settled, pack, agreement));
    }
    case 'SettlementReversed.v1':
      return reversedAnswer(payload as SettlementReversed);
    default:
      return refusedAnswer((payload as { readonly result: RefusedResult }).result);
  }
}
