import { formatInstant, type Refusal } from '@domain/kernel';
import type { Actor, Inbox, ParkedFact, ParkedOutcome } from '@lib/journal';
import { type Page, ParkedAdmin, type RetryOrder } from './ports';

const UNKNOWN: Refusal = { refused: 'parked.not-found', title: '没有这条滞留消息' };
const ID = /^\d{1,18}$/;

/** The parked messages of a service's inboxes, as operators see and move them. */
export class InboxParked extends ParkedAdmin {
  constructor(private readonly inboxes: readonly Inbox[]) {
    super();
  }

  async list({ after, limit }: Page) {
    if (after !== undefined && !ID.test(after)) return { items: [] };
    const query = { limit, ...(after === undefined ? {} : { after }) };
    const found = await Promise.all(this.inboxes.map((inbox) => inbox.listParked(query)));
    const items = found
      .flat()
      .sort((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
      .slice(0, limit);
    const last = items[items.length - 1];
    const more = items.length === limit && last !== undefined;
    return { items: items.map(shown), ...(more ? { next: last.id } : {}) };
  }

  /** How many messages are parked, counted up to the limit of one page per inbox. */
  async count(): Promise<number> {
    const found = await Promise.all(
      this.inboxes.map((inbox) => inbox.listParked({ limit: 1_000 })),
    );
    return found.reduce((sum, list) => sum + list.length, 0);
  }

  async retry(id: string, by: Actor, order: RetryOrder) {
    const { reason, skipMissing } = order;
    return this.first(id, (inbox) =>
      skipMissing ? inbox.skipMissing(id, reason ?? '', by) : inbox.retryParked(id),
    );
  }

  async drop(id: string, by: Actor, reason: string) {
    return this.first(id, (inbox) => inbox.dropParked(id, reason, by));
  }

  /** Ids are of one table for all inboxes; each knows its own only. */
  private async first(
    id: string,
    order: (inbox: Inbox) => Promise<ParkedOutcome>,
  ): Promise<ParkedOutcome | Refusal> {
    if (!ID.test(id)) return UNKNOWN;
    for (const inbox of this.inboxes) {
      const outcome = await order(inbox);
      if (outcome.outcome !== 'unknown') return outcome;
    }
    return UNKNOWN;
  }
}

const shown = (fact: ParkedFact) => ({ ...fact, parkedAt: formatInstant(fact.parkedAt) });
