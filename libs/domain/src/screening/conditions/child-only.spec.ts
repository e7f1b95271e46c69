import { civilDate } from '@domain/kernel';
import { judgeChildOnly, readChildOnly } from './child-only';

const on = civilDate('2026-03-02');
const childAge = { doubtfulFrom: 14, certainFrom: 18 };

describe('a limit to children', () => {
  it.each([
    // published  born          state       certainty    observed     why
    ['child', '2020-05-01', undefined, undefined, undefined], //       5 years
    ['child', '2012-03-03', undefined, undefined, undefined], //       13, the birthday is tomorrow
    ['child', '2012-03-02', 'hit', 'suspected', '14周岁'], //          14 today: a child by one reading only
    ['child', '2008-03-03', 'hit', 'suspected', '17周岁'], //          17, the birthday is tomorrow
    ['child', '2008-03-02', 'hit', 'certain', '18周岁'], //            18 today: an adult by both readings
    ['child', '1950-01-01', 'hit', 'certain', '76周岁'],
    ['child', '2026-03-02', undefined, undefined, undefined], //       born today
    ['3-12', '2023-03-03', 'hit', 'certain', '2周岁'], //              too young by a day
    ['3-12', '2023-03-02', undefined, undefined, undefined], //        3 today
    ['3-12', '2013-03-03', undefined, undefined, undefined], //        12, until tomorrow
    ['3-12', '2013-03-02', 'hit', 'certain', '13周岁'],
    ['-11', '2014-03-03', undefined, undefined, undefined], //         11: 以下 includes the number
    ['-11', '2014-03-02', 'hit', 'certain', '12周岁'],
    ['3-', '2023-03-03', 'hit', 'certain', '2周岁'],
    ['3-', '2010-03-02', 'hit', 'suspected', '16周岁'], //             no upper age published
    ['6-17', '2008-03-03', undefined, undefined, undefined], //        17: within a published age
    ['6-17', '2008-03-02', 'hit', 'certain', '18周岁'],
    ['child', '2012-02-29', 'hit', 'suspected', '14周岁'], //          29 February completes on 1 March
  ] as const)('%s, born %s: %s %s %s', (published, born, state, certainty, observed) => {
    const verdict = judgeChildOnly(
      readChildOnly(published)!,
      { birthDate: civilDate(born) },
      on,
      childAge,
    );
    expect([verdict?.state, verdict?.certainty, verdict?.observed]).toEqual([
      state,
      certainty,
      observed,
    ]);
  });

  it('is undetermined for a person whose birth date is not known', () => {
    expect(judgeChildOnly(readChildOnly('child')!, {}, on, childAge)?.state).toBe('undetermined');
  });

  it.each(['', '-', '12-3', 'adult', '3 - 12', '-111'])('cannot be read from "%s"', (value) => {
    expect(readChildOnly(value)).toBeUndefined();
  });
});
