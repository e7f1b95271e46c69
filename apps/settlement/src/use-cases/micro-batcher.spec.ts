import { MicroBatcher, Overloaded } from './micro-batcher';

const options = { lanes: 2, maxBatch: 4, maxWaiting: 20, isCulpable: () => true };

describe('a micro-batch', () => {
  it('takes what arrives together, never more than its limit, and answers each its own', async () => {
    const sizes: number[] = [];
    const batcher = new MicroBatcher<number, number>((commands) => {
      sizes.push(commands.length);
      return Promise.resolve(commands.map((command) => command * 10));
    }, options);
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((command) => batcher.submit(command)));
    expect(answers).toEqual([10, 20, 30, 40, 50, 60]);
    expect(sizes).toEqual([4, 2]);
  });

  it('is halved until the culprit stands alone', async () => {
    const batcher = new MicroBatcher<number, number>((commands) => {
      if (commands.includes(3)) return Promise.reject(new Error('refused'));
      return Promise.resolve([...commands]);
    }, options);
    const settled = await Promise.allSettled(
      [1, 2, 3, 4].map((command) => batcher.submit(command)),
    );
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  it('is not halved for a fault that is nobody’s: all learn of it at once', async () => {
    let calls = 0;
    const batcher = new MicroBatcher<number, number>(
      () => {
        calls += 1;
        return Promise.reject(new Error('connection lost'));
      },
      { ...options, isCulpable: () => false },
    );
    const settled = await Promise.allSettled([1, 2, 3].map((command) => batcher.submit(command)));
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
    expect(calls).toBe(1);
  });

  it('turns commands away early when too many wait', async () => {
    const gate: { open?: () => void } = {};
    const opened = new Promise<void>((resolve) => {
      gate.open = resolve;
    });
    const batcher = new MicroBatcher<number, number>(
      async (commands) => {
        await opened;
        return [...commands];
      },
      { ...options, lanes: 1, maxWaiting: 4 },
    );
    const first = batcher.submit(0);
    await new Promise(setImmediate);
    const accepted = [1, 2, 3, 4].map((command) => batcher.submit(command));
    await expect(batcher.submit(5)).rejects.toBeInstanceOf(Overloaded);
    gate.open?.();
    expect(await Promise.all([first, ...accepted])).toEqual([0, 1, 2, 3, 4]);
  });
});
