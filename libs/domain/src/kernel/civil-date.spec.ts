import fc from 'fast-check';
import {
  addDays,
  ageOn,
  civilDate,
  covers,
  dateOf,
  dateOfDayNumber,
  dayNumber,
  daysBetween,
  formatInstant,
  instant,
  monthOf,
  parseCivilDate,
  parseInstant,
  startOfDay,
} from '@domain/kernel';

describe('a day of the calendar', () => {
  it.each([
    ['2026-03-02', true],
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['1900-02-29', false],
    ['2026-13-01', false],
    ['2026-04-31', false],
    ['2026-4-01', false],
    ['', false],
  ])('%s exists: %s', (text, exists) => {
    expect(parseCivilDate(text) !== undefined).toBe(exists);
  });

  it('agrees with the calendar of the platform over four thousand years', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 700_000 }), (days) => {
        const date = dateOfDayNumber(days);
        expect(date).toBe(new Date(days * 86_400_000).toISOString().slice(0, 10));
        expect(dayNumber(date)).toBe(days);
      }),
    );
  });

  it('counts, adds and names months', () => {
    expect(addDays(civilDate('2026-02-27'), 2)).toBe('2026-03-01');
    expect(daysBetween(civilDate('2026-02-28'), civilDate('2026-03-01'))).toBe(1);
    expect(monthOf(civilDate('2026-02-28'))).toBe('202602');
  });

  it.each([
    ['2000-06-15', '2018-06-14', 17],
    ['2000-06-15', '2018-06-15', 18],
    ['2004-02-29', '2022-02-28', 17],
    ['2004-02-29', '2022-03-01', 18],
  ])('born %s is on %s aged %s', (born, on, age) => {
    expect(ageOn(civilDate(born), civilDate(on))).toBe(age);
  });

  it('includes both ends of a period', () => {
    const period = { from: civilDate('2026-01-01'), until: civilDate('2026-01-31') };
    const inside = ['2025-12-31', '2026-01-01', '2026-01-31', '2026-02-01'].map((day) =>
      covers(period, civilDate(day)),
    );
    expect(inside).toEqual([false, true, true, false]);
  });
});

describe('a moment', () => {
  it.each([
    ['2026-03-02T10:15:00+08:00', '2026-03-02T10:15:00+08:00'],
    ['2026-03-02T02:15:00Z', '2026-03-02T10:15:00+08:00'],
    ['2026-03-01T20:15:00.5-06:00', '2026-03-02T10:15:00.500+08:00'],
  ])('%s is written %s', (text, written) => {
    const at = parseInstant(text);
    expect(at).toBe(Date.parse(text));
    expect(at === undefined ? undefined : formatInstant(at)).toBe(written);
  });

  it.each(['2026-03-02', '2026-03-02T10:15:00', '2026-03-02T24:00:00Z', '2026-02-30T10:00:00Z'])(
    '%s is none',
    (text) => {
      expect(parseInstant(text)).toBeUndefined();
    },
  );

  it('falls on the day of China', () => {
    expect(dateOf(instant(Date.parse('2026-03-01T16:00:00Z')))).toBe('2026-03-02');
    expect(startOfDay(civilDate('2026-03-02'))).toBe(Date.parse('2026-03-01T16:00:00Z'));
  });
});
