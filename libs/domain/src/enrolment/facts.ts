import type { EnrolmentState, FilingType, Gender, Insurance, PersonType } from './coverage';

/**
 * What came of a command, as the facts of the stream `person/{personKey}` carry it: the `result` of their payload. Written
 * as it travels: days are YYYY-MM-DD, money integer fen. Direct identifiers appear in none of them (architecture §5).
 */

/** A person was registered or an enrolment changed: the enrolment of this city that begins on `from` is now this. */
export interface EnrolmentChanged {
  readonly personKey: string;
  /** The person's number at the insured city, as a keyed hash with the key that made it. */
  readonly personNoHash: { readonly keyId: string; readonly hash: string };
  readonly gender: Gender;
  readonly birthDate: string;
  readonly insuredCity: string;
  readonly insurance: Insurance;
  readonly personType: PersonType;
  readonly state: EnrolmentState;
  readonly from: string;
  readonly until?: string;
  readonly assistanceClass?: string;
  readonly civilServant?: boolean;
  readonly county?: string;
}

export interface QualificationGranted {
  readonly personKey: string;
  readonly qualificationId: string;
  readonly insuredCity: string;
  readonly diseaseCode: string;
  readonly from: string;
  readonly until?: string;
  readonly limitFen?: number;
}

/** The qualification holds until and including `until`; a day before its beginning means it never held. */
export interface QualificationEnded {
  readonly personKey: string;
  readonly qualificationId: string;
  readonly insuredCity: string;
  readonly until: string;
}

export interface FilingMade {
  readonly personKey: string;
  readonly filingId: string;
  readonly insuredCity: string;
  readonly careCity: string;
  readonly type: FilingType;
  readonly from: string;
  readonly until?: string;
  readonly referringInstitutionCode?: string;
  /** Filings that this one replaces from its first day on. */
  readonly supersedes?: readonly string[];
}

/** The filing holds until and including `until`; a day before its beginning means it never held. */
export interface FilingCancelled {
  readonly personKey: string;
  readonly filingId: string;
  readonly insuredCity: string;
  readonly until: string;
}

export interface ContributionPosted {
  readonly personKey: string;
  readonly insuredCity: string;
  readonly month: string;
  readonly baseFen: number;
  readonly amountFen: number;
  readonly accountCreditFen?: number;
  readonly payer: string;
}

/** A fact of a person as it is folded into coverage: its type and the `result` part of its payload. */
export type EnrolmentFact =
  | { readonly type: 'EnrolmentChanged.v1'; readonly result: EnrolmentChanged }
  | { readonly type: 'QualificationGranted.v1'; readonly result: QualificationGranted }
  | { readonly type: 'QualificationEnded.v1'; readonly result: QualificationEnded }
  | { readonly type: 'FilingMade.v1'; readonly result: FilingMade }
  | { readonly type: 'FilingCancelled.v1'; readonly result: FilingCancelled }
  | { readonly type: 'ContributionPosted.v1'; readonly result: ContributionPosted };

export type EnrolmentFactType = EnrolmentFact['type'];
