import {
  isReplayFault,
  type ReplayDocuments,
  type ReversalRefused,
  type VisitRefused,
  type YearReplay,
} from '@domain/settlement';
import { differenceOf } from './difference';
import { resultDifference } from './judge';
import type { RefusalRules } from './judge-refusals';
import { yearFold } from './year-fold';

type Refused = VisitRefused | ReversalRefused;

/** Refused visits and reversals, decided again from the benefit year that they name. */
export const settlementRefusals = (documents: ReplayDocuments): RefusalRules<YearReplay> => ({
  fold: yearFold(documents),
  decidedFrom: ({ inputs }) => (inputs as Refused['inputs']).year,
  judge: (fact, payload, year) => {
    const { stream, version, type } = fact;
    const expected = refusedAgain(type, payload as Refused, year);
    if (expected === undefined) return { stream, version, what: 'its type' };
    return isReplayFault(expected)
      ? differenceOf(fact, expected)
      : resultDifference(fact, payload.result, expected);
  },
});

function refusedAgain(type: string, payload: Refused, year: YearReplay) {
  if (type === 'SettlementRefused.v1') return year.refuseVisitAgain(payload as VisitRefused);
  if (type === 'ReversalRefused.v1') return year.refuseReversalAgain(payload as ReversalRefused);
  return undefined;
}
