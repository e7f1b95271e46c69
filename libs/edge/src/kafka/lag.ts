import type { Admin, Kafka } from 'kafkajs';
import { withTimeout } from './consumer-session';

const ASK_MS = 3_000;

/** The topics that the broker does not have; none when it cannot be asked. */
export async function missingTopics(
  kafka: Kafka,
  topics: readonly string[],
): Promise<readonly string[]> {
  const there = await asking(kafka, (admin) => admin.listTopics());
  return there === undefined ? [] : topics.filter((topic) => !there.includes(topic));
}

/** Messages of the topics that the group has not committed; undefined when the broker cannot be asked. */
export function lagOf(
  kafka: Kafka,
  groupId: string,
  topics: readonly string[],
): Promise<number | undefined> {
  return asking(kafka, async (admin) => {
    const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
    let lag = 0n;
    for (const { topic, partitions } of committed) {
      const ends = await admin.fetchTopicOffsets(topic);
      for (const { partition, offset } of partitions) {
        const end = ends.find((one) => one.partition === partition);
        if (end === undefined) continue;
        // -1: nothing was committed yet.
        const from = BigInt(offset) < 0n ? BigInt(end.low) : BigInt(offset);
        lag += BigInt(end.high) - from;
      }
    }
    return Number(lag);
  });
}

async function asking<T>(kafka: Kafka, ask: (admin: Admin) => Promise<T>): Promise<T | undefined> {
  const admin = kafka.admin({ retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 300 } });
  let answer: T | undefined;
  const work = async () => {
    await admin.connect();
    answer = await ask(admin);
  };
  await withTimeout(work(), ASK_MS);
  await withTimeout(admin.disconnect(), ASK_MS);
  return answer;
}
