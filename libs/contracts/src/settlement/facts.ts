import type { FilingType, Insurance, PersonType, EnrolmentState } from '@domain/enrolment';
import type { Finding } from '../cross-check/screening';
import type { Fact } from '../fact';
import type { RecordedVisit } from './visit';

/** Names the exact text of a policy pack, agreement or rule set that a decision used. */
export interface DocumentRef {
  readonly id: string;
  readonly version: string;
  readonly hash: string;
}

/** 医疗机构 as the decision saw it. Level: 1, 2, 3; 0 without a tier. */
export interface InstitutionView {
  readonly institutionCode: string;
  readonly city: string;
  readonly level: number;
  readonly kind: 'hospital' | 'pharmacy';
  readonly state: 'active' | 'remoteClosed' | 'suspended' | 'ended';
}

export interface PractitionerView {
  readonly doctorCode: string;
  readonly state: 'active' | 'suspended' | 'terminated';
}

/** The part of a person's coverage that a decision read, with the version of the person's stream. */
export interface CoverageView {
  readonly stream: string;
  readonly version: number;
  readonly asOf: string;
  readonly behind?: true;
  readonly enrolment?: {
    readonly insurance: Insurance;
    readonly personType: PersonType;
    readonly state: EnrolmentState;
    readonly from: string;
  };
  readonly qualifications: readonly {
    readonly diseaseCode: string;
    readonly from: string;
    readonly until?: string;
    readonly limitFen?: number;
  }[];
  readonly filings: readonly {
    readonly id: string;
    readonly type: FilingType;
    readonly from: string;
    readonly until?: string;
  }[];
}

/** What screening said in time, or that it did not. */
export interface ScreeningRecord {
  readonly outcome: 'passed' | 'findings' | 'skipped';
  readonly ruleSet?: DocumentRef;
  readonly findings: readonly Finding[];
}

export interface SettlementInputs {
  readonly decisionVersion: number;
  readonly answerVersion: number;
  readonly decidedAt: string;
  /** The clearing period open at commit, YYYYMM. */
  readonly period: string;
  /** Absent when the person is not known. */
  readonly personKey?: string;
  readonly coverage?: CoverageView;
  readonly coverageAsOf: string;
  readonly institution?: InstitutionView;
  readonly practitioner?: PractitionerView;
  readonly agreement?: DocumentRef;
  readonly pack?: DocumentRef;
  readonly screening: ScreeningRecord;
  /** Numbers assigned before the decision, in the order of use. */
  readonly visitGroupNo: string;
  readonly settlementNos: readonly string[];
  /** The open settlement group that already has this visitNo, when there is one. */
  readonly alreadySettled?: string;
  /** The stream of the benefit year and the version the decision started from. */
  readonly state: { readonly stream: string; readonly version: number };
}

export interface SettlementTotals {
  readonly totalFen: number;
  readonly ownPayFen: number;
  readonly overLimitFen: number;
  readonly firstPayFen: number;
  readonly eligibleFen: number;
}

export interface SettlementPayments {
  readonly poolFen: number;
  readonly majorIllnessFen: number;
  readonly largeAmountFen: number;
  readonly civilServantFen: number;
  readonly enterpriseFen: number;
  readonly assistanceFen: number;
  readonly otherFen: number;
  readonly fundFen: number;
  readonly personFen: number;
  readonly accountFen: number;
  readonly familyAccountFen: number;
  readonly hospitalFen: number;
  readonly cashFen: number;
}

/** 结算: one disease of one visit. */
export interface SettledPart {
  readonly settlementNo: string;
  readonly diseaseCode: string;
  readonly lineNos: readonly number[];
  readonly totals: SettlementTotals;
  readonly remoteFirstPayFen: number;
  readonly deductibleFen: number;
  readonly payments: SettlementPayments;
  readonly filing:
    { readonly id: string; readonly type: FilingType } | { readonly type: 'none' | 'emergency' };
  /** What this settlement added to each accumulator, by its key; a reversal takes exactly this away. */
  readonly uses: Readonly<Record<string, number>>;
  /** The accumulators touched, as they stand after it. */
  readonly accumulators: Readonly<Record<string, number>>;
  /** The balanced entry in the order of `POSTING_KINDS`, debit positive, credit negative. */
  readonly postings: readonly Posting[];
}

export interface Posting {
  readonly account: string;
  readonly amountFen: number;
}

/** 就诊结算: one visit group, settled as one. */
export interface VisitSettledResult {
  readonly visitGroupNo: string;
  readonly personKey: string;
  readonly insurance: Insurance;
  readonly settlements: readonly SettledPart[];
}

export type VisitSettled = Fact<RecordedVisit, SettlementInputs, VisitSettledResult>;

/** A visit that was understood and refused; `result` is what the caller reads, without personal data. */
export type SettlementRefused = Fact<
  RecordedVisit | ReversalCommand,
  Partial<SettlementInputs>,
  { readonly refused: string; readonly coverageAsOf: string; readonly [detail: string]: unknown }
>;

export interface ReversalCommand {
  readonly settlementNo: string;
  readonly careCity: string;
  readonly reason: string;
}

export interface ReversalInputs {
  readonly decisionVersion: number;
  readonly answerVersion: number;
  readonly decidedAt: string;
  readonly period: string;
  readonly reversalNo: string;
  /** Version of the fact reversed, in the same stream. */
  readonly settledVersion: number;
}

/** The exact negative of one settlement. */
export interface SettlementReversedResult {
  readonly reversalNo: string;
  readonly settlementNo: string;
  readonly visitGroupNo: string;
  readonly personKey: string;
  readonly insuredCity: string;
  readonly careCity: string;
  readonly diseaseCode: string;
  readonly totals: SettlementTotals;
  readonly payments: SettlementPayments;
  readonly uses: Readonly<Record<string, number>>;
  readonly accumulators: Readonly<Record<string, number>>;
  readonly postings: readonly Posting[];
  /** True when no settlement of the visit is left open, so that its visitNo is free again. */
  readonly visitFree: boolean;
}
export type SettlementReversed = Fact<ReversalCommand, ReversalInputs, SettlementReversedResult>;

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

export interface PractitionerChanged {
  readonly doctorCode: string;
  readonly institutionCode: string;
  readonly state: 'active' | 'suspended' | 'terminated';
}
