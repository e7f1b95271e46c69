import {
  type RecordedYearFact,
  type ReplayDocuments,
  type SettlementReversed,
  type VisitSettled,
  YearReplay,
} from '@domain/settlement';
import type { Fold } from './stream-history';

/** A fact of a benefit year from its stored type and parsed payload; undefined for a type that years do not hold. */
export function yearFactOf(type: string, payload: unknown): RecordedYearFact | undefined {
  if (type === 'VisitSettled.v1') return { type, payload: payload as VisitSettled };
  if (type === 'SettlementReversed.v1') return { type, payload: payload as SettlementReversed };
  return undefined;
}

/** How a benefit year is folded. A fact of another type is passed over here and found where its stream is judged. */
export const yearFold = (documents: ReplayDocuments): Fold<YearReplay> => ({
  start: (stream) => new YearReplay(stream, documents),
  next: (year, { type, payload }) => {
    const fact = yearFactOf(type, payload);
    if (fact !== undefined) year.fold(fact);
  },
});
