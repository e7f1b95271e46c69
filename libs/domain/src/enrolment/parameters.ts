import type { FilingType } from './coverage';

/**
 * Figures that the sources grade as uncertain, kept as dated data (`data/enrolment/parameters.json`); what a decision read of
 * them stands in the inputs of its fact.
 */
export interface EnrolmentParameters {
  /** How many months a temporary filing holds when it names no end (domain-rules §3.1, K-h). */
  readonly temporaryFilingMonths: number;
  /** Temporary filings of these types may not be shorter than that (domain-rules §3.1, K-h). */
  readonly minimumTermTypes: readonly FilingType[];
  /** How many days ahead a period may begin. */
  readonly lookaheadDays: number;
  /** Diseases that no answer to another city or to a partner confirms or denies (domain-rules §0.4, 14). */
  readonly withheldDiseases: readonly string[];
}

const LONG_TERM: readonly FilingType[] = [
  'resettledRetiree',
  'longTermResident',
  'stationedWorker',
];

/** 长期居住类备案: holds until changed; the others are temporary (domain-rules §3.1). */
export const isLongTerm = (type: FilingType): boolean => LONG_TERM.includes(type);
