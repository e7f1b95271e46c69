import type { OutgoingMessage, Publisher } from '@lib/journal';
import {
  CompressionTypes,
  type Kafka,
  Partitioners,
  type Producer,
  type TopicMessages,
} from 'kafkajs';
import type { Logs } from '../logs';
import { withTimeout } from './consumer-session';
import { TopicMissing } from './ports';

/** A send above 1 MB per partition is refused for ever (facts §6.5); this leaves room for headers and framing. */
const MAX_SEND_BYTES = 800_000;
const MAX_SEND_MESSAGES = 1_000;
const PER_MESSAGE_BYTES = 100;
const SEND_TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const CLOSE_MS = 3_000;

/** Sending was given up, because the publisher was closed. */
export class PublisherClosed extends Error {
  readonly speaks = true;
  constructor() {
    super('the publisher was closed before everything was acknowledged');
    this.name = 'PublisherClosed';
  }
}

/**
 * Sends messages with acks=all and resolves when all are acknowledged. One send at a time, in the order of the calls, in bounded
 * pieces, idempotent: order is kept per key. While the broker is away it tries for ever with a new producer each time, so a
 * message may arrive twice, never not at all. Rejects for what no waiting cures: a missing topic, a message too large.
 */
export class KafkaPublisher implements Publisher {
  private producer: Producer | undefined;
  private last: Promise<void> = Promise.resolve();
  private closed = false;
  private wake: () => void = () => undefined;
  private reachable = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly logs: Logs,
  ) {}

  /** Whether the last send reached the broker. */
  get connected(): boolean {
    return this.reachable;
  }

  publish(messages: readonly OutgoingMessage[]): Promise<void> {
    const sent = this.last.then(() => this.sendAll(messages));
    // The next call goes on after this one, whatever became of it.
    this.last = sent.catch(() => undefined);
    return sent;
  }

  /** Gives up what is not acknowledged and disconnects. */
  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    await withTimeout(this.last, CLOSE_MS);
    await this.dropProducer();
  }

  private async sendAll(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const piece of pieces(messages)) await this.sendPiece(piece);
  }

  private async sendPiece(piece: readonly OutgoingMessage[]): Promise<void> {
    const topicMessages = byTopic(piece);
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      if (this.isClosed()) throw new PublisherClosed();
      try {
        const producer = await this.connectedProducer();
        await producer.sendBatch({
          topicMessages,
          acks: -1,
          timeout: SEND_TIMEOUT_MS,
          compression: CompressionTypes.None,
        });
        this.reachable = true;
        return;
      } catch (err) {
        const final = finalFault(err, topicMessages);
        if (final !== undefined) throw final;
        this.reachable = false;
        this.logs.warn({ err, messages: piece.length }, 'the broker took nothing, trying again');
        // A producer whose sequence numbers are in doubt is not used again.
        await this.dropProducer();
        await this.pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  private async connectedProducer(): Promise<Producer> {
    if (this.producer !== undefined) return this.producer;
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      // Idempotent sends need a bound that is a number: with Infinity the pauses become NaN.
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 500 },
    });
    this.producer = producer;
    await producer.connect();
    return producer;
  }

  private async dropProducer(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    if (producer !== undefined) await withTimeout(producer.disconnect(), CLOSE_MS);
  }

  private isClosed(): boolean {
    return this.closed;
  }

  private pause(milliseconds: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    return withTimeout(woken, milliseconds);
  }
}

/** Pieces that the broker takes whatever partitions their messages go to. */
export function pieces(
  messages: readonly OutgoingMessage[],
): readonly (readonly OutgoingMessage[])[] {
  const found: OutgoingMessage[][] = [];
  let piece: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.value) + message.key.length + PER_MESSAGE_BYTES;
    if (piece.length >= MAX_SEND_MESSAGES || (piece.length > 0 && bytes + size > MAX_SEND_BYTES)) {
      found.push(piece);
      piece = [];
      bytes = 0;
    }
    piece.push(message);
    bytes += size;
  }
  if (piece.length > 0) found.push(piece);
  return found;
}

function byTopic(messages: readonly OutgoingMessage[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, key, value, headers } of messages) {
    let entry = topics.get(topic);
    if (entry === undefined) {
      entry = { topic, messages: [] };
      topics.set(topic, entry);
    }
    entry.messages.push({ key, value, headers: { ...headers } });
  }
  return [...topics.values()];
}

/** What trying again will not change. */
function finalFault(error: unknown, topics: readonly TopicMessages[]): Error | undefined {
  const type = protocolType(error);
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return new TopicMissing(
      topics.map(({ topic }) => topic),
      { cause: error },
    );
  }
  if (type === 'MESSAGE_TOO_LARGE' || type === 'TOPIC_AUTHORIZATION_FAILED') {
    return error instanceof Error ? error : new Error(type);
  }
  return undefined;
}

/** The protocol's name of an error, wherever kafkajs wrapped it. */
function protocolType(error: unknown): string | undefined {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 5; depth++) {
    const type: unknown = Reflect.get(inner, 'type');
    if (typeof type === 'string') return type;
    inner = inner.cause;
  }
  return undefined;
}
