import type { ChronicBenefit } from '@domain/benefit';
import {
  benefitsOf,
  type RefusedResult,
  type SettlementReversed,
  UnexplainedFact,
  type VisitSettled,
} from '@domain/settlement';
import type { StoredFact } from '@lib/journal';
import type { Documents } from '../storage/documents';

/** What came of a command. `replayed` when the command had been answered before. The doors render it. */
export type Outcome = { readonly replayed: boolean } & (
  | {
      readonly type: 'settled';
      readonly fact: VisitSettled;
      readonly benefits: readonly ChronicBenefit[];
    }
  | { readonly type: 'reversed'; readonly fact: SettlementReversed }
  | { readonly type: 'refused'; readonly result: RefusedResult }
);

export const refusedOutcome = (result: RefusedResult): Outcome => ({
  type: 'refused',
  result,
  replayed: false,
});

/** The same key came with another input (architecture §4, Idempotency). */
export const KEY_REUSED: Outcome = refusedOutcome({ refused: 'idempotency.key-reused' });

/**
 * What came of a command the first time, from the fact that it left. How the benefit was worked out follows again from the
 * fact's command and inputs with the documents that it names by hash.
 */
export function outcomeAgain(fact: StoredFact, documents: Documents): Outcome {
  const payload: unknown = JSON.parse(fact.payload);
  switch (fact.type) {
    case 'VisitSettled.v1': {
      const settled = payload as VisitSettled;
      const pack = documents.packByHash(settled.inputs.pack?.hash ?? '');
      const agreement = documents.agreementByHash(settled.inputs.agreement?.hash ?? '');
      if (pack === undefined || agreement === undefined) {
        throw new UnexplainedFact(settled.result.visitGroupNo);
      }
      const benefits = benefitsOf(settled, pack, agreement);
      return { type: 'settled', fact: settled, benefits, replayed: true };
    }
    case 'SettlementReversed.v1':
      return { type: 'reversed', fact: payload as SettlementReversed, replayed: true };
    default: {
      const { result } = payload as { readonly result: RefusedResult };
      return { type: 'refused', result, replayed: true };
    }
  }
}
