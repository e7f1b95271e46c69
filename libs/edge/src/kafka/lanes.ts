import type { IncomingMessage } from '@lib/journal';

export interface LaneSettings {
  readonly together: boolean;
  readonly lingerMs: number;
  readonly maxMessages: number;
  readonly concurrency: number;
  readonly onBatch: (messages: readonly IncomingMessage[]) => Promise<void>;
  /** Called for every partition of a handled batch with the offset that follows. */
  readonly handled: (topic: string, partition: number, nextOffset: string) => void;
  readonly failed: (error: unknown, messages: number, attempt: number) => void;
}

interface Lane {
  /** Fetched and waiting. */
  queue: IncomingMessage[];
  /** Being handled. */
  inHand: readonly IncomingMessage[];
  /** Its position was forgotten while it was being handled: what fails then is fetched again, not kept. */
  forgotten: boolean;
  failures: number;
  notBefore: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * The messages that were fetched and are not handled yet, a lane per partition. Batches are taken in order per lane, never two
 * of one lane at once; a lane whose batch failed pauses and the others go on.
 */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private inHand = 0;
  private queued = 0;
  private firstQueuedAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly waiters: (() => void)[] = [];

  constructor(private readonly settings: LaneSettings) {}

  /** Puts messages of one partition at the end of its lane. */
  add(messages: readonly IncomingMessage[]): void {
    const [first] = messages;
    if (first === undefined || this.closed) return;
    const lane = this.laneOf(`${first.topic}|${first.partition}`);
    for (const message of messages) lane.queue.push(message);
    if (this.queued === 0) this.firstQueuedAt = Date.now();
    this.queued += messages.length;
    this.pump();
  }

  /** Fetched messages that are not in hand yet. */
  get waiting(): number {
    return this.queued;
  }

  /** Resolves at the next time a batch is done. */
  progress(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  /** Broker time of the oldest message that is not handled, or undefined. */
  oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { queue, inHand } of this.lanes.values()) {
      const first = inHand[0] ?? queue[0];
      if (first !== undefined) oldest = Math.min(oldest ?? Infinity, first.timestampMs);
    }
    return oldest;
  }

  /** Forgets what is not in hand: after joining the group anew it is fetched again. */
  forget(): void {
    for (const [name, lane] of this.lanes) {
      lane.queue = [];
      lane.forgotten = true;
      if (lane.inHand.length === 0) this.lanes.delete(name);
    }
    this.queued = 0;
  }

  /** Takes nothing more and resolves when nothing is in hand. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    while (this.inHand > 0) await this.progress();
    this.lanes.clear();
  }

  private laneOf(name: string): Lane {
    let lane = this.lanes.get(name);
    if (lane === undefined) {
      lane = { queue: [], inHand: [], forgotten: false, failures: 0, notBefore: 0 };
      this.lanes.set(name, lane);
    }
    return lane;
  }

  private pump(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const now = Date.now();
    while (!this.closed && this.inHand < this.settings.concurrency && this.queued > 0) {
      const wait = this.firstQueuedAt + this.settings.lingerMs - now;
      if (wait > 0 && this.queued < this.settings.maxMessages) {
        this.wakeIn(wait);
        return;
      }
      const taken = this.take(now);
      if (taken.length === 0) {
        this.wakeForPaused(now);
        return;
      }
      this.inHand++;
      void this.handle(taken);
    }
  }

  private wakeIn(milliseconds: number): void {
    this.timer = setTimeout(() => {
      this.pump();
    }, milliseconds);
  }

  private wakeForPaused(now: number): void {
    let soonest = Infinity;
    for (const lane of this.lanes.values()) {
      if (isFree(lane)) soonest = Math.min(soonest, lane.notBefore);
    }
    if (Number.isFinite(soonest)) this.wakeIn(Math.max(1, soonest - now));
  }

  /** Up to a batch from the free lanes: from one of them, or from all. */
  private take(now: number): readonly Taken[] {
    const taken: Taken[] = [];
    let room = this.settings.maxMessages;
    for (const [name, lane] of this.lanes) {
      if (!isFree(lane) || lane.notBefore > now) continue;
      // A lane that failed before tries alone, so that it does not take others down with it.
      if (lane.failures > 0 && taken.length > 0) continue;
      lane.inHand = lane.queue.splice(0, room);
      lane.forgotten = false;
      this.queued -= lane.inHand.length;
      room -= lane.inHand.length;
      taken.push({ name, lane });
      if (room === 0 || !this.settings.together || lane.failures > 0) break;
    }
    this.rotate(taken);
    if (this.queued > 0) this.firstQueuedAt = now;
    return taken;
  }

  /** The lanes just served go to the end of the line. */
  private rotate(taken: readonly Taken[]): void {
    for (const { name, lane } of taken) {
      this.lanes.delete(name);
      this.lanes.set(name, lane);
    }
  }

  private async handle(taken: readonly Taken[]): Promise<void> {
    const messages = taken.flatMap(({ lane }) => lane.inHand);
    try {
      await this.settings.onBatch(messages);
      for (const part of taken) this.done(part);
    } catch (error) {
      for (const part of taken) this.again(part);
      const attempt = Math.max(...taken.map(({ lane }) => lane.failures));
      this.settings.failed(error, messages.length, attempt);
    }
    this.inHand--;
    for (const wake of this.waiters.splice(0)) wake();
    this.pump();
  }

  private done({ name, lane }: Taken): void {
    const last = lane.inHand[lane.inHand.length - 1];
    lane.inHand = [];
    lane.failures = 0;
    if (last !== undefined) {
      this.settings.handled(last.topic, last.partition, (BigInt(last.offset) + 1n).toString());
    }
    if (lane.queue.length === 0) this.lanes.delete(name);
  }

  private again({ lane }: Taken): void {
    const messages = lane.inHand;
    lane.inHand = [];
    lane.failures++;
    const pause = FIRST_PAUSE_MS * 2 ** Math.min(lane.failures - 1, 10);
    lane.notBefore = Date.now() + Math.min(pause, LONGEST_PAUSE_MS);
    if (lane.forgotten) return;
    lane.queue = [...messages, ...lane.queue];
    this.queued += messages.length;
  }
}

const isFree = (lane: Lane): boolean => lane.inHand.length === 0 && lane.queue.length > 0;

interface Taken {
  readonly name: string;
  readonly lane: Lane;
}
