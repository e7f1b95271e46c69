import { packFromWire, type PolicyPackWire, validatePack } from '@domain/benefit';
import { monthlySpecimen, yearlySpecimen } from './pack.specimen';

const knownDiseases = new Set(['M03900', 'M01600', 'M05300', 'M07801']);

const problemsOf = (pack: PolicyPackWire, packs: readonly PolicyPackWire[] = []) =>
  validatePack(pack, { packs, knownDiseases });

const pathsOf = (pack: PolicyPackWire, packs: readonly PolicyPackWire[] = []) =>
  problemsOf(pack, packs).map(({ path }) => path);

type Chronic = PolicyPackWire['chronic'];

const withChronic = (changed: Partial<Chronic>): PolicyPackWire => ({
  ...yearlySpecimen,
  chronic: { ...yearlySpecimen.chronic, ...changed },
});

const withHypertension = (changed: Partial<Chronic['diseases'][string]>): PolicyPackWire =>
  withChronic({
    diseases: {
      ...yearlySpecimen.chronic.diseases,
      M03900: { ...yearlySpecimen.chronic.diseases['M03900']!, ...changed },
    },
  });

const withRemote = (
  pack: PolicyPackWire,
  group: 'longTerm' | 'referral' | 'emergency' | 'other',
  changed: Partial<PolicyPackWire['remote']['chronic']['other']>,
): PolicyPackWire => ({
  ...pack,
  remote: {
    chronic: { ...pack.remote.chronic, [group]: { ...pack.remote.chronic[group], ...changed } },
  },
});

const ratio = (inService: readonly number[], retired: readonly number[]) =>
  withChronic({ ratio: { rule: 'perTier', basisPoints: { inService, retired }, source: 'rule' } });

const limit = yearlySpecimen.chronic.diseases['M03900']!.limits[0]!;

