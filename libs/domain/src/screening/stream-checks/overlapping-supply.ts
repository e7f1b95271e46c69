import { addDays, type CivilDate, daysBetween } from '@domain/kernel';
import { amountOf, bySale, type CheckContext, type Happening, type Suspicion } from './suspicion';

/** One medicine handed out at one settled visit, shown with the lines of this medicine only. */
export interface Supply extends Happening {
  readonly ingredient: string;
  readonly medicineName: string;
  readonly startsOn: CivilDate;
  /** The longest supply among the visit's lines of this medicine: strengths taken together last as long as one. */
  readonly supplyDays: number;
  /** Settled under a filing for referral (转诊). */
  readonly referral: boolean;
}

export interface SupplyContext extends CheckContext {
  readonly subject: string;
  readonly graceDays: number;
}

/** Days on which both supplies last; 0 when they do not meet. */
export function overlapDays(a: Supply, b: Supply): number {
  const startsOn = a.startsOn > b.startsOn ? a.startsOn : b.startsOn;
  const endsA = addDays(a.startsOn, a.supplyDays);
  const endsB = addDays(b.startsOn, b.supplyDays);
  return Math.max(0, daysBetween(startsOn, endsA < endsB ? endsA : endsB));
}

/**
 * One medicine handed out to one person in two cities while the first supply lasts, by more than the days of grace
 * (rule 28 of cross-check §3.2, domain-rules §7.7). `supplies` are all of one person and one ingredient.
 *
 * Taken in order of sale, not of arrival: a supply that overlaps an accepted one in another city is reported and not
 * counted further, so that the regular supply that follows is not blamed for it. Not reported: an early refill
 * within the grace, a few days' bridge supply, and both cities on the day of a referral.
 */
export function findOverlappingSupplies(
  supplies: readonly Supply[],
  context: SupplyContext,
): readonly Suspicion[] {
  const accepted: Supply[] = [];
  const found: Suspicion[] = [];
  for (const supply of [...supplies].sort(bySale)) {
    const rival = worstRival(accepted, supply, context.graceDays);
    if (rival === undefined) accepted.push(supply);
    else found.push(describe(rival, supply, context));
  }
  return found;
}

function worstRival(
  accepted: readonly Supply[],
  supply: Supply,
  graceDays: number,
): Supply | undefined {
  let worst: Supply | undefined;
  for (const rival of accepted) {
    if (rival.visit.careCity === supply.visit.careCity || referredThatDay(rival, supply)) continue;
    const days = overlapDays(rival, supply);
    if (days > graceDays && (worst === undefined || days > overlapDays(worst, supply))) {
      worst = rival;
    }
  }
  return worst;
}

const referredThatDay = (a: Supply, b: Supply): boolean =>
  a.startsOn === b.startsOn && (a.referral || b.referral);

function describe(first: Supply, second: Supply, context: SupplyContext): Suspicion {
  const days = overlapDays(first, second);
  const part = (each: Supply): string =>
    `${each.startsOn}在${context.cityName(each.visit.careCity)}供药${each.supplyDays}天`;
  return {
    rule: 'same-medicine-in-two-cities',
    ruleVersion: context.ruleVersion,
    subject: context.subject,
    certainty: 'suspected',
    severity: 'medium',
    observed: `重叠${days}天`,
    limit: `重叠不超过${context.graceDays}天`,
    amountFen: amountOf(second.visit.lines),
    text: `“${second.medicineName}”在两地重复供药：${part(first)}，${part(second)}，重叠${days}天，超过${context.graceDays}天的宽限`,
    involved: [first.visit, second.visit],
  };
}
