import type { EnrolmentState, FilingType, Gender, Insurance, PersonType } from '@domain/enrolment';
import type { CivilDate } from '@domain/kernel';

export interface SimulatedQualification {
  readonly diseaseCode: string;
  readonly from: CivilDate;
}

export interface SimulatedFiling {
  readonly careCity: string;
  readonly type: FilingType;
  readonly from: CivilDate;
  readonly until?: CivilDate;
  readonly referringInstitutionCode?: string;
}

/** What a person is treated for, by position in the regimens and in the disease's variants. */
export interface Ailment {
  readonly disease: number;
  readonly variant: number;
}

/** One enrolment of a made-up person, with everything that `POST /v1/enrolments/import` takes. */
export interface SimulatedPerson {
  readonly index: number;
  readonly insuredCity: string;
  readonly county: string;
  readonly personNo: string;
  /** 01: identity card. The number begins with a city's code, which no person's card does. */
  readonly certificateType: '01';
  readonly certificateNo: string;
  readonly name: string;
  readonly gender: Gender;
  readonly birthDate: CivilDate;
  readonly insurance: Insurance;
  readonly personType: PersonType;
  readonly state: EnrolmentState;
  readonly from: CivilDate;
  readonly qualifications: readonly SimulatedQualification[];
  readonly filings: readonly SimulatedFiling[];
  readonly ailments: readonly Ailment[];
  /** Kept out of ordinary traffic, so that planted cases stay what their truth says. */
  readonly reserved: boolean;
  /** The index of the same person's enrolment in a city of the other province (双重参保), where there is one. */
  readonly twin?: number;
}

export interface Population {
  readonly seed: number;
  /** Filings of limited time hold on this day and for the rest of its half-year. */
  readonly on: CivilDate;
  readonly persons: readonly SimulatedPerson[];
}
