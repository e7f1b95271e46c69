import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '@domain/kernel';
import type { DataSource } from 'typeorm';
import { causeOf, isEnvironmentFault } from '../faults';
import { type Logger, silentLogger } from '../logger';
import type { Actor, FactHandler, IncomingMessage, UnitOfWork } from '../types';
import { type OffsetRange, advanceInbox, beginAttempt, countAttempt, rangesOf } from './attempts';
import { type Arrival, decode } from './decode';
import { type ParkedFact, insertParked, lockInboxStreams } from './parked';
import { type ParkedQuery, countParked, listParked } from './list-parked';
import { type ParkedOutcome, ParkingPlace } from './parking-place';
import { PARKING_KEY_BYTES } from './sealed-body';
import { type SortedArrivals, sortArrivals, streamKey } from './sort-arrivals';

export interface InboxLimits {
  /** Attempts at a message that throws, before it is parked. */
  readonly attempts: number;
  /** Attempts at a message alone during which the process may end, before it is parked. */
  readonly crashes: number;
  /** Wait before the second attempt; it doubles. */
  readonly backoffMs: number;
}

export interface InboxOptions {
  readonly work: UnitOfWork;
  readonly dataSource: DataSource;
  readonly handler: FactHandler;
  /** 32 bytes from configuration: encrypts the bodies of parked messages. */
  readonly parkingKey: Buffer;
  readonly now: () => Instant;
  readonly limits?: Partial<InboxLimits>;
  readonly logger?: Logger;
}

export interface Inbox {
  readonly handler: FactHandler;
  /**
   * Handles a batch of messages, in order per partition, with exactly one effect per fact. When it resolves, every
   * message is handled, known or parked, and offsets may be committed. It throws only when the environment failed
   * (connection, disk): then the same batch is to be given again, later.
   */
  receive(messages: readonly IncomingMessage[]): Promise<void>;
  /** How many messages are parked now, those that wait for others included. */
  countParked(): Promise<number>;
  listParked(query?: ParkedQuery): Promise<readonly ParkedFact[]>;
  /** Handles a parked message again, and then what waited behind it. */
  retryParked(id: string): Promise<ParkedOutcome>;
  /** Gives a parked message up, with a reason that becomes a fact; its stream goes on. */
  dropParked(id: string, reason: string, actor: Actor): Promise<ParkedOutcome>;
  /** Gives the versions up that are missing before a message parked as `gap`; its stream goes on with it. */
  skipMissing(id: string, reason: string, actor: Actor): Promise<ParkedOutcome>;
}

const DEFAULT_LIMITS: InboxLimits = { attempts: 3, crashes: 2, backoffMs: 50 };

/** The inbox of one consumer. Throws a RangeError for a parking key of the wrong length. */
export function createInbox(options: InboxOptions): Inbox {
  if (options.parkingKey.length !== PARKING_KEY_BYTES) {
    throw new RangeError(`the parking key has ${PARKING_KEY_BYTES} bytes`);
  }
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const place = new ParkingPlace({ ...options, limits });
  const receiver = new Receiver({ ...options, limits }, place);
  return {
    handler: options.handler,
    receive: (messages) => receiver.receive(messages),
    countParked: () => countParked(options.dataSource, options.handler.name),
    listParked: (query = {}) => listParked(options.dataSource, options.handler.name, query),
    retryParked: (id) => place.retry(id),
    dropParked: (id, reason, actor) => place.drop(id, reason, actor),
    skipMissing: (id, reason, actor) => place.skipMissing(id, reason, actor),
  };
}

class Receiver {
  private readonly consumer: string;
  private readonly logger: Logger;
  /** Attempts that ended in an error that we saw: no process died of them. */
  private unfinished: OffsetRange[] = [];
  private released: Promise<void> | undefined;

  constructor(
    private readonly options: InboxOptions & { readonly limits: InboxLimits },
    private readonly place: ParkingPlace,
  ) {
    this.consumer = options.handler.name;
    this.logger = options.logger ?? silentLogger;
  }

  async receive(messages: readonly IncomingMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await this.releaseLeftOver();
    await this.forgetUnfinished();
    const ranges = rangesOf(messages);
    try {
      const crashed = await beginAttempt(this.options.dataSource, this.consumer, ranges);
      if (crashed) await this.receiveOneByOne(messages, ranges);
      else await this.receiveTogether(messages, ranges);
    } catch (error) {
      this.unfinished.push(...ranges);
      throw error;
    }
  }

  /** What became releasable in a process that ended before it could release it. */
  private async releaseLeftOver(): Promise<void> {
    this.released ??= this.place.releaseAll();
    try {
      await this.released;
    } catch (error) {
      this.released = undefined;
      throw error;
    }
  }

