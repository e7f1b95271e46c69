import {
  type CancelFiling,
  type Coverage,
  decideCancel,
  decideContribution,
  decideEnd,
  decideFiling,
  decideGrant,
  type DecisionInputs,
  type EndQualification,
  type EnrolmentFact,
  type GrantQualification,
  type MakeFiling,
  type PostContribution,
} from '@domain/enrolment';
import { isRefusal, type Refusal } from '@domain/kernel';
import type { EnrolmentReference } from './reference';

/** What may change about a person who is known. New ids come with the command: decisions make none. */
export type Change =
  | {
      readonly kind: 'grant';
      readonly command: GrantQualification;
      readonly qualificationId: string;
    }
  | { readonly kind: 'end'; readonly command: EndQualification }
  | { readonly kind: 'file'; readonly command: MakeFiling; readonly filingId: string }
  | { readonly kind: 'cancel'; readonly command: CancelFiling }
  | { readonly kind: 'contribute'; readonly command: PostContribution };

export interface DecidedChange {
  readonly inputs: object;
  readonly decided: EnrolmentFact | Refusal;
}

/** Decides a change and says which inputs it read, as they are recorded. Pure. */
export function decideChange(
  change: Change,
  coverage: Coverage | undefined,
  base: DecisionInputs,
  reference: EnrolmentReference,
): DecidedChange {
  switch (change.kind) {
    case 'grant': {
      const diseaseKnown = reference.diseases.has(change.command.diseaseCode);
      const inputs = { ...base, qualificationId: change.qualificationId, diseaseKnown };
      const result = decideGrant(coverage, change.command, inputs);
      return decided(inputs, result, (made) => ({ type: 'QualificationGranted.v1', result: made }));
    }
    case 'end': {
      const result = decideEnd(coverage, change.command, base);
      return decided(base, result, (made) => ({ type: 'QualificationEnded.v1', result: made }));
    }
    case 'file': {
      const { temporaryFilingMonths, minimumTermTypes, lookaheadDays } = reference.parameters;
      const inputs = {
        ...base,
        filingId: change.filingId,
        careCityKnown: reference.cities.has(change.command.careCity),
        ...{ temporaryFilingMonths, minimumTermTypes, lookaheadDays },
      };
      const result = decideFiling(coverage, change.command, inputs);
      return decided(inputs, result, (made) => ({ type: 'FilingMade.v1', result: made }));
    }
    case 'cancel': {
      const result = decideCancel(coverage, change.command, base);
      return decided(base, result, (made) => ({ type: 'FilingCancelled.v1', result: made }));
    }
    case 'contribute': {
      const result = decideContribution(coverage, change.command, base);
      return decided(base, result, (made) => ({ type: 'ContributionPosted.v1', result: made }));
    }
  }
}

function decided<Result extends object>(
  inputs: object,
  result: Result | Refusal,
  factOf: (result: Result) => EnrolmentFact,
): DecidedChange {
  return { inputs, decided: isRefusal(result) ? result : factOf(result) };
}
