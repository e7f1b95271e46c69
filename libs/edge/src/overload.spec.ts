import { setTimeout as sleep } from 'node:timers/promises';
import { Overload } from './overload';

/** Keeps the event loop busy. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('overload', () => {
  let overload: Overload;
  beforeEach(() => {
    overload = new Overload({ maxInFlight: 3, maxLoopDelayMs: 30 });
  });
  afterEach(() => {
    overload.close();
  });

  const tooMuchAt = (count: number): boolean => {
    overload.inFlight = count;
    return overload.tooMuch;
  };

  it('is too many requests at once', () => {
    expect([0, 2, 3, 4].map((count) => tooMuchAt(count))).toEqual([false, false, false, true]);
  });

  it('is an event loop that keeps lagging', async () => {
    for (let turn = 0; turn < 12; turn++) {
      block(90);
      await sleep(1);
    }
    expect(overload.loopDelayMs).toBeGreaterThan(30);
    expect(overload.tooMuch).toBe(true);
  });
});
