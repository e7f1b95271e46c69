import { civilDate } from '@domain/kernel';
import { judgeAgeRange, readAgeRange } from './age-range';

const on = civilDate('2026-03-02');
const workingAge = { from: 16, untilMale: 63, untilFemale: 58 };

describe('a limit to an age range', () => {
  it.each([
    // published          gender     born          observed
    ['legal_working_age', 'male', '2010-03-02', undefined], //  16 today
    ['legal_working_age', 'male', '2010-03-03', '15周岁'],
    ['legal_working_age', 'male', '1963-03-03', undefined], //  62
    ['legal_working_age', 'male', '1963-03-02', '63周岁'],
    ['legal_working_age', 'female', '1968-03-03', undefined], // 57
    ['legal_working_age', 'female', '1968-03-02', '58周岁'],
    ['legal_working_age', undefined, '1968-03-02', undefined], // the widest reading
    ['18-60', 'male', '2008-03-02', undefined],
    ['18-60', 'male', '2008-03-03', '17周岁'],
    ['-60', 'male', '1965-03-02', '61周岁'],
    ['50-', 'female', '1976-03-03', '49周岁'],
  ] as const)('%s, %s born %s: %s', (published, gender, born, observed) => {
    const subject = { birthDate: civilDate(born), ...(gender === undefined ? {} : { gender }) };
    const verdict = judgeAgeRange(readAgeRange(published)!, subject, on, workingAge);
    expect(verdict?.observed).toBe(observed);
  });

  it('is undetermined for a person whose birth date is not known', () => {
    const verdict = judgeAgeRange(readAgeRange('18-60')!, { gender: 'male' }, on, workingAge);
    expect(verdict?.state).toBe('undetermined');
  });

  it.each(['', '-', '60-18', 'adult'])('cannot be read from "%s"', (value) => {
    expect(readAgeRange(value)).toBeUndefined();
  });
});
