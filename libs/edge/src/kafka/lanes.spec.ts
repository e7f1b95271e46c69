import type { IncomingMessage } from '@lib/journal';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lanes, type LaneSettings } from './lanes';

const message = (partition: number, offset: number): IncomingMessage => ({
  topic: 't',
  partition,
  offset: String(offset),
  timestampMs: 1_772_400_000_000 + offset,
  key: undefined,
  value: null,
  headers: {},
});
const run = (partition: number, from: number, count: number) =>
  Array.from({ length: count }, (_none, index) => message(partition, from + index));
const name = ({ partition, offset }: IncomingMessage) => `${partition}:${offset}`;

function lanesWith(given: Partial<LaneSettings>) {
  const handled: string[] = [];
  const lanes = new Lanes({
    together: false,
    lingerMs: 0,
    maxMessages: 10,
    concurrency: 4,
    onBatch: () => Promise.resolve(),
    handled: (_topic, partition, offset) => handled.push(`${partition}:${offset}`),
    failed: () => undefined,
    ...given,
  });
  return { lanes, handled };
}

describe('lanes of fetched messages', () => {
  it('never have two batches of one partition in hand', async () => {
    const inHand = new Map<number, number>();
    let most = 0;
    const { lanes, handled } = lanesWith({
      onBatch: async ([first]) => {
        const partition = first?.partition ?? -1;
        inHand.set(partition, (inHand.get(partition) ?? 0) + 1);
        most = Math.max(most, ...inHand.values());
        await sleep(1);
        inHand.set(partition, (inHand.get(partition) ?? 0) - 1);
      },
    });
    for (const partition of [0, 1, 2]) lanes.add(run(partition, 0, 35));
    while (handled.length < 12) await lanes.progress();
    expect(most).toBe(1);
    expect([...handled].sort()).toEqual(
      [0, 1, 2].flatMap((p) => [10, 20, 30, 35].map((offset) => `${p}:${offset}`)).sort(),
    );
  });

  it('wait for company only as long as they linger', async () => {
    const batches: string[][] = [];
    const { lanes } = lanesWith({
      together: true,
      lingerMs: 50,
      onBatch: (messages) => {
        batches.push(messages.map(name));
        return Promise.resolve();
      },
    });
    lanes.add([message(0, 1)]);
    await sleep(10);
    lanes.add([message(1, 1)]);
    expect(batches).toEqual([]);
    await lanes.progress();
    expect(batches).toEqual([['0:1', '1:1']]);
  });

  it('do not wait once a batch is full', () => {
    const batches: number[] = [];
    const { lanes } = lanesWith({
      together: true,
      lingerMs: 60_000,
      onBatch: (messages) => {
        batches.push(messages.length);
        return Promise.resolve();
      },
    });
    lanes.add(run(0, 0, 10));
    expect(batches).toEqual([10]);
  });

  it('try a failed partition again alone, in order, while the others go on', async () => {
    const batches: string[][] = [];
    const { lanes, handled } = lanesWith({
      together: true,
      concurrency: 1,
      onBatch: (messages) => {
        batches.push(messages.map(name));
        const bad = messages.some((one) => name(one) === '0:0') && batches.length < 3;
        return bad ? Promise.reject(new Error('bad')) : Promise.resolve();
      },
    });
    lanes.add([message(0, 0), message(0, 1)]);
    lanes.add([message(1, 0)]);
    while (handled.length < 2) await lanes.progress();
    const first = batches.findIndex((batch) => batch.join() === '0:0,0:1');
    expect(first).toBeGreaterThanOrEqual(0);
    expect(handled).toContain('1:1');
    expect(handled).toContain('0:2');
    expect(batches.filter((batch) => batch.includes('0:0')).length).toBeGreaterThan(1);
  });

  it('forget what is not in hand, and what was in hand and failed', async () => {
    let fail: () => void = () => undefined;
    const seen: string[] = [];
    const { lanes, handled } = lanesWith({
      maxMessages: 1,
      onBatch: (messages) => {
        seen.push(...messages.map(name));
        return new Promise((_resolve, reject) => {
          fail = () => {
            reject(new Error('late'));
          };
        });
      },
    });
    lanes.add([message(0, 0), message(0, 1)]);
    lanes.forget();
    expect(lanes.waiting).toBe(0);
    const progress = lanes.progress();
    fail();
    await progress;
    await sleep(200);
    expect(seen).toEqual(['0:0']);
    expect(handled).toEqual([]);
  });

  it('know their oldest message, in hand or not', () => {
    const { lanes } = lanesWith({ maxMessages: 1, onBatch: () => new Promise(() => undefined) });
    expect(lanes.oldest()).toBeUndefined();
    lanes.add(run(0, 5, 3));
    expect(lanes.oldest()).toBe(1_772_400_000_005);
  });

  it('close when the last batch is done, and take nothing more', async () => {
    let done = false;
    const { lanes } = lanesWith({
      onBatch: async () => {
        await sleep(20);
        done = true;
      },
    });
    lanes.add([message(0, 0)]);
    await lanes.close();
    expect(done).toBe(true);
    lanes.add([message(0, 1)]);
    expect(lanes.waiting).toBe(0);
  });
});