describe('a policy pack', () => {
  it.each([yearlySpecimen, monthlySpecimen])('in order has no problems: $id', (pack) => {
    expect(problemsOf(pack, [yearlySpecimen, monthlySpecimen])).toEqual([]);
  });

  it.each<[string, PolicyPackWire, string[]]>([
    ['a city that is none', { ...yearlySpecimen, insuredCity: '360782' }, ['insuredCity', 'id']],
    ['the id of another', { ...yearlySpecimen, id: '360400-employee' }, ['id']],
    [
      'a first day that does not exist',
      { ...yearlySpecimen, validFrom: '2026-02-29' },
      ['validFrom'],
    ],
    [
      'a last day before the first',
      { ...yearlySpecimen, validUntil: '2025-12-31' },
      ['validUntil'],
    ],
    [
      'a source that is not listed',
      withChronic({ stacking: { rule: 'several', source: 'elsewhere' } }),
      ['chronic.stacking.source'],
    ],
    [
      'a source named like what every object has',
      withChronic({ stacking: { rule: 'several', source: 'constructor' } }),
      ['chronic.stacking.source'],
    ],
    [
      'a remote cut in two manners',
      withRemote(yearlySpecimen, 'other', { mode: 'pointsCut' }),
      ['remote.chronic'],
    ],
    [
      'a referral above 10 %',
      withRemote(yearlySpecimen, 'referral', { basisPoints: 1_001 }),
      ['remote.chronic.referral.basisPoints'],
    ],
    [
      'an emergency above 10 points',
      withRemote(monthlySpecimen, 'emergency', { basisPoints: 1_500 }),
      ['remote.chronic.emergency.basisPoints'],
    ],
    [
      'other care above 20 points',
      withRemote(monthlySpecimen, 'other', { basisPoints: 2_550 }),
      ['remote.chronic.other.basisPoints'],
    ],
    [
      'a cut for long-term residents',
      withRemote(yearlySpecimen, 'longTerm', { basisPoints: 1 }),
      ['remote.chronic.longTerm.basisPoints'],
    ],
    [
      'a cut that adds',
      withRemote(yearlySpecimen, 'other', { basisPoints: -1 }),
      ['remote.chronic.other.basisPoints'],
    ],
    [
      'a ratio above one',
      ratio([9_500, 9_500, 10_001, 8_500], [9_800, 9_800, 10_000, 8_800]),
      ['chronic.ratio.basisPoints.inService[2]', 'chronic.ratio.basisPoints.retired'],
    ],
    [
      'a ratio below nothing',
      withHypertension({
        ratio: { rule: 'fixed', basisPoints: { inService: -1, retired: 0 }, source: 'rule' },
      }),
      ['chronic.diseases.M03900.ratio.basisPoints.inService'],
    ],
    [
      'a tier too few',
      ratio([9_500, 9_000, 8_500], [9_800, 9_800, 9_300, 8_800]),
      ['chronic.ratio.basisPoints.inService'],
    ],
    [
      'a ratio lower for the retired',
      ratio([9_500, 9_500, 9_000, 8_500], [9_800, 9_800, 8_999, 8_800]),
      ['chronic.ratio.basisPoints.retired'],
    ],
    [
      'nothing for the retired',
      withChronic({ ratio: { rule: 'fixed', basisPoints: { inService: 8_000 }, source: 'rule' } }),
      ['chronic.ratio.basisPoints.retired'],
    ],
    [
      'a ratio for people of another insurance',
      withChronic({
        ratio: {
          rule: 'fixed',
          basisPoints: { inService: 1, retired: 1, resident: 1 },
          source: 'rule',
        },
      }),
      ['chronic.ratio.basisPoints.resident'],
    ],
    [
      'a cap lower for the retired',
      withChronic({ yearlyCap: { amountFen: { inService: 2, retired: 1 }, source: 'rule' } }),
      ['chronic.yearlyCap.amountFen.retired'],
    ],
    [
      'a negative cap',
      withChronic({ yearlyCap: { amountFen: { inService: -1, retired: 1 }, source: 'rule' } }),
      ['chronic.yearlyCap.amountFen.inService'],
    ],
    [
      'a deductible of half a fen',
      withChronic({ deductible: { period: 'YEAR', amountFen: 0.5, source: 'rule' } }),
      ['chronic.deductible.amountFen'],
    ],
    ['no disease', withChronic({ diseases: {} }), ['chronic.diseases']],
    [
      'a disease without a known M-code',
      withChronic({ diseases: { I10: { name: '高血压', limits: [] } } }),
      ['chronic.diseases.I10'],
    ],
    [
      'a group that is not listed',
      withHypertension({ group: 'classIII' }),
      ['chronic.diseases.M03900.group'],
    ],
    [
      'two limits for a year',
      withHypertension({ limits: [limit, limit] }),
      ['chronic.diseases.M03900.limits[1].period'],
    ],
    [
      'a year that rolls over',
      withHypertension({ limits: [{ ...limit, rollOver: true }] }),
      ['chronic.diseases.M03900.limits[0].rollOver'],
    ],
    [
      'one disease a person without limits by month',
      withChronic({
        stacking: { rule: 'oneDisease', period: 'MONTH', secondAddsFen: 1, source: 'rule' },
        diseases: { M03900: { name: '高血压病', limits: [limit] } },
      }),
      ['chronic.diseases.M03900.limits'],
    ],
  ])('with %s is not in order', (_, pack, paths) => {
    expect(pathsOf(pack)).toEqual(paths);
    expect(problemsOf(pack).every(({ message }) => message.length > 0)).toBe(true);
  });

  const next = { ...yearlySpecimen, version: '2', validFrom: '2026-07-01' };

  it.each<[string, PolicyPackWire, string[]]>([
    ['another version in the same time', next, ['validFrom']],
    ['itself', yearlySpecimen, []],
    [
      'a version that ended before',
      { ...next, validFrom: '2025-01-01', validUntil: '2025-12-31' },
      [],
    ],
    [
      'a version that ended on its first day',
      { ...next, validFrom: '2025-01-01', validUntil: '2026-01-01' },
      ['validFrom'],
    ],
    ['a correction of itself', { ...next, supersedes: '1' }, []],
    ['a correction of something else', { ...next, supersedes: '0' }, ['validFrom']],
    ['a pack of the other insurance', { ...next, insurance: 'resident' }, []],
    ['a pack of another city', { ...next, insuredCity: '360400' }, []],
  ])('beside %s', (_, other, paths) => {
    expect(pathsOf(yearlySpecimen, [other])).toEqual(paths);
  });

  it('that ends on the first day of the next overlaps with it, and a day earlier does not', () => {
    const beside = (validUntil: string) => pathsOf({ ...yearlySpecimen, validUntil }, [next]);
    expect(beside('2026-07-01')).toEqual(['validFrom']);
    expect(beside('2026-06-30')).toEqual([]);
  });

  it('that names what it does not have cannot be used by mistake', () => {
    const unknownSource = withChronic({ stacking: { rule: 'several', source: 'constructor' } });
    expect(() => packFromWire(unknownSource)).toThrow(RangeError);
    expect(() => packFromWire(withHypertension({ group: 'classIII' }))).toThrow(RangeError);
    expect(() => packFromWire({ ...yearlySpecimen, validFrom: '2026-02-30' })).toThrow(RangeError);
  });
});
