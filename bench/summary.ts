/** The one line that a benchmark ends with (names that others rely on). */
export interface Summary {
  readonly bench: string;
  readonly passed: boolean;
  readonly durability: Readonly<Record<string, unknown>>;
  readonly baseline: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
  readonly notes?: readonly string[];
}

/** Prints the summary as JSON on a line of its own. */
export function printSummary(summary: Summary): void {
  process.stdout.write(`${JSON.stringify(summary)}\n`);
}

export const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** The value below which a share of the samples lies; NaN for none. Sorts a copy. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort();
  const at = Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1);
  return round(sorted[Math.max(0, at)] ?? Number.NaN);
}

/** Two decimals are more than a benchmark knows. */
export const round = (value: number): number => Math.round(value * 100) / 100;
