import type { Certainty } from '../finding';

/** What a condition says of a line when it does not simply hold. All texts are Chinese. */
export interface Verdict {
  readonly state: 'hit' | 'undetermined';
  readonly certainty: Certainty;
  /** What was seen: 「男」. */
  readonly observed: string;
  /** What is allowed: 「限女性」. */
  readonly limit: string;
  /** The sentence after the item's name: 「限女性使用，参保人为男性」. */
  readonly sentence: string;
}

/** The answer of a condition whose input is not known: nothing is held against anybody. */
export const undetermined = (limit: string, missing: string): Verdict => ({
  state: 'undetermined',
  certainty: 'suspected',
  observed: '未知',
  limit,
  sentence: `${limit}使用，${missing}未知，未能核对`,
});
