import type { IncomingMessage } from '@lib/journal';
import type { ConsumerStatus } from '../operation/ports';

export interface ConsumeOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /**
   * Handles messages, in order per partition. Their offsets are committed after it resolves; when it throws, the same messages
   * come again after a pause, and their partitions wait. It must expect repeats.
   */
  readonly onBatch: (messages: readonly IncomingMessage[]) => Promise<void>;
  /** One batch from all partitions rather than from one. */
  readonly together?: boolean;
  /** How long the first message of a batch waits for company. */
  readonly lingerMs?: number;
  readonly maxMessages?: number;
  /** Batches handled at once; never two of one partition. */
  readonly concurrency?: number;
  /** After this time without a heartbeat the broker gives our partitions to others, and we start anew. */
  readonly sessionTimeoutMs?: number;
  /** Longest time a fetch waits for messages. */
  readonly fetchWaitMs?: number;
}

/** A consumer that is replaced whenever it falls silent or crashes (facts §2). */
export interface KafkaConsumer {
  /** Resolves when it has joined its group, or after ten seconds without a broker: then it goes on trying. Throws TopicMissing. */
  start(): Promise<void>;
  /** Finishes the batches in hand, commits, leaves the group. */
  stop(): Promise<void>;
  /** Whether it is in its group and gives signs of life: for `/health/ready`. */
  readonly alive: boolean;
  status(): Promise<ConsumerStatus>;
}

/** A topic that should be there is not. */
export class TopicMissing extends Error {
  readonly speaks = true;
  constructor(topics: readonly string[], options?: ErrorOptions) {
    super(
      `Kafka has no topic ${topics.join(' or ')}: create it first, topics are not made here.`,
      options,
    );
    this.name = 'TopicMissing';
  }
}
