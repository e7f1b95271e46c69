import {
  chooseFiling,
  type FiledType,
  filingGroupOf,
  filingsFor,
  type FilingView,
} from '@domain/benefit';

const filing = (id: string, type: FiledType, from = '2026-01-01', until?: string): FilingView => ({
  id,
  type,
  from,
  ...(until === undefined ? {} : { until }),
});

const longTerm = filing('L', 'longTermResident');
const referral = filing('R', 'referral');
const emergency = filing('E', 'emergency');
const other = filing('O', 'other');

describe('the filing a visit is settled by', () => {
  it.each([
    // filings                                    emergency   chosen
    ['none', [], false, undefined],
    ['none, but an emergency', [], true, 'implicit'],
    ['other', [other], false, 'O'],
    ['other, and an emergency betters it', [other], true, 'implicit'],
    ['a filed emergency, and an emergency', [emergency, other], true, 'E'],
    ['a filed emergency before other', [other, emergency], false, 'E'],
    ['a referral before an emergency', [emergency, referral], false, 'R'],
    ['a referral, which an emergency does not replace', [referral], true, 'R'],
    ['long-term before all', [other, emergency, referral, longTerm], false, 'L'],
    ['long-term, which an emergency never worsens', [longTerm, other], true, 'L'],
  ] as const)('with %s', (_, filings, flagged, chosen) => {
    const used = chooseFiling(filings, '2026-03-02', flagged);
    const implicit = { type: 'emergency', group: 'emergency' };
    if (chosen === undefined) expect(used).toBeUndefined();
    else if (chosen === 'implicit') expect(used).toEqual(implicit);
    else expect(used?.id).toBe(chosen);
  });

  it.each([
    ['2026-02-28', undefined],
    ['2026-03-01', 'R'],
    ['2026-08-31', 'R'],
    ['2026-09-01', undefined],
  ])('covers the day %s: %s', (on, chosen) => {
    const filings = [filing('R', 'referral', '2026-03-01', '2026-08-31')];
    expect(chooseFiling(filings, on, false)?.id).toBe(chosen);
  });

  it('is, among equals, the one begun last, then the smaller id, in whatever order they come', () => {
    const filings = [
      filing('B', 'stationedWorker', '2026-02-01'),
      filing('A', 'resettledRetiree', '2026-02-01'),
      filing('C', 'longTermResident', '2025-01-01'),
    ];
    for (const order of [filings, filings.toReversed()]) {
      expect(chooseFiling(order, '2026-03-02', false)).toEqual({
        id: 'A',
        type: 'resettledRetiree',
        group: 'longTerm',
      });
    }
  });

  it('tells the three long-term types from the three temporary ones', () => {
    const types = ['resettledRetiree', 'longTermResident', 'stationedWorker'] as const;
    expect(types.map(filingGroupOf)).toEqual(['longTerm', 'longTerm', 'longTerm']);
    expect((['referral', 'emergency', 'other'] as const).map(filingGroupOf)).toEqual([
      'referral',
      'emergency',
      'other',
    ]);
  });

  it('is from the insured city to the care city, not the other way', () => {
    const there = { insuredCity: '360700', careCity: '430100' };
    const back = { insuredCity: '430100', careCity: '360700' };
    const elsewhere = { insuredCity: '360700', careCity: '430200' };
    expect(filingsFor([there, back, elsewhere], '360700', '430100')).toEqual([there]);
  });
});
