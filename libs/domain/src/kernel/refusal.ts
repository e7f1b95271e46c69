/**
 * An answer that says no. `refused` is the stable code (`area.reason`); what else is needed to understand it
 * stands beside it and travels to the caller. Never carries personal data.
 */
export interface Refusal {
  readonly refused: string;
  /** The offending field as a path, when one field is to blame: `lines[2].amountFen`. */
  readonly field?: string;
  readonly [detail: string]: unknown;
}

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value;
