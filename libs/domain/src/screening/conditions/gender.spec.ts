import { judgeGender, readGender } from './gender';

describe('a limit to one gender', () => {
  it.each([
    // published  person      state            observed
    ['女', 'female', undefined, undefined],
    ['女', 'male', 'hit', '男性'],
    ['男', 'male', undefined, undefined],
    ['男', 'female', 'hit', '女性'],
    ['女', undefined, 'undetermined', '未知'],
  ] as const)('limited to %s, person %s: %s', (published, gender, state, observed) => {
    const limit = readGender(published)!;
    const verdict = judgeGender(limit, gender === undefined ? {} : { gender });
    expect([verdict?.state, verdict?.observed]).toEqual([state, observed]);
  });

  it('is said in words that the counter understands', () => {
    expect(judgeGender(readGender('女')!, { gender: 'male' })?.sentence).toBe(
      '限女性使用，参保人为男性',
    );
  });

  it('is not guessed from another value', () => {
    expect(readGender('未知')).toBeUndefined();
  });
});