  private async forgetUnfinished(): Promise<void> {
    const ranges = this.unfinished;
    if (ranges.length === 0) return;
    this.unfinished = [];
    try {
      await this.forget(ranges);
    } catch (error) {
      this.unfinished.push(...ranges);
      throw error;
    }
  }

  private async receiveTogether(
    messages: readonly IncomingMessage[],
    ranges: readonly OffsetRange[],
  ): Promise<void> {
    const arrivals = messages.map(decode);
    const culprits = await this.settle(arrivals, ranges);
    if (culprits) await this.forget(ranges);
  }

  /** After a crash: the message that ends the process stands alone, and is parked when it did so too often. */
  private async receiveOneByOne(
    messages: readonly IncomingMessage[],
    ranges: readonly OffsetRange[],
  ): Promise<void> {
    this.logger.warn(
      { consumer: this.consumer, messages: messages.length },
      'the process ended while it handled these messages: one by one now',
    );
    for (const message of messages) {
      const attempts = await countAttempt(this.options.dataSource, this.consumer, message);
      const own = rangesOf([message]);
      if (attempts > this.options.limits.crashes) {
        await this.park(
          decode(message),
          'the process ended while it handled this message',
          attempts - 1,
          own,
        );
      } else if (await this.settle([decode(message)], own)) {
        await this.forget(own);
      }
    }
    await this.forget(ranges);
  }

  /**
   * Handles arrivals in one transaction, which takes the attempts in `ranges` back. When it fails the batch is halved
   * until the culprit stands alone. True when that happened, and the attempts are still there.
   */
  private async settle(
    arrivals: readonly Arrival[],
    ranges: readonly OffsetRange[],
  ): Promise<boolean> {
    try {
      await this.settleAtOnce(arrivals, ranges);
      return false;
    } catch (error) {
      if (isEnvironmentFault(error)) throw error;
      const [only] = arrivals;
      if (arrivals.length === 1 && only !== undefined) await this.tryAgainThenPark(only, error);
      else {
        const middle = arrivals.length >> 1;
        await this.settle(arrivals.slice(0, middle), []);
        await this.settle(arrivals.slice(middle), []);
      }
      return true;
    }
  }

  private async tryAgainThenPark(arrival: Arrival, first: unknown): Promise<void> {
    const { attempts, backoffMs } = this.options.limits;
    let last = first;
    for (let attempt = 2; attempt <= attempts; attempt += 1) {
      await sleep(backoffMs * 2 ** (attempt - 2));
      try {
        await this.settleAtOnce([arrival], []);
        return;
      } catch (error) {
        if (isEnvironmentFault(error)) throw error;
        last = error;
      }
    }
    await this.park(arrival, causeOf(last), attempts, []);
  }

  private async settleAtOnce(
    arrivals: readonly Arrival[],
    ranges: readonly OffsetRange[],
    condemned?: { readonly cause: string; readonly attempts: number },
  ): Promise<void> {
    const { work, handler, parkingKey, now } = this.options;
    const sorted = await work.run(async (tx) => {
      const streams = await lockInboxStreams(tx, this.consumer, streamsOf(arrivals));
      const found = sortArrivals(arrivals, streams, condemned?.cause);
      if (found.fresh.length > 0) await handler.handle(tx, found.fresh);
      if (found.toPark.length > 0) {
        const attempts = condemned?.attempts ?? 0;
        const context = { consumer: this.consumer, key: parkingKey, now: now(), attempts };
        await insertParked(tx, found.toPark, context);
      }
      await advanceInbox(tx, this.consumer, found.moved, ranges);
      return found;
    });
    this.report(sorted);
    for (const stream of sorted.releasable) await this.place.release(stream);
  }

  private async park(
    arrival: Arrival,
    cause: string,
    attempts: number,
    ranges: readonly OffsetRange[],
  ): Promise<void> {
    await this.settleAtOnce([arrival], ranges, { cause, attempts });
  }

  private async forget(ranges: readonly OffsetRange[]): Promise<void> {
    await this.options.work.run((tx) => advanceInbox(tx, this.consumer, [], ranges));
  }

  private report(sorted: SortedArrivals): void {
    for (const { arrival, kind, cause } of sorted.toPark) {
      const { topic, partition, offset } = arrival.message;
      const where = { consumer: this.consumer, topic, partition, offset, kind, cause };
      this.logger.warn(where, 'message parked');
    }
  }
}

function streamsOf(arrivals: readonly Arrival[]) {
  const streams = new Map<string, { readonly producer: string; readonly stream: string }>();
  for (const { identity } of arrivals) {
    if (identity !== undefined) streams.set(streamKey(identity), identity);
  }
  return [...streams.values()];
}
