import { type CityCode, type CivilDate, covers, type Fen } from '@domain/kernel';

/** 险种 */
export type Insurance = 'employee' | 'resident';

/** 人员类别, as far as benefits differ by it. */
export type PersonType = 'inService' | 'retired' | 'resident';

export type Gender = 'male' | 'female';

export type EnrolmentState = 'active' | 'paused' | 'ended' | 'deceased';

/** 备案类型: the three long-term and the three temporary types (domain-rules §3.1). */
export type FilingType =
  'resettledRetiree' | 'longTermResident' | 'stationedWorker' | 'referral' | 'emergency' | 'other';

/** One stretch of time in which a city insures the person one way. */
export interface Enrolment {
  readonly insuredCity: CityCode;
  readonly insurance: Insurance;
  readonly personType: PersonType;
  readonly state: EnrolmentState;
  readonly from: CivilDate;
  readonly until?: CivilDate;
  readonly assistanceClass?: string;
  readonly civilServant?: boolean;
  readonly county?: string;
}

/** 门诊慢特病资格 */
export interface Qualification {
  readonly id: string;
  readonly insuredCity: CityCode;
  readonly diseaseCode: string;
  readonly from: CivilDate;
  readonly until?: CivilDate;
  readonly limitFen?: Fen;
}

/** 异地就医备案 */
export interface Filing {
  readonly id: string;
  readonly insuredCity: CityCode;
  readonly careCity: CityCode;
  readonly type: FilingType;
  readonly from: CivilDate;
  readonly until?: CivilDate;
  readonly referringInstitutionCode?: string;
  /** Why it ends when that is not its own term. */
  readonly closed?: 'cancelled' | 'superseded';
}

/**
 * What the services keep of a person to decide by: no name, no number, nothing that identifies. Folded from
 * `enrolment.facts` by `evolveCoverage`; `version` is that of the last fact of the person's stream applied.
 */
export interface Coverage {
  readonly personKey: string;
  readonly version: number;
  /** Recorded time of the last applied fact (RFC 3339): the `coverageAsOf` of answers. */
  readonly asOf: string;
  readonly gender: Gender;
  readonly birthDate: CivilDate;
  readonly enrolments: readonly Enrolment[];
  readonly qualifications: readonly Qualification[];
  readonly filings: readonly Filing[];
}

/** The enrolment of a city that covers a day, the latest begun first; whatever its state, so that a refusal can name it. */
export function enrolmentOn(
  coverage: Pick<Coverage, 'enrolments'>,
  insuredCity: string,
  on: CivilDate,
): Enrolment | undefined {
  let found: Enrolment | undefined;
  for (const enrolment of coverage.enrolments) {
    if (enrolment.insuredCity !== insuredCity || !covers(enrolment, on)) continue;
    if (found === undefined || enrolment.from >= found.from) found = enrolment;
  }
  return found;
}
