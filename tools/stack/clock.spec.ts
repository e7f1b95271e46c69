import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { businessTime, momentOf, openClock } from './clock';

describe('the business clock of a stack', () => {
  const realNow = Date.parse('2026-11-24T15:00:00Z');
  const march = Date.parse('2026-03-02T00:00:00Z');
  let runDir: string;

  beforeEach(() => {
    runDir = mkdtempSync(join(tmpdir(), 'clock-'));
  });
  afterEach(() => {
    rmSync(runDir, { recursive: true });
  });

  it('is the real clock where nobody asked for another', () => {
    expect(openClock(runDir, undefined, realNow)).toMatchObject({ offsetMs: 0, movable: false });
  });

  it('runs from the moment asked for, in China Standard Time', () => {
    const clock = openClock(runDir, march, realNow);
    expect(clock.movable).toBe(true);
    expect(businessTime(clock, realNow + 60_000)).toBe('2026-03-02T08:01:00+08:00');
  });

  it('goes on over a restart, whatever is asked for then', () => {
    const first = openClock(runDir, march, realNow);
    const earlier = openClock(runDir, march - 1_000, realNow + 5_000);
    expect(earlier.offsetMs).toBe(first.offsetMs);
    expect(openClock(runDir, undefined, realNow + 9_000)).toMatchObject({
      offsetMs: first.offsetMs,
      movable: false,
    });
  });

  it.each(['nonsense', '2026-03-02', '2026-03-02T08:00:00', ''])('refuses %j', (text) => {
    expect(() => momentOf(text)).toThrow(/must be a moment with its offset/);
  });
});
