import type { YearFact } from './records';

/**
 * 待遇年度: what a person has used of the benefits of one calendar year at the insured city, by accumulator key.
 * Shared by every visit of the year, which is why the year and not the claim is the stream.
 */
export interface BenefitYear {
  readonly accumulators: Readonly<Record<string, number>>;
}

export const EMPTY_YEAR: BenefitYear = { accumulators: {} };

/** The stream of a person's benefit year. The names sort before those of refusals, so locks are taken in one order. */
export const yearStream = (insuredCity: string, year: number, personKey: string): string =>
  `benefit-year/${insuredCity}/${year}/${personKey}`;

/** Folds one fact into the year. A reversal carries negative uses, so one rule serves both. */
export function evolveYear(year: BenefitYear, fact: YearFact): BenefitYear {
  const accumulators: Record<string, number> = { ...year.accumulators };
  for (const uses of usesOf(fact)) {
    for (const [key, amount] of Object.entries(uses)) {
      const sum = (accumulators[key] ?? 0) + amount;
      if (sum === 0) Reflect.deleteProperty(accumulators, key);
      else accumulators[key] = sum;
    }
  }
  return { accumulators };
}

/** The year as stored text: keys in order, so that equal years are equal text. */
export function yearToText(year: BenefitYear): string {
  const entries = Object.entries(year.accumulators).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ accumulators: Object.fromEntries(entries) });
}

function usesOf(fact: YearFact): readonly Readonly<Record<string, number>>[] {
  return fact.type === 'VisitSettled.v1'
    ? fact.result.settlements.map((part) => part.uses)
    : [fact.result.uses];
}
