import { ENROLMENT_DECISION_VERSION } from '@domain/enrolment';
import type { Refusal } from '@domain/kernel';
import type { KeyLookup, StoredFact } from '@lib/journal';

/** Versions recorded with every fact, so that replay knows by which rules it was decided and rendered. */
export const VERSIONS = {
  decisionVersion: ENROLMENT_DECISION_VERSION,
  answerVersion: 1,
} as const;

/** The type of a fact that says no. */
export const REFUSED = 'EnrolmentRefused.v1';

/** What came of a command: the fact's type and result, from which the caller's answer is rendered, now and at a repeat. */
export interface Outcome {
  readonly type: string;
  readonly result: object;
  readonly replayed: boolean;
}

/** An outcome, or a refusal that binds no key and leaves no fact: the same key may be used again. */
export type ChangeAnswer = Outcome | Refusal;

export const isOutcome = (answer: ChangeAnswer): answer is Outcome => 'replayed' in answer;

export const KEY_REUSED: Refusal = { refused: 'idempotency.key-reused' };

/** What a key that is not new answers; undefined for one that is. */
export function answerOfKey(lookup: KeyLookup | undefined): ChangeAnswer | undefined {
  if (lookup === undefined || lookup.status === 'new') return undefined;
  return lookup.status === 'reused' ? KEY_REUSED : outcomeAgain(lookup.fact);
}

function outcomeAgain(fact: StoredFact): Outcome {
  const { result } = JSON.parse(fact.payload) as { readonly result: object };
  return { type: fact.type, result, replayed: true };
}
