import {
  type CivilDate,
  type CivilMonth,
  type Fen,
  maxFen,
  minFen,
  type Refusal,
  shareHalfUp,
  subFen,
  yearOf,
  ZERO_FEN,
} from '@domain/kernel';
import type { UsedFiling } from './filing';
import { type Cap, capsOf } from './limits';
import type { LineTotals } from './lines';
import type { ChronicDisease, Citation, PackPersonType, PolicyPack, RemoteCut, Tier } from './pack';

/** A disease the person is qualified for at the insured city on the day of service. */
export interface QualifiedDisease {
  readonly diseaseCode: string;
  /** First day of benefit; where a city lets it begin the month after approval, this day already says so. */
  readonly from: string;
  /** The person's own limit, in the period of the disease's limit (a year where the pack has none). */
  readonly limitFen?: Fen;
}

/** Everything that decides what a chronic-disease visit is paid. */
export interface ChronicInput {
  /** The sums of the visit's lines for this disease. */
  readonly totals: LineTotals;
  /** In force on `settledOn` at the insured city, for the person's insurance. */
  readonly pack: PolicyPack;
  readonly tier: Tier;
  readonly personType: PackPersonType;
  readonly filing: UsedFiling;
  readonly diseaseCode: string;
  /** All the person's qualifications on the day of service, this disease among them. */
  readonly qualifications: readonly QualifiedDisease[];
  /** The month of service, which a monthly limit follows. */
  readonly serviceMonth: CivilMonth;
  /** The day of `settledAt`, whose year the yearly limits, the deductible and the cap follow. */
  readonly settledOn: CivilDate;
  /** What earlier settlements have added to an accumulator, 0 for none. */
  readonly used: (key: string) => Fen;
}

/** What the pool pays for a visit, with every figure on the way. */
export interface ChronicBenefit {
  readonly totals: LineTotals;
  readonly disease: ChronicDisease;
  readonly tier: Tier;
  readonly personType: PackPersonType;
  readonly filing: UsedFiling;
  readonly remoteCut: RemoteCut;
  readonly remoteFirstPay: Fen;
  readonly deductible: Fen;
  /** What the ratio is applied to. */
  readonly base: Fen;
  /** The ratio of the pack for tier and person, before any cut in points. */
  readonly standardRatioBasisPoints: bigint;
  readonly ratioBasisPoints: bigint;
  readonly ratioSource: Citation;
  readonly poolBeforeCaps: Fen;
  /** Every cap looked at, with what was left of it. */
  readonly caps: readonly Cap[];
  /** The cap that made the pool pay less, the tightest one. */
  readonly cutBy?: Cap;
  readonly pool: Fen;
  /** What the person bears of the total. */
  readonly person: Fen;
  /** Compliant self-pay: of what is eligible and not remote first-pay, the part the pool did not pay. */
  readonly selfPay: Fen;
  /** What the settlement adds to each accumulator; a reversal takes exactly this away. No zeros. */
  readonly uses: Readonly<Record<string, Fen>>;
}

/** The tier by which ratios are read; anything but 1 to 3 counts as without a tier. */
export const tierOf = (level: number): Tier =>
  level === 1 || level === 2 || level === 3 ? level : 0;

/**
 * What the insured city's pool pays for a chronic-disease visit (domain-rules §4.3): remote first-pay off the eligible
 * sum, then the deductible of the year, then the ratio of tier and person (lowered by points where the city does it that
 * way, never below 0), then the tightest of the caps. HALF_UP at the remote first-pay and at the ratio, nowhere else.
 * Refused as `settlement.disease-not-in-pack` where the city pays nothing for the disease, and as
 * `settlement.person-type-not-in-pack` where the pack has no ratio for such a person.
 */
