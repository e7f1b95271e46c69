import { addFen, type CivilDate, type Fen, type Instant } from '@domain/kernel';
import type { Certainty } from '../finding';

/** The rules that look at several settlements of one person, or at one box of medicine. */
export const STREAM_RULES = [
  'same-visit-settled-twice',
  'same-medicine-in-two-cities',
  'trace-code-sold-twice',
] as const;
export type StreamRule = (typeof STREAM_RULES)[number];

/** A line as evidence shows it. Carries no disease: qualifications appear in no list (domain-rules §0.4 (14)). */
export interface EvidenceLine {
  readonly lineNo: number;
  readonly itemCode: string;
  readonly itemName: string;
  readonly quantity: string;
  readonly amountFen: Fen;
  readonly traceCodes?: readonly string[];
  readonly supplyDays?: number;
}

/** One settled visit as evidence shows it, with the fact that proves it. */
export interface Involved {
  readonly visitGroupNo: string;
  readonly settlementNos: readonly string[];
  readonly personKey: string;
  readonly insuredCity: string;
  readonly careCity: string;
  readonly institutionCode: string;
  readonly visitNo: string;
  readonly invoiceNo?: string;
  readonly on: CivilDate;
  /** The moment of sale by the business clock of the seller; what decides who came first. */
  readonly soldAt: Instant;
  readonly lines: readonly EvidenceLine[];
  readonly fact: { readonly stream: string; readonly version: number };
}

/** A doubt with its evidence. Raised or withdrawn by facts; never a judgement about a person. */
export interface Suspicion {
  readonly rule: string;
  readonly ruleVersion: string;
  /** What was asked about: a trace code, a person's medicine, an invoice. Stable while the evidence grows. */
  readonly subject: string;
  readonly certainty: Certainty;
  readonly severity: 'high' | 'medium';
  readonly observed: string;
  readonly limit: string;
  /** The gross amount of the later visit's lines concerned. */
  readonly amountFen: Fen;
  readonly text: string;
  /** In the order of sale. */
  readonly involved: readonly Involved[];
}

/** What a check needs to speak: the version of the rules, and names of cities, which are data and not code. */
export interface CheckContext {
  readonly ruleVersion: string;
  readonly cityName: (city: string) => string;
}

/** Something that happened at a settled visit. */
export interface Happening {
  readonly visit: Involved;
}

/** Event order: by the moment of sale, never by arrival; the group number breaks ties the same way every time. */
export function bySale(a: Happening, b: Happening): number {
  const [first, second] = [a.visit, b.visit];
  if (first.soldAt !== second.soldAt) return first.soldAt - second.soldAt;
  if (first.visitGroupNo === second.visitGroupNo) return 0;
  return first.visitGroupNo < second.visitGroupNo ? -1 : 1;
}

export const amountOf = (lines: readonly EvidenceLine[]): Fen =>
  addFen(...lines.map((line) => line.amountFen));

/**
 * What makes a suspicion itself: the same rule about the same subject and settlements is the same suspicion, however
 * often and in whatever order the facts arrive. To be hashed into its id.
 */
export function identityOf(suspicion: Suspicion): string {
  const settlements = suspicion.involved.flatMap((each) => each.settlementNos).sort();
  return JSON.stringify([suspicion.rule, suspicion.subject, settlements]);
}

/** What to do so that the open suspicions about some subjects are exactly those that the facts now support. */
export function reconcile(
  supported: ReadonlyMap<string, Suspicion>,
  open: ReadonlySet<string>,
): {
  readonly raise: ReadonlyMap<string, Suspicion>;
  readonly withdraw: readonly string[];
} {
  const raise = new Map([...supported].filter(([id]) => !open.has(id)));
  return { raise, withdraw: [...open].filter((id) => !supported.has(id)) };
}
