import { addDays, civilDate, type CivilDate, provinceOf, type Refusal } from '@domain/kernel';
import type { CancelFiling, DecisionInputs, MakeFiling } from './commands';
import type { Coverage, Filing, FilingType } from './coverage';
import { dayOfDecision } from './decide-enrolment';
import { isInsuredBy, lastDay } from './decide-qualification';
import type { FilingCancelled, FilingMade } from './facts';
import { isLongTerm } from './parameters';
import { lastDayOfMonths, overlaps, type Period } from './periods';
import { refuseEnrolment } from './refusals';

export interface FilingInputs extends DecisionInputs {
  readonly filingId: string;
  /** Whether the care city takes part in the co-operation. */
  readonly careCityKnown: boolean;
  readonly temporaryFilingMonths: number;
  readonly minimumTermTypes: readonly FilingType[];
  readonly lookaheadDays: number;
}

/**
 * Makes a filing (异地就医备案) with a city of the other province. A long-term filing holds until changed; a temporary one
 * without an end holds the months of the parameters, and may not be shorter where its type has a minimum (domain-rules §3.1).
 * It may begin in the past: filed after admission, before discharge (§3.2).
 *
 * Filings of different kinds stand side by side and the most favourable is used (§0.4, 5). Of the same kind with the same
 * city (the three long-term types being one kind) a new one supersedes what began earlier from its first day on.
 *
 * Refuses `enrolment.person-unknown`, `.city-unknown`, `.care-city-same-province`, `.period-invalid`, `.filing-too-short`, and
 * `.overlap` with one of the same kind that begins the same day or later.
 */
export function decideFiling(
  coverage: Coverage | undefined,
  command: MakeFiling,
  inputs: FilingInputs,
): FilingMade | Refusal {
  const { insuredCity, careCity, type, from, referringInstitutionCode } = command;
  if (!isInsuredBy(coverage, insuredCity)) return refuseEnrolment('enrolment.person-unknown');
  const term = termOf(command, inputs);
  if (isRefused(term)) return term;
  const rivals = coverage.filings.filter(
    (known) => isSameKind(known, command) && overlaps(known, term),
  );
  const later = rivals.find((known) => known.from >= term.from);
  if (later !== undefined) {
    return refuseEnrolment('enrolment.overlap', { field: 'from', filingId: later.id });
  }
  return {
    personKey: inputs.personKey,
    filingId: inputs.filingId,
    insuredCity,
    careCity,
    type,
    from,
    ...(term.until === undefined ? {} : { until: term.until }),
    ...(referringInstitutionCode === undefined ? {} : { referringInstitutionCode }),
    ...(rivals.length === 0 ? {} : { supersedes: rivals.map(({ id }) => id) }),
  };
}

function termOf(command: MakeFiling, inputs: FilingInputs): Period | Refusal {
  const { insuredCity, careCity, type } = command;
  if (!inputs.careCityKnown)
    return refuseEnrolment('enrolment.city-unknown', { field: 'careCity' });
  if (provinceOf(insuredCity) === provinceOf(careCity)) {
    return refuseEnrolment('enrolment.care-city-same-province', { field: 'careCity' });
  }
  const from = civilDate(command.from);
  if (from > addDays(dayOfDecision(inputs), inputs.lookaheadDays)) {
    return refuseEnrolment('enrolment.period-invalid', { field: 'from' });
  }
  const until = command.until === undefined ? undefined : civilDate(command.until);
  if (until !== undefined && until < from) {
    return refuseEnrolment('enrolment.period-invalid', { field: 'until' });
  }
  if (isLongTerm(type)) return until === undefined ? { from } : { from, until };
  const usual = lastDayOfMonths(from, inputs.temporaryFilingMonths);
  if (until === undefined) return { from, until: usual };
  if (until < usual && inputs.minimumTermTypes.includes(type)) {
    const { temporaryFilingMonths: months } = inputs;
    return refuseEnrolment('enrolment.filing-too-short', {
      field: 'until',
      months,
      earliest: usual,
    });
  }
  return { from, until };
}

const isRefused = (term: Period | Refusal): term is Refusal => 'refused' in term;

function isSameKind(known: Filing, wanted: MakeFiling): boolean {
  if (known.insuredCity !== wanted.insuredCity || known.careCity !== wanted.careCity) return false;
  return known.type === wanted.type || (isLongTerm(known.type) && isLongTerm(wanted.type));
}

/**
 * Cancels a filing; without a day it holds no longer from today on. A day before its beginning means it never held.
 * Refuses `enrolment.filing.not-found`, `.already-ended`, and `.period-invalid` for a day after its end.
 */
export function decideCancel(
  coverage: Coverage | undefined,
  command: CancelFiling,
  inputs: DecisionInputs,
): FilingCancelled | Refusal {
  const { filingId } = command;
  const known = coverage?.filings.find(({ id }) => id === filingId);
  if (known === undefined) return refuseEnrolment('enrolment.filing.not-found');
  const until = lastDay(known, command, inputs);
  if (typeof until !== 'string') return until;
  return { personKey: inputs.personKey, filingId, insuredCity: known.insuredCity, until };
}

export type FilingState = 'upcoming' | 'active' | 'expired' | 'cancelled' | 'superseded';

/** Where a filing stands on a day (domain-rules §3.3): before, within and after its days, and then by what ended it. */
export function filingStateOn(filing: Filing, on: CivilDate): FilingState {
  if (filing.until !== undefined && (on > filing.until || filing.until < filing.from)) {
    return filing.closed ?? 'expired';
  }
  return on < filing.from ? 'upcoming' : 'active';
}
