import { type Agreement, chooseFiling, type UsedFiling, diseaseAgreed } from '@domain/benefit';
import { civilDate, type CivilDate, dateOf, type Instant, parseInstant } from '@domain/kernel';
import type { CoverageView, InstitutionView, RefusedResult, VisitInputs } from './records';
import { refuse } from './refusals';
import { diseasesOf, type RecordedVisit } from './visit';

const WINDOW_BEFORE_MS = 72 * 3_600_000;
const WINDOW_AFTER_MS = 5 * 60_000;

/** What a visit may settle under. */
export interface Eligibility {
  readonly settledOn: CivilDate;
  readonly visitedOn: CivilDate;
  readonly diseases: readonly string[];
  readonly coverage: CoverageView;
  readonly enrolment: NonNullable<CoverageView['enrolment']>;
  readonly institution: InstitutionView;
  readonly filing: UsedFiling;
}

/**
 * Whether a visit may settle directly at all, in the order in which a clerk would ask: is it in time and new, do the
 * two cities agree, is the institution connected, is the person insured, qualified and filed. The first no is the answer.
 */
export function eligibilityOf(
  visit: RecordedVisit,
  inputs: VisitInputs,
  agreement: Agreement | undefined,
): Eligibility | RefusedResult {
  const place = placeOf(visit, inputs, agreement);
  if ('refused' in place) return place;
  const { coverageAsOf, coverage } = inputs;
  if (coverage === undefined) {
    return refuse('settlement.person-unknown', { field: 'personNo', coverageAsOf });
  }
  const { enrolment } = coverage;
  if (enrolment?.state !== 'active') {
    return refuse('settlement.not-enrolled', { coverageAsOf, state: enrolment?.state ?? 'none' });
  }
  if (visit.careType !== 'chronic') {
    return refuse('settlement.care-type-not-open', { field: 'careType', careType: visit.careType });
  }
  const visitedOn = civilDate(visit.visitedOn);
  const diseases = openDiseases(visit, { ...inputs, coverage }, place.agreement);
  if ('refused' in diseases) return diseases;
  const filing = chooseFiling(coverage.filings, place.settledOn, visit.emergency === true);
  if (filing === undefined) {
    return refuse('settlement.not-filed', { coverageAsOf, careCity: visit.careCity });
  }
  const { settledOn, institution } = place;
  return { settledOn, visitedOn, diseases, coverage, enrolment, institution, filing };
}

interface Place {
  readonly settledOn: CivilDate;
  readonly agreement: Agreement;
  readonly institution: InstitutionView;
}

/** What can be told without the person: the time, the pair and the institution. */
function placeOf(
  visit: RecordedVisit,
  inputs: VisitInputs,
  agreement: Agreement | undefined,
): Place | RefusedResult {
  const settledAt = parseInstant(visit.settledAt);
  const receivedAt = parseInstant(inputs.receivedAt);
  if (settledAt === undefined || receivedAt === undefined || !inWindow(settledAt, receivedAt)) {
    return refuse('settlement.time-out-of-range', {
      field: 'settledAt',
      receivedAt: inputs.receivedAt,
    });
  }
  if (inputs.alreadySettled !== undefined) {
    return refuse('settlement.already-settled', {
      field: 'visitNo',
      visitGroupNo: inputs.alreadySettled,
    });
  }
  if (agreement === undefined) {
    const { insuredCity, careCity } = visit;
    return refuse('settlement.pair-not-agreed', { insuredCity, careCity });
  }
  const { institution } = inputs;
  if (institution === undefined || !isNetworked(institution, visit.careCity)) {
    return refuse('settlement.institution-not-networked', {
      field: 'institutionCode',
      institutionState: institution?.state ?? 'unknown',
    });
  }
  return { settledOn: dateOf(settledAt), agreement, institution };
}

const inWindow = (settledAt: Instant, receivedAt: Instant): boolean =>
  settledAt >= receivedAt - WINDOW_BEFORE_MS && settledAt <= receivedAt + WINDOW_AFTER_MS;

/** A suspended institution does not stop the visit: its fund part moves to the institution (architecture §11). */
const isNetworked = (institution: InstitutionView, careCity: string): boolean =>
  institution.city === careCity &&
  (institution.state === 'active' || institution.state === 'suspended');

function openDiseases(
  visit: RecordedVisit,
  { coverage, coverageAsOf }: VisitInputs & { readonly coverage: CoverageView },
  agreement: Agreement,
): readonly string[] | RefusedResult {
  const visitedOn = civilDate(visit.visitedOn);
  const diseases = diseasesOf(visit);
  if (diseases === undefined) return refuse('settlement.disease-missing', { field: 'diseaseCode' });
  for (const diseaseCode of diseases) {
    if (diseaseAgreed(agreement, diseaseCode, visitedOn) === undefined) {
      return refuse('settlement.disease-not-agreed', { field: 'diseaseCode', diseaseCode });
    }
    const qualified = coverage.qualifications.some(
      (each) => each.diseaseCode === diseaseCode && holds(each, visitedOn),
    );
    if (!qualified) {
      return refuse('settlement.not-qualified', {
        field: 'diseaseCode',
        diseaseCode,
        coverageAsOf,
      });
    }
  }
  return diseases;
}

const holds = (
  period: { readonly from: string; readonly until?: string },
  on: CivilDate,
): boolean => period.from <= on && (period.until === undefined || on <= period.until);
