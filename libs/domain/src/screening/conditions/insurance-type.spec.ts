import { judgeInsurance, readInsurance } from './insurance-type';

const none = { 工伤: [], 生育: [] };

describe('a limit to one kind of insurance', () => {
  it.each([
    // published  person      meeting                           state
    ['工伤', 'employee', none, 'hit'],
    ['工伤', 'resident', none, 'hit'],
    ['生育', 'employee', none, 'hit'],
    ['生育', 'employee', { 工伤: [], 生育: ['employee'] }, undefined],
    ['生育', 'resident', { 工伤: [], 生育: ['employee'] }, 'hit'],
    ['工伤', undefined, none, 'undetermined'],
  ] as const)('limited to %s, person %s, met by %j: %s', (published, insurance, meeting, state) => {
    const subject = insurance === undefined ? {} : { insurance };
    expect(judgeInsurance(readInsurance(published)!, subject, meeting)?.state).toBe(state);
  });

  it('cannot be read from an insurance that the publication does not limit to', () => {
    expect(readInsurance('职工')).toBeUndefined();
  });
});
