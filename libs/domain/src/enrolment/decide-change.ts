import { isRefusal, type Refusal } from '@domain/kernel';
import type {
  CancelFiling,
  DecisionInputs,
  EndQualification,
  GrantQualification,
  MakeFiling,
  PostContribution,
} from './commands';
import type { Coverage } from './coverage';
import { decideContribution } from './decide-contribution';
import { decideCancel, decideFiling, type FilingInputs } from './decide-filing';
import { decideEnd, decideGrant, type GrantInputs } from './decide-qualification';
import type { EnrolmentFact } from './facts';
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

/** A change with everything that its decision reads besides the person's own stream, as it is recorded. */
export type ChangeWithInputs =
  | { readonly kind: 'grant'; readonly command: GrantQualification; readonly inputs: GrantInputs }
  | { readonly kind: 'end'; readonly command: EndQualification; readonly inputs: DecisionInputs }
  | { readonly kind: 'file'; readonly command: MakeFiling; readonly inputs: FilingInputs }
  | { readonly kind: 'cancel'; readonly command: CancelFiling; readonly inputs: DecisionInputs }
  | {
      readonly kind: 'contribute';
      readonly command: PostContribution;
      readonly inputs: DecisionInputs;
    };

/** Puts beside a change what its decision will read of the reference data. */
export function withInputs(
  change: Change,
  base: DecisionInputs,
  { cities, diseases, parameters }: EnrolmentReference,
): ChangeWithInputs {
  switch (change.kind) {
    case 'grant': {
      const { kind, command, qualificationId } = change;
      const diseaseKnown = diseases.has(command.diseaseCode);
      return { kind, command, inputs: { ...base, qualificationId, diseaseKnown } };
    }
    case 'file': {
      const { kind, command, filingId } = change;
      const { temporaryFilingMonths, minimumTermTypes, lookaheadDays } = parameters;
      const careCityKnown = cities.has(command.careCity);
      const read = { careCityKnown, temporaryFilingMonths, minimumTermTypes, lookaheadDays };
      return { kind, command, inputs: { ...base, filingId, ...read } };
    }
    case 'end':
      return { ...change, inputs: base };
    case 'cancel':
      return { ...change, inputs: base };
    case 'contribute':
      return { ...change, inputs: base };
  }
}

/** Decides a change from the person's coverage and the recorded inputs, the first time and at replay alike. */
export function decideChange(
  coverage: Coverage | undefined,
  change: ChangeWithInputs,
): EnrolmentFact | Refusal {
  switch (change.kind) {
    case 'grant': {
      const result = decideGrant(coverage, change.command, change.inputs);
      return isRefusal(result) ? result : { type: 'QualificationGranted.v1', result };
    }
    case 'end': {
      const result = decideEnd(coverage, change.command, change.inputs);
      return isRefusal(result) ? result : { type: 'QualificationEnded.v1', result };
    }
    case 'file': {
      const result = decideFiling(coverage, change.command, change.inputs);
      return isRefusal(result) ? result : { type: 'FilingMade.v1', result };
    }
    case 'cancel': {
      const result = decideCancel(coverage, change.command, change.inputs);
      return isRefusal(result) ? result : { type: 'FilingCancelled.v1', result };
    }
    case 'contribute': {
      const result = decideContribution(coverage, change.command, change.inputs);
      return isRefusal(result) ? result : { type: 'ContributionPosted.v1', result };
    }
  }
}
