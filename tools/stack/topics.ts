import { Kafka, logLevel, type ITopicConfig, type KafkaConfig } from 'kafkajs';
import { StackFault, messageOf } from './stack-fault';

const hours48Ms = String(48 * 60 * 60 * 1000);
const factTopics = [
  'enrolment.facts',
  'settlement.facts',
  'clearing.facts',
  'crosscheck.facts',
  'supervision.facts',
];

/** The topics of the system: facts are kept for ever, a city's requests and answers for 48 hours. */
export function stackTopics(cityCodes: readonly string[]): readonly ITopicConfig[] {
  const facts = factTopics.map((topic) => topicOf(topic, 12, '-1'));
  const doors = cityCodes.flatMap((code) => [
    topicOf(`settlement.requests.${code}`, 4, hours48Ms),
    topicOf(`settlement.answers.${code}`, 4, hours48Ms),
  ]);
  return [...facts, ...doors];
}

/** Creates the topics that are not there yet. Fails with one sentence when the broker cannot be reached. */
export async function createTopics(
  brokers: string,
  wanted: readonly ITopicConfig[],
): Promise<void> {
  const admin = adminOf(brokers, 3);
  try {
    await admin.connect();
    const present = new Set(await admin.listTopics());
    const topics = wanted.filter(({ topic }) => !present.has(topic));
    if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: true });
  } catch (cause) {
    throw new StackFault(`Kafka at ${brokers} cannot be used: ${messageOf(cause)}.`);
  } finally {
    await admin.disconnect();
  }
}

/** Resolves when the cluster names at least one live broker; rejects otherwise. */
export async function clusterAnswers(brokers: string): Promise<void> {
  const admin = adminOf(brokers, 0);
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length === 0) throw new Error('no broker is live');
  } finally {
    await admin.disconnect();
  }
}

function topicOf(topic: string, numPartitions: number, retentionMs: string): ITopicConfig {
  return {
    topic,
    numPartitions,
    // -1: what the broker has as its default.
    replicationFactor: -1,
    configEntries: [{ name: 'retention.ms', value: retentionMs }],
  };
}

function adminOf(brokers: string, retries: number) {
  const retry = { retries, initialRetryTime: 50, maxRetryTime: 500 };
  return new Kafka({
    clientId: 'stack',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry,
    ...securityOf(brokers),
  }).admin({ retry });
}

/** The services' own settings for a broker from outside; the local one is plaintext on loopback. */
function securityOf(brokers: string): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const {
    KAFKA_BROKERS: outside,
    KAFKA_SSL: ssl,
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = process.env;
  if (outside !== brokers) return {};
  const encrypted = { ssl: ssl === 'true' || ssl === '1' };
  if (username === undefined || password === undefined) return encrypted;
  const user = { username, password };
  if (mechanism === 'plain') return { ...encrypted, sasl: { mechanism: 'plain', ...user } };
  return mechanism === 'scram-sha-256'
    ? { ...encrypted, sasl: { mechanism: 'scram-sha-256', ...user } }
    : { ...encrypted, sasl: { mechanism: 'scram-sha-512', ...user } };
}
