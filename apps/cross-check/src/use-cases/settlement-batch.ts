import type {
  InstitutionChanged,
  PractitionerChanged,
  SettlementReversed,
  VisitSettled,
} from '@lib/contracts';
import type { ReceivedFact } from '@lib/journal';
import type { SettledFact } from './screen-settled';

/** The facts of a batch by what is done with them, each kind in the order of arrival. */
export interface SettlementBatch {
  readonly settled: readonly SettledFact[];
  readonly reversed: readonly SettlementReversed[];
  /** As the last fact of the batch says. */
  readonly institutions: readonly InstitutionChanged[];
  readonly practitioners: readonly PractitionerChanged[];
}

/** Sorts a batch; facts that cross-check does not follow are left out. */
export function sortSettlementFacts(facts: readonly ReceivedFact[]): SettlementBatch {
  const settled: SettledFact[] = [];
  const reversed: SettlementReversed[] = [];
  const institutions = new Map<string, InstitutionChanged>();
  const practitioners = new Map<string, PractitionerChanged>();
  for (const { type, payload, stream, version } of facts) {
    switch (type) {
      case 'VisitSettled.v1':
        settled.push({ settled: payload as VisitSettled, stream, version });
        break;
      case 'SettlementReversed.v1':
        reversed.push(payload as SettlementReversed);
        break;
      case 'InstitutionChanged.v1': {
        const { result } = payload as { readonly result: InstitutionChanged };
        institutions.set(result.institutionCode, result);
        break;
      }
      case 'PractitionerChanged.v1': {
        const { result } = payload as { readonly result: PractitionerChanged };
        practitioners.set(result.doctorCode, result);
        break;
      }
      default:
    }
  }
  return {
    settled,
    reversed,
    institutions: [...institutions.values()],
    practitioners: [...practitioners.values()],
  };
}
