import type { EnrolmentState, FilingType, Insurance, PersonType } from '@domain/enrolment';
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

/** What a finding of screening does to the money and to the visit; the rest of it is carried along unread. */
export interface ScreeningFinding {
  readonly action: 'pass' | 'remind' | 'reason' | 'selfPay' | 'strikeOff' | 'block';
  readonly state: 'hit' | 'undetermined';
  readonly rule: string;
  readonly lineNos: readonly number[];
  readonly amountFen: number;
  readonly text: string;
}

/** What screening said in time, or that it did not. */
export interface ScreeningRecord {
  readonly outcome: 'passed' | 'findings' | 'skipped';
  readonly ruleSet?: DocumentRef;
  readonly findings: readonly ScreeningFinding[];
}

/** Everything a decision about a visit read that is not state of its benefit year. */
export interface VisitInputs {
  readonly decisionVersion: number;
  readonly answerVersion: number;
  /** First receipt at the door: the window for `settledAt` is measured from here. */
  readonly receivedAt: string;
  /** The clearing period open at commit, YYYYMM. */
  readonly period: string;
  /** Absent when the person is not known. */
  readonly personKey?: string;
  readonly coverage?: CoverageView;
  /** Recorded time of the newest enrolment fact the answer rests on. */
  readonly coverageAsOf: string;
  readonly institution?: InstitutionView;
  readonly practitioner?: PractitionerView;
  readonly agreement?: DocumentRef;
  readonly pack?: DocumentRef;
  readonly screening: ScreeningRecord;
  /** Assigned before the decision; settlement numbers in the order of use, one per disease. */
  readonly visitGroupNo: string;
  readonly settlementNos: readonly string[];
  /** The open visit group that has this visitNo already, when there is one. */
  readonly alreadySettled?: string;
  /** The stream of the benefit year and the version the decision started from; absent without a person. */
  readonly year?: { readonly stream: string; readonly version: number };
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
  /** The balanced entry: debit positive, credit negative, sum zero. */
  readonly postings: readonly RecordedPosting[];
}

/** One leg of an entry; the clearing period is that of the fact. */
export interface RecordedPosting {
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

export interface VisitSettled {
  readonly command: RecordedVisit;
  readonly inputs: VisitInputs;
  readonly result: VisitSettledResult;
}

/** What a refused caller reads: the code and the facts needed to understand it, without personal data. */
export interface RefusedResult {
  readonly refused: string;
  readonly field?: string;
  readonly coverageAsOf?: string;
  readonly [detail: string]: unknown;
}

export interface VisitRefused {
  readonly command: RecordedVisit;
  readonly inputs: VisitInputs;
  readonly result: RefusedResult;
}

export interface ReversalCommand {
  readonly settlementNo: string;
  readonly reason: string;
}

/** One settlement still standing in a benefit year, as far as reversing needs it. */
export interface StandingSettlement {
  readonly settlementNo: string;
  readonly careCity: string;
  readonly diseaseCode: string;
  /** Version of the fact that settled it, and its place among the parts of that fact. */
  readonly version: number;
  readonly part: number;
}

export interface ReversalInputs {
  readonly decisionVersion: number;
  readonly answerVersion: number;
  readonly period: string;
  readonly decidedAt: string;
  readonly reversalNo: string;
  /** Care city of the caller. */
  readonly careCity: string;
  readonly year: { readonly stream: string; readonly version: number };
  /** The settlements of the year that stand, in order: the one to be reversed and those after it. */
  readonly standing: readonly StandingSettlement[];
}

/** The exact negative of one settlement. */
export interface SettlementReversedResult {
  readonly reversalNo: string;
  readonly settlementNo: string;
  readonly visitGroupNo: string;
  readonly personKey: string;
  readonly insurance: Insurance;
  readonly insuredCity: string;
  readonly careCity: string;
  readonly institutionCode: string;
  readonly visitNo: string;
  readonly diseaseCode: string;
  readonly totals: SettlementTotals;
  readonly remoteFirstPayFen: number;
  readonly deductibleFen: number;
  readonly payments: SettlementPayments;
  readonly uses: Readonly<Record<string, number>>;
  readonly accumulators: Readonly<Record<string, number>>;
  readonly postings: readonly RecordedPosting[];
  /** True when no settlement of the visit group stands any more, so that its visitNo is free again. */
  readonly visitFree: boolean;
}

export interface SettlementReversed {
  readonly command: ReversalCommand;
  readonly inputs: ReversalInputs;
  readonly result: SettlementReversedResult;
}

export interface ReversalRefused {
  readonly command: ReversalCommand;
  readonly inputs: Partial<ReversalInputs> & {
    readonly decisionVersion: number;
    readonly answerVersion: number;
  };
  readonly result: RefusedResult;
}

/** The facts that a benefit year is folded from. */
export type YearFact =
  | { readonly type: 'VisitSettled.v1'; readonly result: VisitSettledResult }
  | { readonly type: 'SettlementReversed.v1'; readonly result: SettlementReversedResult };
