import { ConfigError, type EdgeConfig } from '../config';

/** Where the broker is and how we prove who we are. */
export type KafkaConfig = Pick<
  EdgeConfig,
  | 'KAFKA_BROKERS'
  | 'KAFKA_SSL'
  | 'KAFKA_SASL_MECHANISM'
  | 'KAFKA_SASL_USERNAME'
  | 'KAFKA_SASL_PASSWORD'
  | 'KAFKA_SESSION_TIMEOUT_MS'
>;

export interface Sasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export interface KafkaSettings {
  readonly brokers: string[];
  readonly ssl: boolean;
  readonly sasl: Sasl | undefined;
}

/**
 * The broker's address and credentials. Throws a ConfigError for half a credential, and for a broker that is not on loopback
 * without TLS and SASL: personal numbers travel on the request topics (architecture §11, Kafka intake).
 */
export function kafkaSettings(config: KafkaConfig): KafkaSettings {
  const brokers = config.KAFKA_BROKERS.split(',');
  const ssl = config.KAFKA_SSL;
  const sasl = saslOf(config);
  if (!brokers.every(isLoopback) && (!ssl || sasl === undefined)) {
    throw new ConfigError(
      'KAFKA_BROKERS names a broker that is not on this machine: set KAFKA_SSL=true and KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.',
    );
  }
  return { brokers, ssl, sasl };
}

function saslOf(config: KafkaConfig): Sasl | undefined {
  const mechanism = config.KAFKA_SASL_MECHANISM;
  const username = config.KAFKA_SASL_USERNAME;
  const password = config.KAFKA_SASL_PASSWORD;
  if (mechanism === undefined && username === undefined && password === undefined) return undefined;
  if (mechanism === undefined || username === undefined || password === undefined) {
    throw new ConfigError(
      'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set together.',
    );
  }
  return { mechanism, username, password };
}

function isLoopback(broker: string): boolean {
  const host = broker.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
