import { setTimeout as sleep } from 'node:timers/promises';
import { type Instant, formatInstant } from '@domain/kernel';
import type { DataSource } from 'typeorm';
import { causeOf, isEnvironmentFault } from '../faults';
import type { Actor, FactHandler, Transaction, UnitOfWork } from '../types';
import { advanceInbox } from './attempts';
import { type Arrival, decode } from './decode';
import type { InboxLimits } from './inbox';
import {
  PARKED_COLUMNS,
  type ParkedFact,
  type ParkedRow,
  lockInboxStreams,
  parkedOf,
} from './parked';
import { openBody } from './sealed-body';
import { type InboxStream, versionAfter } from './sort-arrivals';

/** What became of an operator's order; `unknown` when nothing is parked under the id, or no longer. */
export type ParkedOutcome =
  | { readonly outcome: 'handled' | 'repeat' | 'dropped' | 'skipped' | 'unknown' }
  /** It stays parked: an earlier fact of its stream must go first, or its order does not fit. */
  | { readonly outcome: 'waits' }
  | { readonly outcome: 'failed'; readonly cause: string };

interface Place {
  readonly producer: string;
  readonly stream: string;
}

interface ParkingOptions {
  readonly work: UnitOfWork;
  readonly dataSource: DataSource;
  readonly handler: FactHandler;
  readonly parkingKey: Buffer;
  readonly now: () => Instant;
  readonly limits: InboxLimits;
}

type OpenRow = ParkedRow & { readonly body: Buffer };

/** Handles what is parked: releases what waits when its turn comes, and carries out what operators order. */
export class ParkingPlace {
  private readonly consumer: string;
  /** Attempts that were counted and ended in a fault of the environment: not to be counted again. */
  private readonly counted = new Set<string>();

  constructor(private readonly options: ParkingOptions) {
    this.consumer = options.handler.name;
  }

  /** Releases every stream in which a waiting fact is the next one. */
  async releaseAll(): Promise<void> {
    const streams: Place[] = await this.options.dataSource.query(
      `select distinct s.producer, s.stream from parked_fact p
         join inbox_stream s on s.consumer = p.consumer and s.producer = p.producer and s.stream = p.stream
       where p.consumer = $1 and p.state = 'parked' and p.kind in ('waiting', 'gap') and p.version = s.version + 1
       order by 1, 2`,
      [this.consumer],
    );
    for (const stream of streams) await this.release(stream);
  }

  /** Handles what waits in a stream, in order, until a version is missing or a fact fails. */
  async release(stream: Place): Promise<void> {
    for (;;) {
      const next = await this.nextWaiting(stream);
      if (next === undefined) return;
      const { outcome } = await this.attempt(next);
      if (outcome !== 'handled' && outcome !== 'repeat') return;
    }
  }

  async retry(id: string): Promise<ParkedOutcome> {
    const row = await this.find(id);
    if (row === undefined) return { outcome: 'unknown' };
    const outcome = await this.handleOnce(row).catch((error: unknown): ParkedOutcome => {
      if (isEnvironmentFault(error)) throw error;
      return { outcome: 'failed', cause: causeOf(error) };
    });
    if (outcome.outcome === 'failed') await this.condemn(row, outcome.cause, row.attempts + 1);
    else await this.releaseBehind(row);
    return outcome;
  }

  async drop(id: string, reason: string, actor: Actor): Promise<ParkedOutcome> {
    return await this.giveUp(id, async (tx, row, stream) => {
      await tx.query({
        text: `update parked_fact set state = 'dropped', reason = $2, settled_at = $3 where id = $1`,
        values: [id, reason, formatInstant(this.options.now())],
      });
      this.record(tx, { type: 'ParkedFactDropped.v1', row, reason, actor });
      if (stream !== undefined && row.version === stream.version + 1)
        await this.moveTo(tx, stream, row.version);
      return { outcome: 'dropped' };
    });
  }

  async skipMissing(id: string, reason: string, actor: Actor): Promise<ParkedOutcome> {
    return await this.giveUp(id, async (tx, row, stream) => {
      const first = Math.min(...(stream?.parked ?? []));
      if (stream === undefined || row.version !== first || first === stream.version + 1) {
        return { outcome: 'waits' };
      }
      const missing = { from: stream.version + 1, until: first - 1 };
      this.record(tx, { type: 'MissingFactsSkipped.v1', row, reason, actor, missing });
      await this.moveTo(tx, stream, first - 1);
      return { outcome: 'skipped' };
    });
  }

  /** Attempts are counted before, so that a waiting fact which ends the process is found as well. */
  private async attempt(row: OpenRow): Promise<ParkedOutcome> {
    const { limits } = this.options;
    const attempts = row.attempts + (this.counted.delete(row.id) ? 0 : 1);
    if (attempts > limits.crashes) {
      const cause = 'the process ended while it handled this message';
      await this.condemn(row, cause, attempts - 1);
      return { outcome: 'failed', cause };
    }
    await this.count(row, attempts);
    try {
      return await this.tryAgain(row);
    } catch (error) {
      if (isEnvironmentFault(error)) {
        this.counted.add(row.id);
        throw error;
      }
      const cause = causeOf(error);
      await this.condemn(row, cause, limits.attempts);
      return { outcome: 'failed', cause };
    }
  }

  private async tryAgain(row: OpenRow): Promise<ParkedOutcome> {
    const { attempts, backoffMs } = this.options.limits;
    for (let attempt = 1; attempt < attempts; attempt += 1) {
      try {
        return await this.handleOnce(row);
      } catch (error) {
        if (isEnvironmentFault(error)) throw error;
        await sleep(backoffMs * 2 ** (attempt - 1));
      }
    }
    return await this.handleOnce(row);
  }

