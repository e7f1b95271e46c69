/**
 * Facts of `settlement.facts`. Their shapes are the domain's own records, so that a journal row is decided again from
 * exactly what was stored.
 */
export type {
  CoverageView,
  DocumentRef,
  InstitutionView,
  PractitionerView,
  RecordedLine,
  RecordedPosting,
  RecordedVisit,
  ReversalCommand,
  ReversalInputs,
  ReversalRefused,
  ScreeningRecord,
  SettledPart,
  SettlementPayments,
  SettlementReversed,
  SettlementReversedResult,
  SettlementTotals,
  VisitInputs,
  VisitRefused,
  VisitSettled,
  VisitSettledResult,
} from '@domain/settlement';

/** Stream `institution/{institutionCode}`: the registry entry is now this. */
export interface InstitutionChanged {
  readonly institutionCode: string;
  readonly name: string;
  readonly city: string;
  readonly county?: string;
  readonly level: number;
  readonly kind: 'hospital' | 'pharmacy';
  readonly mutualPharmacy: boolean;
  readonly state: 'active' | 'remoteClosed' | 'suspended' | 'ended';
}

/** Stream `practitioner/{doctorCode}`. */
export interface PractitionerChanged {
  readonly doctorCode: string;
  readonly institutionCode: string;
  readonly state: 'active' | 'suspended' | 'terminated';
}
