import type {
  RecordedPosting,
  RefusedResult,
  ReversalCommand,
  ReversalInputs,
  SettledPart,
  SettlementReversedResult,
  VisitSettled,
} from './records';
import { refuse } from './refusals';
import type { BenefitYear } from './year';

/** What a reversal starts from: the year as it stands and the fact that settled what is to be reversed. */
export interface ReversalCase {
  readonly command: ReversalCommand;
  readonly inputs: ReversalInputs;
  readonly year: BenefitYear;
  /** The fact that settled it; absent when there is no such settlement in this year. */
  readonly settled: VisitSettled | undefined;
}

/**
 * 撤销 (退费), last in first out: only the newest standing settlement of the benefit year may go, because each later
 * one was decided on what this one left (architecture §11). The result negates stored figures and computes nothing anew.
 * Refuses with `settlement.not-found` (also for another care city: its settlements are not this caller's to see),
 * `.already-reversed` and `.has-later`, which names the later ones by number and care city only.
 */
export function decideReversal({
  command,
  inputs,
  year,
  settled,
}: ReversalCase): SettlementReversedResult | RefusedResult {
  const part = settled?.result.settlements.find(
    (each) => each.settlementNo === command.settlementNo,
  );
  if (settled === undefined || part === undefined || settled.command.careCity !== inputs.careCity) {
    return refuse('settlement.not-found', { settlementNo: command.settlementNo });
  }
  const place = inputs.standing.findIndex((each) => each.settlementNo === command.settlementNo);
  if (place < 0)
    return refuse('settlement.already-reversed', { settlementNo: command.settlementNo });
  const later = inputs.standing.slice(place + 1);
  if (later.length > 0) {
    return refuse('settlement.has-later', {
      later: later.map(({ settlementNo, careCity }) => ({ settlementNo, careCity })),
    });
  }
  return negative(settled, part, inputs, year);
}

function negative(
  settled: VisitSettled,
  part: SettledPart,
  inputs: ReversalInputs,
  year: BenefitYear,
): SettlementReversedResult {
  const { command, result } = settled;
  const uses = negated(part.uses);
  return {
    reversalNo: inputs.reversalNo,
    settlementNo: part.settlementNo,
    visitGroupNo: result.visitGroupNo,
    personKey: result.personKey,
    insurance: result.insurance,
    insuredCity: command.insuredCity,
    careCity: command.careCity,
    institutionCode: command.institutionCode,
    visitNo: command.visitNo,
    diseaseCode: part.diseaseCode,
    totals: negated(part.totals),
    remoteFirstPayFen: minus(part.remoteFirstPayFen),
    deductibleFen: minus(part.deductibleFen),
    payments: negated(part.payments),
    uses,
    accumulators: Object.fromEntries(
      Object.entries(uses).map(([key, amount]) => [key, (year.accumulators[key] ?? 0) + amount]),
    ),
    postings: part.postings.map(({ account, amountFen }): RecordedPosting => ({
      account,
      amountFen: minus(amountFen),
    })),
    // Parts go last first, so the visit is free when its first part goes.
    visitFree: result.settlements[0]?.settlementNo === part.settlementNo,
  };
}

/** Zero stays zero: a minus zero would be another JSON value than the one stored. */
const minus = (amount: number): number => (amount === 0 ? 0 : -amount);

function negated<Amounts extends { readonly [Key in keyof Amounts]: number }>(
  amounts: Amounts,
): Amounts {
  const entries = Object.entries<number>(amounts).map(([key, amount]) => [key, minus(amount)]);
  return Object.fromEntries(entries) as Amounts;
}
