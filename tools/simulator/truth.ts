import type { StreamRule } from '@domain/screening';
import type { Visit } from '@lib/contracts';

/** Wrong claims, planted one by one. */
export const WRONG_CLAIMS = [
  'wrong-gender',
  'child-only',
  'institution-level',
  'insurance-type',
  'not-filed',
  'disease-not-agreed',
  'not-qualified',
  'not-enrolled',
  'unknown-person',
  'institution-closed',
  'visit-settled-twice',
  'invoice-in-two-cities',
  'trace-code-resold',
  'overlapping-supply',
  'overlapping-insulin-two-insurances',
] as const;

/** Claims that look wrong and are not. */
export const NEAR_MISSES = [
  'right-gender',
  'level-reached',
  'emergency-unfiled',
  'split-pack',
  'early-refill',
  'reversed-then-resold',
  'other-ingredient',
  'same-day-referral',
  'coinciding-invoice',
] as const;

export type WrongClaim = (typeof WRONG_CLAIMS)[number];
export type NearMiss = (typeof NEAR_MISSES)[number];
export type PlantKind = WrongClaim | NearMiss;

/** What must come of one planted visit. */
export interface Truth {
  readonly visitNo: string;
  readonly careCity: string;
  readonly institutionCode: string;
  readonly kind: PlantKind;
  /** False for a near miss, which nobody may report. */
  readonly wrong: boolean;
  readonly expected:
    { readonly outcome: 'settled' } | { readonly outcome: 'refused'; readonly refused: string };
  /** The finding that screening must make, with its action where it was made in time. */
  readonly finding?: {
    readonly rule: 'gender' | 'child-only' | 'institution-level' | 'insurance-type';
    readonly knowledgePoint: string;
    readonly lineNo: number;
    readonly action: 'block' | 'selfPay';
  };
  /** The suspicion that cross-check must raise once this visit is settled, and the visits it must name beside it. */
  readonly suspicion?: { readonly rule: StreamRule; readonly with: readonly string[] };
  /** A visit whose settlements the driver must reverse before it hands in this one. */
  readonly reverseFirst?: string;
  /** What happened, for people (zh-CN). */
  readonly note: string;
}

/** One visit of the stream, with its truth where it was planted. */
export interface SimulatedVisit {
  readonly visit: Visit;
  readonly truth?: Truth;
}