  /** Handles a parked message in a transaction of its own, if its turn has come. */
  private async handleOnce(row: OpenRow): Promise<ParkedOutcome> {
    const arrival = this.open(row);
    if (arrival.status === 'malformed') return { outcome: 'failed', cause: arrival.cause };
    return await this.options.work.run(async (tx): Promise<ParkedOutcome> => {
      const [stream] = await lockInboxStreams(tx, this.consumer, [arrival.identity]);
      if (stream === undefined || !(await this.stillParked(tx, row.id)))
        return { outcome: 'unknown' };
      const { version } = arrival.identity;
      if (version > stream.version + 1) {
        await this.nameStream(tx, row.id, arrival);
        return { outcome: 'waits' };
      }
      const fresh = version === stream.version + 1;
      if (fresh) {
        await this.options.handler.handle(tx, [arrival.fact]);
        await this.moveTo(tx, stream, version);
      }
      await tx.query({
        text: `update parked_fact set state = 'retried', producer = $2, stream = $3, version = $4, settled_at = $5 where id = $1`,
        values: [
          row.id,
          stream.producer,
          stream.stream,
          version,
          formatInstant(this.options.now()),
        ],
      });
      return { outcome: fresh ? 'handled' : 'repeat' };
    });
  }

  /** A message that could not be read when it was parked, and can be by now, waits in its stream from here on. */
  private async nameStream(tx: Transaction, id: string, arrival: Arrival): Promise<void> {
    const { producer, stream, version } = arrival.identity ?? {};
    await tx.query({
      text: `update parked_fact set producer = $2, stream = $3, version = $4, kind = 'gap' where id = $1 and stream is null
        and not exists (select from parked_fact o where o.consumer = parked_fact.consumer and o.producer = $2
          and o.stream = $3 and o.version = $4)`,
      values: [id, producer, stream, version],
    });
  }

  private async giveUp(
    id: string,
    order: (
      tx: Transaction,
      row: ParkedFact,
      stream: InboxStream | undefined,
    ) => Promise<ParkedOutcome>,
  ): Promise<ParkedOutcome> {
    const row = await this.find(id);
    if (row === undefined) return { outcome: 'unknown' };
    const outcome = await this.options.work.run(async (tx): Promise<ParkedOutcome> => {
      const [stream] = await lockInboxStreams(tx, this.consumer, placesOf(row));
      if (!(await this.stillParked(tx, id))) return { outcome: 'unknown' };
      return await order(tx, parkedOf(row), stream);
    });
    await this.releaseBehind(row);
    return outcome;
  }

  /** Where an order about something parked is kept: a private stream per consumer. */
  private record(
    tx: Transaction,
    order: {
      readonly type: string;
      readonly row: ParkedFact;
      readonly reason: string;
      readonly actor: Actor;
      readonly missing?: object;
    },
  ): void {
    const { type, row, reason, actor, missing } = order;
    const { id, topic, partition, offset, producer, stream, version, kind, cause, attempts } = row;
    const payload = {
      command: { id, reason },
      inputs: { topic, partition, offset, producer, stream, version, kind, cause, attempts },
      result: { missing },
    };
    tx.append({
      stream: `parked/${this.consumer}`,
      type,
      payload: JSON.stringify(payload),
      actor,
      recordedAt: this.options.now(),
    });
  }

  private async moveTo(tx: Transaction, stream: InboxStream, version: number): Promise<void> {
    const after = versionAfter(version, new Set(stream.dropped));
    await advanceInbox(tx, this.consumer, [{ ...stream, version: after }], []);
  }

  private async releaseBehind(row: ParkedRow): Promise<void> {
    for (const stream of placesOf(row)) await this.release(stream);
  }

  private open(row: OpenRow): Arrival {
    const { topic, partition, offset } = row;
    const place = { topic, partition, offset, timestampMs: Number(row.message_ms) };
    return decode(openBody(this.options.parkingKey, this.consumer, place, row.body));
  }

  private async stillParked(tx: Transaction, id: string): Promise<boolean> {
    const rows = await tx.query({
      text: `select 1 from parked_fact where id = $1 and state = 'parked' for no key update`,
      values: [id],
    });
    return rows.length > 0;
  }

  private async find(id: string): Promise<OpenRow | undefined> {
    if (!/^\d{1,18}$/.test(id)) return undefined;
    const rows: OpenRow[] = await this.options.dataSource.query(
      `select ${PARKED_COLUMNS}, body from parked_fact where consumer = $1 and id = $2 and state = 'parked'`,
      [this.consumer, id],
    );
    return rows[0];
  }

  private async nextWaiting({ producer, stream }: Place): Promise<OpenRow | undefined> {
    const rows: OpenRow[] = await this.options.dataSource.query(
      `select ${PARKED_COLUMNS}, body from parked_fact where consumer = $1 and producer = $2 and stream = $3
         and state = 'parked' and kind in ('waiting', 'gap') and version = 1 + (select s.version from inbox_stream s
           where s.consumer = $1 and s.producer = $2 and s.stream = $3)`,
      [this.consumer, producer, stream],
    );
    return rows[0];
  }

  private async count(row: ParkedRow, attempts: number): Promise<void> {
    await this.options.dataSource.query('update parked_fact set attempts = $2 where id = $1', [
      row.id,
      attempts,
    ]);
  }

  private async condemn(row: ParkedRow, cause: string, attempts: number): Promise<void> {
    await this.options.dataSource.query(
      `update parked_fact set kind = case kind when 'malformed' then kind else 'fault' end, cause = $2, attempts = $3
         where id = $1 and state = 'parked'`,
      [row.id, cause, attempts],
    );
  }
}

const placesOf = ({ producer, stream }: ParkedRow): readonly Place[] =>
  producer === null || stream === null ? [] : [{ producer, stream }];
