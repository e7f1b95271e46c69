import {
  type Agreement,
  calculateChronic,
  type ChronicBenefit,
  explainChronic,
  type ExplainedStep,
  type PolicyPack,
} from '@domain/benefit';
import { fenFromJson, isRefusal, type Fen } from '@domain/kernel';
import { chronicCase } from './decide-visit';
import { eligibilityOf } from './eligibility';
import type { VisitSettled } from './records';
import { effectsOf } from './screening-effects';
import { totalsOf } from './totals';

/** The worked explanation of each settlement of a group, in their order. */
export const explainBenefits = (
  benefits: readonly ChronicBenefit[],
): readonly (readonly ExplainedStep[])[] => benefits.map(explainChronic);

/**
 * Works the benefits of a stored fact out again from its command and inputs (architecture §4: the explanation is not
 * stored). What had been used before is what stood after, less what each settlement added. Throws when the fact does
 * not lead to a benefit: then it was not written by this version of the rules.
 */
export function benefitsOf(
  fact: VisitSettled,
  pack: PolicyPack,
  agreement: Agreement,
): readonly ChronicBenefit[] {
  const { command: visit, inputs, result } = fact;
  const eligibility = eligibilityOf(visit, inputs, agreement);
  const effects = effectsOf(visit, inputs.screening);
  if ('refused' in eligibility || 'refused' in effects)
    throw new UnexplainedFact(result.visitGroupNo);
  return result.settlements.map((part) => {
    const before = (key: string): Fen =>
      fenFromJson((part.accumulators[key] ?? 0) - (part.uses[key] ?? 0));
    const lines = visit.lines.filter(
      (line) => (line.diseaseCode ?? visit.diseaseCode) === part.diseaseCode,
    );
    const benefit = calculateChronic({
      ...chronicCase(eligibility, pack, part.diseaseCode),
      totals: totalsOf(lines, effects.excluded),
      used: before,
    });
    if (isRefusal(benefit)) throw new UnexplainedFact(result.visitGroupNo);
    return benefit;
  });
}

/** A stored settlement that today's rules would not have made. */
export class UnexplainedFact extends Error {
  constructor(visitGroupNo: string) {
    super(`visit group ${visitGroupNo} cannot be worked out again from its fact`);
  }
}
