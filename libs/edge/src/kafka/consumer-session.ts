import type { IncomingMessage } from '@lib/journal';
import type { Consumer, EachBatchPayload, IHeaders, Kafka, KafkaMessage } from 'kafkajs';
import type { Logs } from '../logs';
import { Lanes } from './lanes';
import type { ConsumeOptions } from './ports';

export type SessionSettings = Required<Omit<ConsumeOptions, 'fetchWaitMs'>> &
  Pick<ConsumeOptions, 'fetchWaitMs'>;

export type EndOfSession = 'crashed' | 'silent' | 'disconnected';

const FETCH_WAIT_MS = 50;
const WATCH_MS = 250;
const DISPOSE_MS = 3_000;
const COMMIT_RETRY_MS = 200;
const REBALANCE_FACTOR = 2;
const JOIN_MS = 3_000;
/** Fetched ahead of handling, in batches. */
const BATCHES_AHEAD = 10;

/**
 * One life of a consumer: from joining the group until it ends, for whatever reason. Fetching goes on while batches are handled,
 * up to a bound, so that a slow or failing partition holds nobody up and heartbeats never wait for a handler; offsets are
 * committed by themselves, for what was handled.
 */
export class ConsumerSession {
  readonly ended: Promise<EndOfSession>;
  private end: (reason: EndOfSession) => void = () => undefined;
  private readonly consumer: Consumer;
  private readonly lanes: Lanes;
  private readonly toCommit = new Map<string, Offset>();
  private committing: Promise<void> | undefined;
  private watch: NodeJS.Timeout | undefined;
  private lastSign = Date.now();
  private joined = false;
  private over = false;

  constructor(
    kafka: Kafka,
    private readonly logs: Logs,
    private readonly settings: SessionSettings,
  ) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    this.consumer = kafka.consumer({
      groupId: settings.groupId,
      sessionTimeout: settings.sessionTimeoutMs,
      heartbeatInterval: Math.floor(settings.sessionTimeoutMs / 4),
      rebalanceTimeout: settings.sessionTimeoutMs * REBALANCE_FACTOR,
      maxWaitTimeInMs: settings.fetchWaitMs ?? FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: never },
    });
    this.lanes = new Lanes({
      ...settings,
      handled: (topic, partition, offset) => {
        this.toCommit.set(`${topic}|${partition}`, { topic, partition, offset });
        this.committing ??= this.commit();
      },
      failed: (err, messages, attempt) => {
        logs.error({ err, group: settings.groupId, messages, attempt }, 'a batch failed');
      },
    });
  }

  /** Whether it is in the group and gave a sign of life lately. */
  get alive(): boolean {
    return this.joined && !this.over && Date.now() - this.lastSign < this.silenceMs;
  }

  get oldest(): number | undefined {
    return this.lanes.oldest();
  }

  /** Joins the group; resolves when partitions are assigned. Rejects with what kafkajs says. */
  async start(): Promise<void> {
    const joined = this.listen();
    this.watch = setInterval(() => {
      if (Date.now() - this.lastSign > this.silenceMs) this.finish('silent');
    }, WATCH_MS).unref();
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...this.settings.topics], fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // More than any service has: a batch only passes through.
      partitionsConsumedConcurrently: 64,
      eachBatch: (payload) => this.pass(payload),
    });
    await joined;
  }

  /** Ends this life: what is in hand is finished (bounded), handled offsets are committed, the group is left. */
  async dispose(): Promise<void> {
    const clean = !this.over;
    this.over = true;
    clearInterval(this.watch);
    await withTimeout(this.lanes.close(), DISPOSE_MS);
    if (clean) await withTimeout(this.committing ?? Promise.resolve(), DISPOSE_MS);
    // kafkajs may hang here when its connection hangs: it is abandoned then.
    await withTimeout(this.consumer.disconnect(), DISPOSE_MS);
    this.end('disconnected');
  }

  /** Joining gives no signs: it waits for the other members as long as the group allows. */
  private get silenceMs(): number {
    const { sessionTimeoutMs } = this.settings;
    return this.joined ? sessionTimeoutMs * 1.5 : sessionTimeoutMs * REBALANCE_FACTOR + JOIN_MS;
  }

  private listen(): Promise<void> {
    const { events } = this.consumer;
    const sign = () => {
      this.lastSign = Date.now();
    };
    this.consumer.on(events.HEARTBEAT, sign);
    this.consumer.on(events.FETCH, sign);
    this.consumer.on(events.CRASH, ({ payload }) => {
      this.logs.warn({ err: payload.error, group: this.settings.groupId }, 'a consumer crashed');
      this.finish('crashed');
    });
    this.consumer.on(events.DISCONNECT, () => {
      this.finish('disconnected');
    });
    this.consumer.on(events.REBALANCING, () => {
      sign();
      this.joined = false;
    });
    return new Promise((resolve) => {
      this.consumer.on(events.GROUP_JOIN, () => {
        sign();
        // Positions start again at what is committed.
        this.lanes.forget();
        this.joined = true;
        resolve();
      });
    });
  }

  private finish(reason: EndOfSession): void {
    if (this.over) return;
    this.over = true;
    this.end(reason);
  }

  /** Puts a fetched batch into its lane and lets the fetching go on, unless too much waits already. */
  private async pass(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat } = payload;
    if (this.over) return;
    const { topic, partition } = batch;
    this.lanes.add(batch.messages.map((message) => incoming(topic, partition, message)));
    const last = batch.messages[batch.messages.length - 1];
    if (last !== undefined) resolveOffset(last.offset);
    const most = this.settings.maxMessages * BATCHES_AHEAD;
    while (this.lanes.waiting > most && !this.stopped()) {
      await Promise.race([this.lanes.progress(), pause(this.settings.sessionTimeoutMs / 8)]);
      await heartbeat();
    }
  }

  /** A method, because the flag changes while a loop awaits. */
  private stopped(): boolean {
    return this.over;
  }

  private async commit(): Promise<void> {
    while (this.toCommit.size > 0) {
      const offsets = [...this.toCommit.values()];
      this.toCommit.clear();
      try {
        await this.consumer.commitOffsets(offsets);
      } catch (err) {
        this.logs.warn({ err, group: this.settings.groupId }, 'offsets could not be committed');
        this.commitLater(offsets);
        if (this.over) break;
        await pause(COMMIT_RETRY_MS);
      }
    }
    this.committing = undefined;
  }

  /** What could not be committed is kept, unless more was handled meanwhile. */
  private commitLater(offsets: readonly Offset[]): void {
    for (const offset of offsets) {
      const name = `${offset.topic}|${offset.partition}`;
      if (!this.toCommit.has(name)) this.toCommit.set(name, offset);
    }
  }
}

interface Offset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

const never = (): Promise<boolean> => Promise.resolve(false);
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Waits for the work or for the time, whichever is first; the work's errors are of no interest any more. */
export async function withTimeout(work: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}

function incoming(topic: string, partition: number, message: KafkaMessage): IncomingMessage {
  return {
    topic,
    partition,
    offset: message.offset,
    timestampMs: Number(message.timestamp),
    key: message.key?.toString('utf8'),
    value: message.value,
    headers: texts(message.headers),
  };
}

function texts(headers: IHeaders | undefined): Readonly<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) read[name] = first.toString();
  }
  return read;
}
