import type { EnrolmentState, FilingType, Gender, Insurance, PersonType } from './coverage';

/** A keyed hash of a person's number at the insured city: commands are recorded with it, never with the number. */
export interface NumberHash {
  readonly keyId: string;
  readonly hash: string;
}

/** Register a person or change an enrolment. Days are YYYY-MM-DD, as in the fact. */
export interface RegisterEnrolment {
  readonly insuredCity: string;
  readonly personNoHash: NumberHash;
  readonly gender: Gender;
  readonly birthDate: string;
  readonly insurance: Insurance;
  readonly personType: PersonType;
  readonly state: EnrolmentState;
  readonly from: string;
  readonly until?: string;
  readonly assistanceClass?: string;
  readonly civilServant?: boolean;
  readonly county?: string;
}

export interface GrantQualification {
  readonly insuredCity: string;
  readonly personNoHash: NumberHash;
  readonly diseaseCode: string;
  readonly from: string;
  readonly until?: string;
  readonly limitFen?: number;
}

export interface EndQualification {
  readonly qualificationId: string;
  /** The last day on which it holds; yesterday when absent. */
  readonly until?: string;
  readonly reason?: string;
}

export interface MakeFiling {
  readonly insuredCity: string;
  readonly personNoHash: NumberHash;
  readonly careCity: string;
  readonly type: FilingType;
  readonly from: string;
  readonly until?: string;
  readonly referringInstitutionCode?: string;
}

export interface CancelFiling {
  readonly filingId: string;
  /** The last day on which it holds; yesterday when absent. */
  readonly until?: string;
  readonly reason?: string;
}

export interface PostContribution {
  readonly insuredCity: string;
  readonly personNoHash: NumberHash;
  /** YYYYMM */
  readonly month: string;
  readonly baseFen: number;
  readonly amountFen: number;
  readonly accountCreditFen?: number;
  readonly payer: string;
}

/** What every decision is told besides the person's own stream. */
export interface DecisionInputs {
  /** RFC 3339 in China Standard Time; its day is today. */
  readonly decidedAt: string;
  readonly personKey: string;
}
