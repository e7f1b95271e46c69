import type { Fen } from '@domain/kernel';
import type { Certainty } from '../finding';
import {
  amountOf,
  bySale,
  type CheckContext,
  type Happening,
  type Involved,
  type Suspicion,
} from './suspicion';

/** A settled visit that is not wholly reversed. */
export interface SettledVisit extends Happening {
  readonly totalFen: Fen;
  /** Of `visitFingerprint`, shortened. */
  readonly fingerprint: string;
}

/** What two visits share that made somebody look: an invoice number, or place, day, doctor and lines. */
export type Likeness = 'invoice' | 'lines';

interface FingerprintedVisit {
  readonly institutionCode: string;
  readonly visitedOn: string;
  readonly careType: string;
  readonly doctorCode?: string | undefined;
  readonly lines: readonly {
    readonly itemCode: string;
    readonly quantity: string;
    readonly amountFen: number;
    readonly performedAt?: string | undefined;
  }[];
}

/**
 * What stays the same when one visit is handed in twice under two numbers: place, day, kind of care, doctor, and the
 * lines in any order. The same injection given twice a day differs in `performedAt` where that is told.
 */
export function visitFingerprint(visit: FingerprintedVisit): string {
  const lines = visit.lines
    .map((line) =>
      JSON.stringify([line.itemCode, line.quantity, line.amountFen, line.performedAt ?? '']),
    )
    .sort();
  return JSON.stringify([
    visit.institutionCode,
    visit.visitedOn,
    visit.careType,
    visit.doctorCode ?? '',
    lines,
  ]);
}

export interface LikenessContext extends CheckContext {
  readonly subject: string;
  readonly likeness: Likeness;
}

/**
 * 重复报销: one visit or one invoice of a person settled twice, in one city or two (rule 25 of cross-check §3.2;
 * RULE-7: settling an already settled cost again). `visits` are all visits of one person that share the likeness. The
 * first by time of sale stands; each later one that repeats it is reported once, whatever the order of arrival.
 */
export function findRepeatedVisits(
  visits: readonly SettledVisit[],
  context: LikenessContext,
): readonly Suspicion[] {
  const kept: SettledVisit[] = [];
  const found: Suspicion[] = [];
  for (const visit of [...visits].sort(bySale)) {
    const match = firstMatch(kept, visit, context.likeness);
    if (match === undefined) kept.push(visit);
    else found.push(describe(match.original.visit, visit.visit, match.certainty, context));
  }
  return found;
}

function firstMatch(
  kept: readonly SettledVisit[],
  visit: SettledVisit,
  likeness: Likeness,
): { readonly original: SettledVisit; readonly certainty: Certainty } | undefined {
  for (const original of kept) {
    const certainty =
      likeness === 'invoice'
        ? invoiceRepeats(original, visit)
        : linesRepeat(original.visit, visit.visit);
    if (certainty !== undefined) return { original, certainty };
  }
  return undefined;
}

/**
 * An invoice number is unique at its institution. Between institutions, numbers may coincide: then only the same total
 * makes it the same paper.
 */
function invoiceRepeats(original: SettledVisit, repeat: SettledVisit): Certainty | undefined {
  if (original.visit.institutionCode === repeat.visit.institutionCode) return 'certain';
  return original.totalFen === repeat.totalFen ? 'certain' : undefined;
}

/** Other boxes are another sale; two invoices for the same lines may be two services. */
function linesRepeat(original: Involved, repeat: Involved): Certainty | undefined {
  const [first, second] = [codesOf(original), codesOf(repeat)];
  const shared = [...first].some((code) => second.has(code));
  if (first.size > 0 && second.size > 0 && !shared) return undefined;
  // The same invoice is found, and reported, by its number.
  if (original.invoiceNo !== undefined && original.invoiceNo === repeat.invoiceNo) return undefined;
  const twoInvoices = original.invoiceNo !== undefined && repeat.invoiceNo !== undefined;
  return twoInvoices && !shared ? 'suspected' : 'certain';
}

const codesOf = (visit: Involved): ReadonlySet<string> =>
  new Set(visit.lines.flatMap((line) => line.traceCodes ?? []));

function describe(
  original: Involved,
  repeat: Involved,
  certainty: Certainty,
  { subject, likeness, ruleVersion, cityName }: LikenessContext,
): Suspicion {
  const where = (each: Involved): string =>
    `${each.on}在${cityName(each.careCity)}（就诊号${each.visitNo}，参保地${cityName(each.insuredCity)}）`;
  const shared =
    likeness === 'invoice' ? `票据号${repeat.invoiceNo ?? ''}` : '同一机构、同一天、相同明细';
  const twoCities =
    original.careCity !== repeat.careCity || original.insuredCity !== repeat.insuredCity;
  return {
    rule: 'same-visit-settled-twice',
    ruleVersion,
    subject,
    certainty,
    severity: twoCities ? 'high' : 'medium',
    observed: `${shared}结算2次`,
    limit: '同一次就诊、同一张票据只结算一次',
    amountFen: amountOf(repeat.lines),
    text: `${shared}已结算两次：先是${where(original)}，后是${where(repeat)}，请核实是否为同一笔费用`,
    involved: [original, repeat],
  };
}
