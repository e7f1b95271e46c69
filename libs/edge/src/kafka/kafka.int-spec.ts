import type { IncomingMessage, OutgoingMessage } from '@lib/journal';
import { Kafka, logLevel } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogs } from '../logs';
import { createKafka, type ConsumeOptions, type KafkaConsumer, TopicMissing } from './index';
import { TestProxy } from './test-proxy';

const brokers = process.env['TEST_KAFKA_BROKERS'];
if (brokers === undefined) throw new Error('TEST_KAFKA_BROKERS is not set');

const SESSION_MS = 1_500;
const logs = createLogs('kafka-test', process.env['LOG_LEVEL'] ?? 'silent');
const config = { KAFKA_BROKERS: brokers, KAFKA_SSL: false, KAFKA_SESSION_TIMEOUT_MS: SESSION_MS };
const direct = createKafka(config, { clientId: 'edge-test', logs });

const message = (topic: string, key: string, value: string): OutgoingMessage => ({
  topic,
  key,
  value,
  headers: { ce_type: 'Test.v1' },
});
const textOf = ({ value }: IncomingMessage): string => value?.toString('utf8') ?? '';

async function until(what: () => boolean, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  while (!what()) {
    if (Date.now() > end) throw new Error(`not so within ${withinMs} ms`);
    await sleep(20);
  }
}

