import { type ISocketFactory, Kafka, logLevel } from 'kafkajs';
import type { Logs } from '../logs';
import { ConsumerSupervisor } from './consumer';
import { type ConsumeOptions, type KafkaConsumer } from './ports';
import { KafkaPublisher } from './publisher';
import { type KafkaConfig, kafkaSettings } from './settings';

export interface KafkaOptions {
  readonly clientId: string;
  readonly logs: Logs;
  /** Replaces how sockets are opened: tests cut and freeze connections with it. */
  readonly socketFactory?: ISocketFactory;
}

/** The door to Kafka. What is behind it is kafkajs, and nothing outside this folder may know. */
export interface KafkaDoor {
  /** A publisher with a producer of its own. Connects at the first message and again for ever. */
  publisher(): KafkaPublisher;
  /** Facts: each batch from one partition, several partitions at once, no waiting for company. */
  consume(options: ConsumeOptions): KafkaConsumer;
  /** Requests: messages of all partitions in one batch, which waits a moment for company (facts §6). */
  intake(options: ConsumeOptions): KafkaConsumer;
}

const REQUEST_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 3_000;

/** Opens the door; connects to nothing yet. Throws a ConfigError for a broker that may not be used like this. */
export function createKafka(config: KafkaConfig, options: KafkaOptions): KafkaDoor {
  const { brokers, ssl, sasl } = kafkaSettings(config);
  const { clientId, logs, socketFactory } = options;
  const kafka = new Kafka({
    clientId,
    brokers,
    ssl,
    ...(sasl === undefined ? {} : { sasl: saslFor(sasl) }),
    ...(socketFactory === undefined ? {} : { socketFactory }),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 5 },
    logLevel: logLevel.WARN,
    logCreator: () => logTo(logs),
  });
  const sessionTimeoutMs = config.KAFKA_SESSION_TIMEOUT_MS;
  return {
    publisher: () => new KafkaPublisher(kafka, logs),
    consume: (given) =>
      new ConsumerSupervisor(kafka, logs, {
        ...{ sessionTimeoutMs, together: false, lingerMs: 0, maxMessages: 200, concurrency: 4 },
        ...given,
      }),
    intake: (given) =>
      new ConsumerSupervisor(kafka, logs, {
        ...{ sessionTimeoutMs, together: true, lingerMs: 30, maxMessages: 200, concurrency: 2 },
        ...given,
      }),
  };
}

/** kafkajs wants the mechanism known to the type. */
function saslFor(sasl: NonNullable<ReturnType<typeof kafkaSettings>['sasl']>) {
  const { mechanism, username, password } = sasl;
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password } as const;
    case 'scram-sha-256':
      return { mechanism, username, password } as const;
    case 'scram-sha-512':
      return { mechanism, username, password } as const;
  }
}

/** Only what kafkajs says of itself: its error texts may carry more than a log may hold. */
const logTo =
  (logs: Logs) =>
  ({ level, namespace, log }: { level: logLevel; namespace: string; log: { message: string } }) => {
    if (level === logLevel.ERROR) logs.warn({ part: namespace }, log.message);
    else logs.debug({ part: namespace }, log.message);
  };
