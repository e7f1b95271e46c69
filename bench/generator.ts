import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type TopicMessages } from 'kafkajs';

/**
 * The load generator, a process of its own: reads `{ topic, key, value }` lines and hands them to Kafka, open loop. At a
 * rate of 0 as fast as the broker takes them. When a message was due is written into its header `due-ms`.
 */
async function main(): Promise<void> {
  const [file = '', brokers = '', perSecondText = '0'] = process.argv.slice(2);
  const perSecond = Number(perSecondText);
  const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.ERROR });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) lines.push(line);
  await producer.connect();
  process.stdout.write(`ready ${lines.length}\n`);
  const startedMs = Date.now();
  for (let sent = 0; sent < lines.length;) {
    const due = perSecond === 0 ? lines.length : ((Date.now() - startedMs) / 1000) * perSecond;
    const upTo = Math.min(lines.length, Math.floor(due), sent + 500);
    if (upTo > sent) {
      const dueMs = (at: number): number =>
        perSecond === 0 ? Date.now() : startedMs + (at / perSecond) * 1000;
      await producer.sendBatch({
        acks: -1,
        topicMessages: byTopic(lines.slice(sent, upTo), sent, dueMs),
      });
      sent = upTo;
    }
    if (perSecond > 0) await sleep(5);
  }
  await producer.disconnect();
  process.stdout.write(`sent ${lines.length} from ${startedMs} to ${Date.now()}\n`);
}

function byTopic(
  lines: readonly string[],
  first: number,
  dueMs: (at: number) => number,
): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const [index, line] of lines.entries()) {
    const { topic, key, value } = JSON.parse(line) as { topic: string; key: string; value: string };
    const headers = { 'idempotency-key': key, 'due-ms': String(dueMs(first + index)) };
    const known = topics.get(topic) ?? { topic, messages: [] };
    known.messages.push({ key, value, headers });
    topics.set(topic, known);
  }
  return [...topics.values()];
}

main().catch((error: unknown) => {
  process.stderr.write(`generator: ${String(error)}\n`);
  process.exit(1);
});
