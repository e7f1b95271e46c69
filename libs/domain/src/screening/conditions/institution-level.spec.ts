import { judgeInstitutionLevel, readInstitutionLevel } from './institution-level';

describe('a limit to institutions of a level and above', () => {
  it.each([
    // published  level      care type    state           observed
    ['二级', 3, 'ordinary', undefined, undefined],
    ['二级', 2, 'chronic', undefined, undefined],
    ['二级', 1, 'ordinary', 'hit', '一级'],
    ['二级', 0, 'ordinary', 'hit', '无等级'],
    ['三级', 2, 'inpatient', 'hit', '二级'],
    ['三级', 3, 'inpatient', undefined, undefined],
    ['二级', undefined, 'ordinary', 'undetermined', '未知'],
    ['二级', 0, 'pharmacy', 'undetermined', '未知'], // the prescribing hospital counts, and is not told
  ] as const)('%s, level %s, %s: %s', (published, level, careType, state, observed) => {
    const subject = level === undefined ? {} : { institutionLevel: level };
    const verdict = judgeInstitutionLevel(readInstitutionLevel(published)!, subject, careType);
    expect([verdict?.state, verdict?.observed]).toEqual([state, observed]);
  });

  it('cannot be read from a level that does not exist', () => {
    expect(readInstitutionLevel('四级')).toBeUndefined();
  });
});