export function calculateChronic(input: ChronicInput): ChronicBenefit | Refusal {
  const { totals, pack, tier, personType } = input;
  const disease = pack.chronic.diseases.get(input.diseaseCode);
  if (disease === undefined) {
    return { refused: 'settlement.disease-not-in-pack', diseaseCode: input.diseaseCode };
  }
  const standardRatioBasisPoints = disease.ratio.byPerson[personType]?.[tier];
  if (standardRatioBasisPoints === undefined) {
    return { refused: 'settlement.person-type-not-in-pack', personType };
  }
  const remoteCut = pack.remote.chronic[input.filing.group];
  const isFirstPay = remoteCut.mode === 'firstPay';
  const remoteFirstPay = isFirstPay
    ? shareHalfUp(totals.eligible, remoteCut.basisPoints)
    : ZERO_FEN;
  const payable = subFen(totals.eligible, remoteFirstPay);
  const deductible = deductibleOf(disease, payable, input);
  const base = subFen(payable, deductible);
  const lowered = standardRatioBasisPoints - (isFirstPay ? 0n : remoteCut.basisPoints);
  const ratioBasisPoints = lowered < 0n ? 0n : lowered;
  const poolBeforeCaps = shareHalfUp(base, ratioBasisPoints);
  const caps = capsOf(disease, input);
  const cutBy = tightest(caps, poolBeforeCaps);
  const pool = cutBy === undefined ? poolBeforeCaps : cutBy.left;
  const selfPay = subFen(payable, pool);
  return {
    totals,
    disease,
    tier,
    personType,
    filing: input.filing,
    remoteCut,
    remoteFirstPay,
    deductible,
    base,
    standardRatioBasisPoints,
    ratioBasisPoints,
    ratioSource: disease.ratio.source,
    poolBeforeCaps,
    caps,
    ...(cutBy === undefined ? {} : { cutBy }),
    pool,
    person: subFen(totals.total, pool),
    selfPay,
    uses: usesOf(input, { deductible, pool, selfPay, caps }),
  };
}

const deductibleKey = (settledOn: CivilDate): string => `deductible:chronic:${yearOf(settledOn)}`;

function deductibleOf(disease: ChronicDisease, payable: Fen, input: ChronicInput): Fen {
  const standard = disease.deductible.amount;
  if (standard === ZERO_FEN) return ZERO_FEN;
  const left = maxFen(ZERO_FEN, subFen(standard, input.used(deductibleKey(input.settledOn))));
  return minFen(payable, left);
}

function tightest(caps: readonly Cap[], before: Fen): Cap | undefined {
  let found: Cap | undefined;
  for (const cap of caps) {
    if (cap.left < (found === undefined ? before : found.left)) found = cap;
  }
  return found;
}

function usesOf(
  input: ChronicInput,
  amounts: { deductible: Fen; pool: Fen; selfPay: Fen; caps: readonly Cap[] },
): Readonly<Record<string, Fen>> {
  const { deductible, pool, selfPay, caps } = amounts;
  const year = yearOf(input.settledOn);
  const uses: Record<string, Fen> = {};
  if (pool > ZERO_FEN) {
    uses[`pool:${year}`] = pool;
    uses[`disease:${input.diseaseCode}:${year}`] = pool;
    for (const cap of caps) uses[cap.key] = pool;
  }
  if (deductible > ZERO_FEN) uses[deductibleKey(input.settledOn)] = deductible;
  if (selfPay > ZERO_FEN) uses[`selfPay:${year}`] = selfPay;
  return uses;
}

/**
 * The uses that stand when no fund pays because institution or practitioner is suspended: deductible and self-pay
 * accumulate, caps are not consumed (architecture §11).
 */
export function usesWithoutFund(
  uses: Readonly<Record<string, Fen>>,
): Readonly<Record<string, Fen>> {
  const kept: Record<string, Fen> = {};
  for (const [key, amount] of Object.entries(uses)) {
    if (key.startsWith('deductible:') || key.startsWith('selfPay:')) kept[key] = amount;
  }
  return kept;
}
