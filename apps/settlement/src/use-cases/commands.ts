import type { HashedNumber, RecordedVisit, ReversalCommand } from '@domain/settlement';
import type { Instant } from '@domain/kernel';
import type { Actor, CommandKey } from '@lib/journal';

/** Version of the answers that the doors render; recorded with each fact. A change of them makes a new version beside the old. */
export const ANSWER_VERSION = 1;

/** A visit as it came through any of the three doors, with one meaning (architecture §2). */
export interface SettleVisit {
  readonly key: CommandKey;
  readonly actor: Actor;
  readonly visit: RecordedVisit;
  /** The hashes the person may be known by while a key is being rotated; the first is the visit's own. */
  readonly candidates: readonly HashedNumber[];
  /** When the platform first received it. */
  readonly receivedAt: Instant;
}

export interface ReverseSettlement {
  readonly key: CommandKey;
  readonly actor: Actor;
  readonly command: ReversalCommand;
  readonly careCity: string;
}
