import type { Fen } from '@domain/kernel';

/** What screening may ask for, from mildest to strongest (architecture §11). */
export const ACTIONS = ['pass', 'remind', 'reason', 'selfPay', 'strikeOff', 'block'] as const;
export type Action = (typeof ACTIONS)[number];

/** 明确违规 or 可疑: the two result kinds of the national framework. */
export type Certainty = 'certain' | 'suspected';

/** The rules that look at one line of one visit. */
export const LINE_RULES = [
  'gender',
  'child-only',
  'age-range',
  'insurance-type',
  'institution-level',
  'code-unknown',
  'code-malformed',
] as const;
export type LineRule = (typeof LINE_RULES)[number];

/** One reason to doubt a line, complete enough to be believed without a look-up. */
export interface LineFinding {
  readonly action: Action;
  readonly state: 'hit' | 'undetermined';
  readonly rule: LineRule;
  readonly ruleVersion: string;
  readonly knowledgePoint?: string;
  readonly certainty: Certainty;
  readonly lineNos: readonly number[];
  readonly observed: string;
  readonly limit: string;
  /** The gross amount of the line. */
  readonly amountFen: Fen;
  /** Plain Chinese for the people at the counter. */
  readonly text: string;
}

/** The stronger of two actions, in the order of architecture §11. */
export const stronger = (a: Action, b: Action): Action =>
  ACTIONS.indexOf(a) >= ACTIONS.indexOf(b) ? a : b;

/** The milder of two actions. */
export const milder = (a: Action, b: Action): Action =>
  ACTIONS.indexOf(a) <= ACTIONS.indexOf(b) ? a : b;
