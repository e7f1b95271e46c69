import type { FilingGroup } from './pack';

/** 备案类型, as enrolment names them (domain-rules §3.1). */
export type FiledType =
  'resettledRetiree' | 'longTermResident' | 'stationedWorker' | 'referral' | 'emergency' | 'other';

/** A filing of the person's insured city for the care city of the visit. Both ends of its period are included. */
export interface FilingView {
  readonly id: string;
  readonly type: FiledType;
  readonly from: string;
  readonly until?: string;
}

/** The filing a visit is settled by; without `id` it is the implicit emergency that the visit itself makes. */
export type UsedFiling =
  | { readonly id: string; readonly type: FiledType; readonly group: FilingGroup }
  | { readonly id?: never; readonly type: 'emergency'; readonly group: 'emergency' };

const GROUP_OF: Readonly<Record<FiledType, FilingGroup>> = {
  resettledRetiree: 'longTerm',
  longTermResident: 'longTerm',
  stationedWorker: 'longTerm',
  referral: 'referral',
  emergency: 'emergency',
  other: 'other',
};

/** The most favourable first (domain-rules §0.4 (5), §3.3). */
const RANK: Readonly<Record<FilingGroup, number>> = {
  longTerm: 0,
  referral: 1,
  emergency: 2,
  other: 3,
};

/** The group whose remote rule a filing type follows. */
export const filingGroupOf = (type: FiledType): FilingGroup => GROUP_OF[type];

/** The filings from one city to another, out of all that a person has. */
export const filingsFor = <
  Filing extends { readonly insuredCity: string; readonly careCity: string },
>(
  filings: readonly Filing[],
  insuredCity: string,
  careCity: string,
): readonly Filing[] =>
  filings.filter((filing) => filing.insuredCity === insuredCity && filing.careCity === careCity);

/**
 * The filing that a visit is settled by: of those that cover the day the most favourable, long-term before referral
 * before emergency before other. A visit flagged as emergency counts as filed for emergency, which therefore never
 * worsens a long-term filing or a referral, and betters an `other` (domain-rules §0.4 (5)). Equal filings: the one begun
 * last, then the smaller id. Undefined when nothing covers the day: the visit is not filed.
 * `filings` are those of the insured city for the care city (`filingsFor`); `on` is the day of `settledAt`.
 */
export function chooseFiling(
  filings: readonly FilingView[],
  on: string,
  emergency: boolean,
): UsedFiling | undefined {
  let best: FilingView | undefined;
  for (const filing of filings) {
    if (filing.from > on || (filing.until !== undefined && filing.until < on)) continue;
    if (best === undefined || isBetter(filing, best)) best = filing;
  }
  if (emergency && (best === undefined || RANK[GROUP_OF[best.type]] > RANK.emergency)) {
    return { type: 'emergency', group: 'emergency' };
  }
  return best === undefined
    ? undefined
    : { id: best.id, type: best.type, group: GROUP_OF[best.type] };
}

function isBetter(filing: FilingView, than: FilingView): boolean {
  const difference = RANK[GROUP_OF[filing.type]] - RANK[GROUP_OF[than.type]];
  if (difference !== 0) return difference < 0;
  if (filing.from !== than.from) return filing.from > than.from;
  return filing.id < than.id;
}