describe('Kafka, through the door', () => {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  const publisher = direct.publisher();
  const topics: string[] = [];
  const toStop: (() => Promise<void>)[] = [];

  const topicWith = async (numPartitions: number): Promise<string> => {
    const topic = `edge-test-${randomUUID()}`;
    await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true });
    topics.push(topic);
    return topic;
  };
  const started = async (consumer: KafkaConsumer): Promise<KafkaConsumer> => {
    toStop.push(() => consumer.stop());
    await consumer.start();
    return consumer;
  };
  const options = (topic: string, onBatch: ConsumeOptions['onBatch']): ConsumeOptions => ({
    groupId: `edge-test-${randomUUID()}`,
    topics: [topic],
    onBatch,
  });

  beforeAll(() => admin.connect());
  afterEach(async () => {
    for (const stop of toStop.splice(0).reverse()) await stop();
  });
  afterAll(async () => {
    await publisher.close();
    await admin.deleteTopics({ topics });
    await admin.disconnect();
  });

  it('delivers what was published, in order per key', async () => {
    const topic = await topicWith(4);
    const seen = new Map<string, number[]>();
    let count = 0;
    await started(
      direct.consume(
        options(topic, (messages) => {
          for (const one of messages) {
            const list = seen.get(one.key ?? '') ?? [];
            list.push(Number(textOf(one)));
            seen.set(one.key ?? '', list);
            expect(one.headers['ce_type']).toBe('Test.v1');
          }
          count += messages.length;
          return Promise.resolve();
        }),
      ),
    );
    const numbers = Array.from({ length: 2_000 }, (_none, index) => index);
    await Promise.all(
      [0, 500, 1_000, 1_500].map((from) =>
        publisher.publish(
          numbers.slice(from, from + 500).map((n) => message(topic, `key-${n % 20}`, String(n))),
        ),
      ),
    );
    await until(() => count >= 2_000, 15_000);
    expect(seen.size).toBe(20);
    for (const [key, list] of seen) {
      const own = numbers.filter((n) => `key-${n % 20}` === key);
      expect(list).toEqual(own);
    }
  });

  it('delivers again what a handler threw at, and loses nothing', async () => {
    const topic = await topicWith(2);
    const handled: string[] = [];
    let thrown = 0;
    await started(
      direct.consume(
        options(topic, (messages) => {
          if (thrown < 3) {
            thrown++;
            return Promise.reject(new TypeError('the handler fails at first'));
          }
          handled.push(...messages.map(textOf));
          return Promise.resolve();
        }),
      ),
    );
    const values = Array.from({ length: 50 }, (_none, index) => `v${index}`);
    await publisher.publish(values.map((value) => message(topic, value, value)));
    await until(() => new Set(handled).size === 50, 15_000);
    expect(thrown).toBe(3);
    expect([...handled].sort()).toEqual([...values].sort());
  });

  it('goes on with the other partitions while one fails again and again', async () => {
    const topic = await topicWith(4);
    const handled = new Set<string>();
    let poisoned = 0;
    await started(
      direct.consume(
        options(topic, (messages) => {
          if (messages.some((one) => textOf(one) === 'poison')) {
            poisoned++;
            return Promise.reject(new Error('poison'));
          }
          for (const one of messages) handled.add(textOf(one));
          return Promise.resolve();
        }),
      ),
    );
    await publisher.publish([message(topic, 'poison', 'poison')]);
    await until(() => poisoned >= 2, 10_000);
    for (let n = 0; n < 400; n++) await publisher.publish([message(topic, `k${n}`, `v${n}`)]);
    // Those that share the poison's partition wait behind it; three of four partitions do not.
    await until(() => handled.size > 250, 10_000);
    expect(poisoned).toBeGreaterThanOrEqual(2);
  });

  it('starts where the last consumer of the group committed', async () => {
    const topic = await topicWith(1);
    const seen: string[] = [];
    const given = options(topic, (messages) => {
      seen.push(...messages.map(textOf));
      return Promise.resolve();
    });
    const first = await started(direct.consume(given));
    await publisher.publish([message(topic, 'k', 'one'), message(topic, 'k', 'two')]);
    await until(() => seen.length === 2, 10_000);
    await first.stop();
    await publisher.publish([message(topic, 'k', 'three')]);
    const second = await started(direct.consume(given));
    await until(() => seen.length === 3, 10_000);
    expect(seen).toEqual(['one', 'two', 'three']);
    await until(() => second.alive, 2_000);
    expect(await second.status()).toMatchObject({
      running: true,
      replaced: 0,
      oldestUnhandledMs: 0,
    });
  });

  it('gathers requests of all partitions into one batch', async () => {
    const topic = await topicWith(6);
    const batches: number[] = [];
    await started(
      direct.intake({
        ...options(topic, (messages) => {
          batches.push(messages.length);
          return Promise.resolve();
        }),
        lingerMs: 200,
        maxMessages: 100,
      }),
    );
    await publisher.publish(
      Array.from({ length: 250 }, (_none, n) => message(topic, `k${n}`, `v${n}`)),
    );
    await until(() => batches.reduce((sum, size) => sum + size, 0) === 250, 10_000);
    expect(Math.max(...batches)).toBe(100);
    expect(batches.length).toBeLessThanOrEqual(6);
  });

  it('commits a request only after its answer was given', async () => {
    const topic = await topicWith(1);
    const given = options(topic, () => Promise.resolve());
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const seen: string[] = [];
    const consumer = await started(
      direct.intake({
        ...given,
        onBatch: async (messages) => {
          seen.push(...messages.map(textOf));
          await held;
        },
      }),
    );
    await publisher.publish([message(topic, 'k', 'request')]);
    await until(() => seen.length === 1, 10_000);
    expect((await consumer.status()).lag).toBe(1);
    release();
    let lag: number | undefined = 1;
    for (let tries = 0; tries < 50 && lag !== 0; tries++) lag = (await consumer.status()).lag;
    expect(lag).toBe(0);
  });

  it('replaces a consumer whose connection freezes, and goes on from there', async () => {
    const topic = await topicWith(2);
    const proxy = await TestProxy.to(brokers);
    toStop.push(() => proxy.close());
    const kafka = createKafka(config, {
      clientId: 'edge-test-frozen',
      logs,
      socketFactory: proxy.socketFactory,
    });
    const seen = new Set<string>();
    const consumer = await started(
      kafka.consume(
        options(topic, (messages) => {
          for (const one of messages) seen.add(textOf(one));
          return Promise.resolve();
        }),
      ),
    );
    await publisher.publish([message(topic, 'a', 'before')]);
    await until(() => seen.has('before'), 10_000);
    proxy.freeze();
    await until(() => !consumer.alive, 5_000);
    await publisher.publish([message(topic, 'a', 'meanwhile')]);
    await sleep(SESSION_MS);
    proxy.restore();
    await until(() => seen.has('meanwhile'), 20_000);
    await until(() => consumer.alive, 5_000);
    expect((await consumer.status()).replaced).toBeGreaterThanOrEqual(1);
  }, 60_000);

  it('finds its way back after every connection was cut', async () => {
    const topic = await topicWith(2);
    const proxy = await TestProxy.to(brokers);
    toStop.push(() => proxy.close());
    const kafka = createKafka(config, {
      clientId: 'edge-test-cut',
      logs,
      socketFactory: proxy.socketFactory,
    });
    const seen = new Set<string>();
    await started(
      kafka.consume(
        options(topic, (messages) => {
          for (const one of messages) seen.add(textOf(one));
          return Promise.resolve();
        }),
      ),
    );
    proxy.cutOff();
    await publisher.publish([message(topic, 'a', 'while cut')]);
    await sleep(SESSION_MS * 3);
    proxy.restore();
    await until(() => seen.has('while cut'), 20_000);
  }, 60_000);

  it('keeps publishing in order through a time without a broker', async () => {
    const topic = await topicWith(1);
    const proxy = await TestProxy.to(brokers);
    toStop.push(() => proxy.close());
    const kafka = createKafka(config, {
      clientId: 'edge-test-publisher',
      logs,
      socketFactory: proxy.socketFactory,
    });
    const own = kafka.publisher();
    toStop.push(() => own.close());
    const seen: number[] = [];
    await started(
      direct.consume(
        options(topic, (messages) => {
          seen.push(...messages.map((one) => Number(textOf(one))));
          return Promise.resolve();
        }),
      ),
    );
    await own.publish([message(topic, 'k', '0')]);
    proxy.cutOff();
    const later = [1, 2, 3].map((n) => own.publish([message(topic, 'k', String(n))]));
    let acknowledged = false;
    void Promise.all(later).then(() => {
      acknowledged = true;
    });
    await sleep(2_000);
    expect(acknowledged).toBe(false);
    proxy.restore();
    await Promise.all(later);
    await until(() => new Set(seen).size === 4, 15_000);
    // A repeat is allowed, another order of first arrivals is not.
    expect([...new Set(seen)]).toEqual([0, 1, 2, 3]);
  }, 60_000);

  it('says which topic is missing', async () => {
    const consumer = direct.consume(options('edge-test-no-such-topic', () => Promise.resolve()));
    await expect(consumer.start()).rejects.toThrow(
      'Kafka has no topic edge-test-no-such-topic: create it first, topics are not made here.',
    );
    await expect(
      publisher.publish([message('edge-test-no-such-topic', 'k', 'v')]),
    ).rejects.toBeInstanceOf(TopicMissing);
  }, 30_000);
});
