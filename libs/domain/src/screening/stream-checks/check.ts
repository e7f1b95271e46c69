import { findOverlappingSupplies, type Supply } from './overlapping-supply';
import { findRepeatedTraceCode, type TracedSale } from './repeated-trace-code';
import { findRepeatedVisits, type SettledVisit } from './same-visit';
import type { CheckContext, Suspicion } from './suspicion';

/** A question about everything that is known of one subject. */
export type Check =
  | { readonly kind: 'invoice' | 'lines'; readonly considered: readonly SettledVisit[] }
  | {
      readonly kind: 'supply';
      readonly graceDays: number;
      readonly considered: readonly Supply[];
    }
  | { readonly kind: 'trace-code'; readonly considered: readonly TracedSale[] };

export type CheckKind = Check['kind'];

/** Named in facts, so that a fact is decided again by the code that wrote it. */
export const STREAM_CHECK_VERSION = 1;

/**
 * What the facts about a subject support, by the rule of the check. Depends on the set of what is considered, never
 * on the order in which it arrived.
 */
export function runCheck(
  check: Check,
  context: CheckContext & { readonly subject: string },
): readonly Suspicion[] {
  switch (check.kind) {
    case 'invoice':
    case 'lines':
      return findRepeatedVisits(check.considered, { ...context, likeness: check.kind });
    case 'supply':
      return findOverlappingSupplies(check.considered, { ...context, graceDays: check.graceDays });
    case 'trace-code':
      return findRepeatedTraceCode(check.considered, context);
  }
}
