import { instant } from '@domain/kernel';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OffsetClock } from './clock';

const REAL = 1_772_400_000_000;
const HOUR = 3_600_000;
const newFile = () => join(mkdtempSync(join(tmpdir(), 'clock-')), 'clock.json');

describe('business time', () => {
  it('is the real clock until it is moved', () => {
    expect(new OffsetClock(undefined, false, () => REAL).now()).toBe(REAL);
  });

  it('moves forward, and goes on from there after a restart', () => {
    const file = newFile();
    const clock = new OffsetClock(file, true, () => REAL);
    expect(clock.advanceTo(instant(REAL + HOUR))).toBe(REAL + HOUR);
    expect(clock.now()).toBe(REAL + HOUR);
    expect(new OffsetClock(file, true, () => REAL + 5).now()).toBe(REAL + HOUR + 5);
  });

  it('does not go back when asked to', () => {
    const clock = new OffsetClock(newFile(), true, () => REAL);
    clock.advanceTo(instant(REAL + HOUR));
    expect(clock.advanceTo(instant(REAL))).toMatchObject({ refused: 'edge.clock-backwards' });
    expect(clock.now()).toBe(REAL + HOUR);
  });

  it('does not go back when the real clock does', () => {
    let real = REAL;
    const clock = new OffsetClock(newFile(), true, () => real);
    expect(clock.now()).toBe(REAL);
    real -= HOUR;
    expect(clock.now()).toBe(REAL);
    real += HOUR + 7;
    expect(clock.now()).toBe(REAL + 7);
  });

  it('stays where another process of the stack moved it further', () => {
    const file = newFile();
    const [one, two] = [
      new OffsetClock(file, true, () => REAL),
      new OffsetClock(file, true, () => REAL),
    ];
    one.advanceTo(instant(REAL + HOUR));
    expect(two.advanceTo(instant(REAL + HOUR))).toBe(REAL + HOUR);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ offsetMs: HOUR });
  });

  it('hears within a second that another process moved it', () => {
    const file = newFile();
    let real = REAL;
    const [one, two] = [
      new OffsetClock(file, true, () => real),
      new OffsetClock(file, true, () => real),
    ];
    expect(two.now()).toBe(REAL);
    one.advanceTo(instant(REAL + HOUR));
    real += 1_000;
    expect(two.now()).toBe(REAL + HOUR + 1_000);
  });

  it('does not move where nobody may move it', () => {
    const clock = new OffsetClock(newFile(), false, () => REAL);
    expect(clock.advanceTo(instant(REAL + HOUR))).toEqual({ refused: 'edge.clock-not-movable' });
    expect(clock.now()).toBe(REAL);
  });

  it('refuses a file that is not a clock', () => {
    const file = newFile();
    writeFileSync(file, '{ "offsetMs": "soon" }');
    expect(() => new OffsetClock(file, true)).toThrow('CLOCK_FILE must name a file');
  });
});
