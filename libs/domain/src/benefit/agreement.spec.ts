import {
  agreementFor,
  agreementFromWire,
  type AgreementTableWire,
  type AgreementWire,
  diseaseAgreed,
  expandAgreements,
  validateAgreement,
} from '@domain/benefit';

const families: AgreementTableWire['diseases'] = [
  {
    family: 'dialysis',
    name: '透析',
    codes: ['M07801', 'M07803'],
    from: '2023-01-01',
    source: 'rule',
  },
  { family: 'copd', name: '慢阻肺', codes: ['M05300'], from: '2024-12-01', source: 'rule' },
];
const later = [{ ...families[1]!, from: '2025-07-01' }];

const table: AgreementTableWire = {
  format: 1,
  version: '1',
  validFrom: '2023-01-01',
  insuredCities: ['360300', '360400'],
  careCities: ['430100', '431000'],
  sources: { rule: { text: '样例', grade: 'D' } },
  diseases: families,
  exceptions: [{ insuredCity: '360300', careCity: '431000', diseases: later }],
  services: [],
  institutions: [],
  pharmacies: [],
  benefits: [],
};

const pairs = expandAgreements(table);
const agreements = pairs.map(agreementFromWire);

describe('an agreement between two cities', () => {
  it('is one for each directed pair, with an id of its own', () => {
    expect(pairs.map(({ id }) => id)).toEqual([
      '360300>430100',
      '360300>431000',
      '360400>430100',
      '360400>431000',
    ]);
  });

  it.each([
    // pair                disease   day           family
    ['360300', '430100', 'M07801', '2022-12-31', undefined],
    ['360300', '430100', 'M07801', '2023-01-01', 'dialysis'],
    ['360300', '430100', 'M07800', '2026-03-02', undefined],
    ['360300', '430100', 'M0780', '2026-03-02', undefined],
    ['360300', '430100', 'M05300', '2024-11-30', undefined],
    ['360300', '430100', 'M05300', '2024-12-01', 'copd'],
    ['360300', '431000', 'M05300', '2024-12-01', undefined],
    ['360300', '431000', 'M05300', '2025-07-01', 'copd'],
    ['360300', '431000', 'M07803', '2023-01-01', 'dialysis'],
    ['360400', '431000', 'M05300', '2024-12-01', 'copd'],
  ])('%s to %s settles %s on %s: %s', (insuredCity, careCity, code, on, family) => {
    const agreement = agreementFor(agreements, insuredCity, careCity, '2026-03-02')!;
    expect(diseaseAgreed(agreement, code, on)).toBe(family);
  });

  it('does not hold the other way round, nor before it begins', () => {
    expect(agreementFor(agreements, '430100', '360300', '2026-03-02')).toBeUndefined();
    expect(agreementFor(agreements, '360300', '430100', '2022-12-31')).toBeUndefined();
  });

  it('gives way to a later one, and ends on its last day', () => {
    const ended = agreementFromWire({ ...pairs[0]!, validUntil: '2025-12-31' });
    const next = agreementFromWire({
      ...pairs[0]!,
      version: '2',
      validFrom: '2025-06-01',
      validUntil: '2026-06-30',
    });
    const at = (on: string) => agreementFor([next, ended], '360300', '430100', on)?.version;
    expect(['2025-05-31', '2025-06-01', '2026-06-30', '2026-07-01'].map(at)).toEqual([
      '1',
      '2',
      '2',
      undefined,
    ]);
  });

  it('may drop a disease for a while', () => {
    const [first, ...rest] = families;
    const paused = agreementFromWire({
      ...pairs[0]!,
      diseases: [{ ...first!, until: '2024-12-31' }, { ...first!, from: '2025-03-01' }, ...rest],
    });
    const on = (day: string) => diseaseAgreed(paused, 'M07801', day);
    expect(['2024-12-31', '2025-01-01', '2025-03-01'].map(on)).toEqual([
      'dialysis',
      undefined,
      'dialysis',
    ]);
  });
});

describe('an agreement that is checked', () => {
  const knownDiseases = new Set(['M07801', 'M07803', 'M05300']);
  const pair = pairs[0]!;
  const [dialysis, copd] = [families[0]!, families[1]!];
  const pathsOf = (agreement: AgreementWire, others: readonly AgreementWire[] = []) =>
    validateAgreement(agreement, { agreements: others, knownDiseases }).map(({ path }) => path);

  it('is in order beside those of other pairs', () => {
    for (const agreement of pairs) expect(pathsOf(agreement, pairs)).toEqual([]);
  });

  it.each<[string, Partial<AgreementWire>, string[]]>([
    ['cities of one province', { careCity: '360400', id: '360300>360400' }, ['careCity']],
    ['a county for a city', { careCity: '430181', id: '360300>430181' }, ['careCity']],
    ['the id of another pair', { id: '360400>430100' }, ['id']],
    ['a day that does not exist', { validFrom: '2023-13-01' }, ['validFrom']],
    ['an end before the beginning', { validUntil: '2022-12-31' }, ['validUntil']],
    [
      'a source that is not listed',
      { diseases: [{ ...copd, source: 'other' }] },
      ['diseases.0.source'],
    ],
    [
      'an unknown disease',
      { diseases: [{ ...copd, codes: ['M05300', 'M0530'] }] },
      ['diseases[0].codes'],
    ],
    [
      'a code in two families',
      { diseases: [dialysis, { ...copd, codes: ['M07803'] }] },
      ['diseases[1].codes'],
    ],
    ['a family twice at one time', { diseases: [copd, copd] }, ['diseases[1].codes']],
    [
      'a family that ends before it begins',
      { diseases: [{ ...copd, until: '2024-11-30' }] },
      ['diseases[0].until'],
    ],
    [
      'a service from a day that does not exist',
      { services: [{ code: 'x', from: '2026-00-01', source: 'rule' }] },
      ['services[0].from'],
    ],
  ])('with %s is not', (_, changed, paths) => {
    expect(pathsOf({ ...pair, ...changed })).toEqual(paths);
  });

  it('does not overlap with another version unless it is named as replaced', () => {
    const other = { ...pair, version: '2', validFrom: '2026-01-01' };
    expect(pathsOf(pair, [other])).toEqual(['validFrom']);
    expect(pathsOf(pair, [{ ...other, supersedes: '1' }])).toEqual([]);
    expect(pathsOf({ ...pair, validUntil: '2025-12-31' }, [other])).toEqual([]);
  });
});
