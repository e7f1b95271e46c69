import { type CivilDate, covers } from '@domain/kernel';
import {
  type Coverage,
  type Enrolment,
  enrolmentOn,
  type EnrolmentState,
  type Filing,
  type FilingType,
} from './coverage';
import { type FilingState, filingStateOn } from './decide-filing';

export interface CoverageQuestion {
  readonly insuredCity: string;
  readonly on: CivilDate;
  readonly diseaseCode?: string;
}

/** Who asks, as far as the answer differs by it. */
export interface CoverageAsker {
  /** The insured city's own agency or system, or the person. */
  readonly own: boolean;
  /** Whether withheld diseases are confirmed: to the insured city's agency and to the person, never to a partner. */
  readonly seesWithheld: boolean;
  /** Whether a city is the asker's: of filings, another city sees those made to it. */
  readonly holds: (city: string) => boolean;
}

export interface FilingShown {
  readonly id: string;
  readonly careCity: string;
  readonly type: FilingType;
  readonly from: string;
  readonly until?: string;
  readonly state: FilingState;
}

/** Of one disease, whether the person is qualified; or that this is told to nobody who asks from outside. */
export type QualificationShown =
  | { readonly diseaseCode: string; readonly withheld: true }
  | { readonly diseaseCode: string; readonly held: false }
  | {
      readonly diseaseCode: string;
      readonly held: true;
      readonly from: string;
      readonly until?: string;
      readonly limitFen?: bigint;
    };

export interface CoverageAnswer {
  readonly insuredCity: string;
  readonly on: string;
  /** `none`: this city says nothing about the day. */
  readonly state: EnrolmentState | 'none';
  readonly insurance?: Enrolment['insurance'];
  readonly personType?: Enrolment['personType'];
  readonly from?: string;
  readonly until?: string;
  readonly county?: string;
  readonly assistanceClass?: string;
  readonly civilServant?: boolean;
  readonly filings: readonly FilingShown[];
  readonly qualification?: QualificationShown;
}

/**
 * What is confirmed about a person on a day (domain-rules §8.1; §0.4, 14: only what was asked). Another city learns state,
 * insurance and person type, filings in force to itself, and of qualifications the one disease it names. A withheld
 * disease is answered alike whether held or not, so that the answer says nothing.
 */
export function answerCoverage(
  coverage: Coverage,
  question: CoverageQuestion,
  asker: CoverageAsker,
  withheldDiseases: readonly string[],
): CoverageAnswer {
  const { insuredCity, on, diseaseCode } = question;
  return {
    insuredCity,
    on,
    ...enrolmentShown(enrolmentOn(coverage, insuredCity, on), asker),
    filings: coverage.filings
      .filter((filing) => filing.insuredCity === insuredCity && isShown(filing, on, asker))
      .map((filing) => filingShown(filing, on)),
    ...(diseaseCode === undefined
      ? {}
      : {
          qualification:
            withheldDiseases.includes(diseaseCode) && !asker.seesWithheld
              ? { diseaseCode, withheld: true }
              : qualificationShown(coverage, { ...question, diseaseCode }, asker),
        }),
  };
}

function enrolmentShown(enrolment: Enrolment | undefined, asker: CoverageAsker) {
  if (enrolment === undefined) return { state: 'none' as const };
  const { insuredCity: _city, county, assistanceClass, civilServant, ...shown } = enrolment;
  if (!asker.own) return shown;
  return {
    ...shown,
    ...(county === undefined ? {} : { county }),
    ...(assistanceClass === undefined ? {} : { assistanceClass }),
    ...(civilServant === undefined ? {} : { civilServant }),
  };
}

function isShown(filing: Filing, on: CivilDate, asker: CoverageAsker): boolean {
  return asker.own || (asker.holds(filing.careCity) && covers(filing, on));
}

function filingShown(filing: Filing, on: CivilDate): FilingShown {
  const { id, careCity, type, from, until } = filing;
  const state = filingStateOn(filing, on);
  return { id, careCity, type, from, ...(until === undefined ? {} : { until }), state };
}

function qualificationShown(
  coverage: Coverage,
  { insuredCity, on, diseaseCode }: CoverageQuestion & { readonly diseaseCode: string },
  asker: CoverageAsker,
): QualificationShown {
  const held = coverage.qualifications.find(
    (known) =>
      known.insuredCity === insuredCity && known.diseaseCode === diseaseCode && covers(known, on),
  );
  if (held === undefined) return { diseaseCode, held: false };
  const { from, until, limitFen } = held;
  return {
    diseaseCode,
    held: true,
    from,
    ...(until === undefined ? {} : { until }),
    ...(limitFen === undefined || !asker.own ? {} : { limitFen }),
  };
}

/** A name as other cities see it: 张三 → 张*, 欧阳春花 → 欧**花. */
export function maskName(name: string): string {
  const letters = Array.from(name);
  const [first, ...rest] = letters;
  if (first === undefined || rest.length === 0) return '*';
  const last = rest.length === 1 ? '*' : (rest.at(-1) ?? '');
  return first + '*'.repeat(rest.length - 1) + last;
}
