import type {
  CancelFiling,
  ContributionPosted,
  DecisionInputs,
  EndQualification,
  EnrolmentChanged,
  FilingCancelled,
  FilingInputs,
  FilingMade,
  GrantInputs,
  GrantQualification,
  MakeFiling,
  PostContribution,
  QualificationEnded,
  QualificationGranted,
  RegisterEnrolment,
  RegisterInputs,
} from '@domain/enrolment';
import type { Static, TSchema } from '@sinclair/typebox';
import type {
  CoverageRead,
  DocumentRef,
  EnrolmentRefused,
  Fact,
  InstitutionChanged,
  PractitionerChanged,
  ReversalRefused,
  SettlementReversed,
  SuspicionRaised,
  SuspicionWithdrawn,
  VisitRefused,
  VisitSettled,
} from '.';
import type { crossCheckFactSchemas } from './cross-check/fact-schemas';
import type { enrolmentFactSchemas } from './enrolment/fact-schemas';
import { factContracts } from './fact-schemas';
import type { settlementFactSchemas } from './settlement/fact-schemas';

/** Readonly is a promise of the code and absence one of the wire: without both, two descriptions of a payload compare. */
type Bare<T> = T extends readonly (infer Item)[]
  ? readonly Bare<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Bare<Exclude<T[Key], undefined>> }
    : T;
type Kept<T> = T extends readonly (infer Item)[]
  ? readonly Kept<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Kept<T[Key]> }
    : T;
type Both<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
/** Each is assignable to the other, and neither has a field that the other lacks, optional ones included. */
type Same<Schema extends TSchema, Type> =
  Both<Kept<Static<Schema>>, Kept<Type>> extends true
    ? Both<Bare<Static<Schema>>, Bare<Type>>
    : false;

type Versions = { readonly decisionVersion: number; readonly answerVersion: number };
type OfPerson<Command, Inputs, Result> = Fact<Command, Inputs & Versions, Result>;
type Loaded<Kind> = Fact<DocumentRef & { readonly kind: Kind }, object, DocumentRef>;

/** Does not compile when a schema and the type that the code writes differ. */
const settlement: {
  [Type in keyof typeof settlementFactSchemas]: true;
} = {
  'VisitSettled.v1': true satisfies Same<Settlement<'VisitSettled.v1'>, VisitSettled>,
  'SettlementReversed.v1': true satisfies Same<
    Settlement<'SettlementReversed.v1'>,
    SettlementReversed
  >,
  'SettlementRefused.v1': true satisfies Same<Settlement<'SettlementRefused.v1'>, VisitRefused>,
  'ReversalRefused.v1': true satisfies Same<Settlement<'ReversalRefused.v1'>, ReversalRefused>,
  'InstitutionChanged.v1': true satisfies Same<
    Settlement<'InstitutionChanged.v1'>,
    Fact<InstitutionChanged, object, InstitutionChanged>
  >,
  'PractitionerChanged.v1': true satisfies Same<
    Settlement<'PractitionerChanged.v1'>,
    Fact<PractitionerChanged, object, PractitionerChanged>
  >,
  'PolicyPackLoaded.v1': true satisfies Same<Settlement<'PolicyPackLoaded.v1'>, Loaded<'pack'>>,
  'AgreementLoaded.v1': true satisfies Same<Settlement<'AgreementLoaded.v1'>, Loaded<'agreement'>>,
};
type Settlement<Type extends keyof typeof settlementFactSchemas> =
  (typeof settlementFactSchemas)[Type];

const enrolment: { [Type in keyof typeof enrolmentFactSchemas]: true } = {
  'EnrolmentChanged.v1': true satisfies Same<
    Enrolment<'EnrolmentChanged.v1'>,
    OfPerson<RegisterEnrolment, RegisterInputs, EnrolmentChanged>
  >,
  'QualificationGranted.v1': true satisfies Same<
    Enrolment<'QualificationGranted.v1'>,
    OfPerson<GrantQualification, GrantInputs, QualificationGranted>
  >,
  'QualificationEnded.v1': true satisfies Same<
    Enrolment<'QualificationEnded.v1'>,
    OfPerson<EndQualification, DecisionInputs, QualificationEnded>
  >,
  'FilingMade.v1': true satisfies Same<
    Enrolment<'FilingMade.v1'>,
    OfPerson<MakeFiling, FilingInputs, FilingMade>
  >,
  'FilingCancelled.v1': true satisfies Same<
    Enrolment<'FilingCancelled.v1'>,
    OfPerson<CancelFiling, DecisionInputs, FilingCancelled>
  >,
  'ContributionPosted.v1': true satisfies Same<
    Enrolment<'ContributionPosted.v1'>,
    OfPerson<PostContribution, DecisionInputs, ContributionPosted>
  >,
  'CoverageRead.v1': true satisfies Same<Enrolment<'CoverageRead.v1'>, CoverageRead>,
  'EnrolmentRefused.v1': true satisfies Same<Enrolment<'EnrolmentRefused.v1'>, EnrolmentRefused>,
};
type Enrolment<Type extends keyof typeof enrolmentFactSchemas> =
  (typeof enrolmentFactSchemas)[Type];

const crossCheck: { [Type in keyof typeof crossCheckFactSchemas]: true } = {
  'SuspicionRaised.v1': true satisfies Same<CrossCheck<'SuspicionRaised.v1'>, SuspicionRaised>,
  'SuspicionWithdrawn.v1': true satisfies Same<
    CrossCheck<'SuspicionWithdrawn.v1'>,
    SuspicionWithdrawn
  >,
};
type CrossCheck<Type extends keyof typeof crossCheckFactSchemas> =
  (typeof crossCheckFactSchemas)[Type];

describe('the schemas of facts', () => {
  it('are compared with the types that the code writes, every one of them', () => {
    const compared = { ...settlement, ...enrolment, ...crossCheck };
    expect(factContracts.map(({ type }) => type).sort()).toEqual(Object.keys(compared).sort());
  });

  it('name a version in every type, and no type twice', () => {
    const types = factContracts.map(({ type }) => type);
    expect(types.filter((type) => !/^[A-Z][A-Za-z]+\.v\d+$/.test(type))).toEqual([]);
    expect(new Set(types).size).toBe(types.length);
  });
});
