import type { PolicyPackWire, RemoteRulesWire } from './pack-wire';

// Packs for specs, of no city's policy: small figures, so that a reader can work an example in the head.

const remoteOf = (
  mode: 'firstPay' | 'pointsCut',
  [referral, emergency, other]: readonly [number, number, number],
): RemoteRulesWire => ({
  longTerm: { mode, basisPoints: 0, source: 'rule' },
  referral: { mode, basisPoints: referral, source: 'rule' },
  emergency: { mode, basisPoints: emergency, source: 'rule' },
  other: { mode, basisPoints: other, source: 'rule' },
  unfiled: { treatment: 'refused', source: 'rule' },
});

const limit = (period: 'YEAR' | 'MONTH', amountFen: number, rollOver = false) => ({
  period,
  amountFen,
  rollOver,
  counts: 'poolPayment' as const,
  source: 'rule',
});

/** Limits by year, a group with a shared cap, ratio by tier, first-pay for remote care: the Jiangxi shape. */
export const yearlySpecimen: PolicyPackWire = {
  format: 1,
  id: '360700-employee',
  version: '1',
  title: '样例',
  insuredCity: '360700',
  insurance: 'employee',
  validFrom: '2026-01-01',
  reversalMode: 'LIFO_ONLY',
  sources: { rule: { text: '样例规定', grade: 'D' } },
  remote: { chronic: remoteOf('firstPay', [1_000, 1_000, 2_000]) },
  chronic: {
    ratio: {
      rule: 'perTier',
      basisPoints: {
        inService: [9_500, 9_500, 9_000, 8_500],
        retired: [9_800, 9_800, 9_300, 8_800],
      },
      source: 'rule',
    },
    deductible: { period: 'YEAR', amountFen: 0, source: 'rule' },
    yearlyCap: { amountFen: { inService: 1_000_000, retired: 1_200_000 }, source: 'rule' },
    stacking: { rule: 'several', source: 'rule' },
    startsMonthAfterApproval: { value: false, source: 'rule' },
    groups: {
      classI: { name: 'Ⅰ类病种', period: 'YEAR', source: 'rule' },
      classII: { name: 'Ⅱ类病种', period: 'YEAR', amountFen: 500_000, source: 'rule' },
    },
    diseases: {
      M03900: { name: '高血压病', group: 'classII', limits: [limit('YEAR', 300_000)] },
      M01600: { name: '糖尿病', group: 'classII', limits: [limit('YEAR', 400_000)] },
      M07801: { name: '透析', group: 'classI', limits: [] },
    },
  },
};

/** Limits by month, one disease a person, one ratio, points off for remote care: the Hunan shape. */
export const monthlySpecimen: PolicyPackWire = {
  ...yearlySpecimen,
  id: '430100-resident',
  insuredCity: '430100',
  insurance: 'resident',
  remote: { chronic: remoteOf('pointsCut', [1_000, 1_000, 2_000]) },
  chronic: {
    ...yearlySpecimen.chronic,
    ratio: { rule: 'fixed', basisPoints: { resident: 7_000 }, source: 'rule' },
    yearlyCap: { amountFen: { resident: 1_000_000 }, source: 'rule' },
    stacking: { rule: 'oneDisease', period: 'MONTH', secondAddsFen: 10_000, source: 'rule' },
    startsMonthAfterApproval: { value: true, source: 'rule' },
    groups: {},
    diseases: {
      M03900: { name: '高血压病', limits: [limit('MONTH', 20_000)] },
      M01600: { name: '糖尿病', limits: [limit('MONTH', 30_000)] },
      M05300: { name: '慢性阻塞性肺疾病', limits: [limit('MONTH', 15_000)] },
      M07801: { name: '透析', limits: [limit('MONTH', 600_000, true)] },
    },
  },
};
