import type { Refusal } from '@domain/kernel';
import type { Actor, StoredFact } from '@lib/journal';

/** What `GET /admin/status` shows. A service puts in what it has; nothing in it is personal. */
export interface ServiceStatus {
  readonly consumers: readonly ConsumerStatus[];
  readonly relay?: Readonly<Record<string, unknown>>;
  readonly parked: number;
  readonly database: Readonly<Record<string, unknown>>;
  readonly [part: string]: unknown;
}

export interface ConsumerStatus {
  readonly group: string;
  readonly topics: readonly string[];
  readonly running: boolean;
  /** Messages of its topics that are not handled yet; absent when the broker could not be asked. */
  readonly lag?: number;
  /** Age of the oldest fact seen and not handled, in milliseconds; 0 when there is none. */
  readonly oldestUnhandledMs: number;
  /** How often a silent or crashed consumer was replaced. */
  readonly replaced: number;
}

/** Bound by each service. */
export abstract class StatusSource {
  abstract status(): Promise<ServiceStatus>;
}

/** Bound by each service to the inbox of its journal. Drop leaves a fact with actor and reason. */
export abstract class ParkedAdmin {
  /** Parked messages, oldest first, without their bodies. */
  abstract list(
    page: Page,
  ): Promise<{ readonly items: readonly unknown[]; readonly next?: string }>;
  abstract retry(id: string, by: Actor, order: RetryOrder): Promise<unknown>;
  abstract drop(id: string, by: Actor, reason: string): Promise<unknown>;
}

export interface RetryOrder {
  readonly reason: string | undefined;
  /** Give up the versions that are missing before it. */
  readonly skipMissing: boolean;
}

export interface Page {
  readonly after: string | undefined;
  readonly limit: number;
}

export interface FactPage {
  readonly facts: readonly StoredFact[];
  readonly next?: string | undefined;
}

/** Bound by each service to its journal; shows only rows that no running transaction can precede (architecture §4). */
export abstract class JournalReader {
  /** Facts by position; a refusal when the cursor is not one of ours. */
  abstract page(page: Page): Promise<FactPage | Refusal>;
  /** Facts of one stream by version. */
  abstract stream(stream: string, page: Page): Promise<FactPage | Refusal>;
}
