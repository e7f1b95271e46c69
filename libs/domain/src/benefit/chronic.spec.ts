import {
  calculateChronic,
  type ChronicBenefit,
  type ChronicInput,
  type FilingGroup,
  NO_TOTALS,
  packFromWire,
  type PolicyPackWire,
  type QualifiedDisease,
  tierOf,
  type UsedFiling,
  usesWithoutFund,
} from '@domain/benefit';
import { civilDate, type Fen, fen, isRefusal, monthOf } from '@domain/kernel';
import fc from 'fast-check';
import { monthlySpecimen, yearlySpecimen } from './pack.specimen';

const filings: Readonly<Record<FilingGroup, UsedFiling>> = {
  longTerm: { id: 'F1', type: 'longTermResident', group: 'longTerm' },
  referral: { id: 'F2', type: 'referral', group: 'referral' },
  emergency: { type: 'emergency', group: 'emergency' },
  other: { id: 'F3', type: 'other', group: 'other' },
};

interface Visit {
  readonly pack?: PolicyPackWire;
  readonly eligible: bigint;
  readonly filing?: FilingGroup;
  readonly tier?: number;
  readonly personType?: ChronicInput['personType'];
  readonly disease?: string;
  readonly qualified?: readonly QualifiedDisease[];
  readonly servedOn?: string;
  readonly settledOn?: string;
  readonly used?: Readonly<Record<string, bigint>>;
}

const since = (diseaseCode: string, limitFen?: bigint, from = '2025-01-01'): QualifiedDisease => ({
  diseaseCode,
  from,
  ...(limitFen === undefined ? {} : { limitFen: fen(limitFen) }),
});

function inputOf(visit: Visit): ChronicInput {
  const settledOn = visit.settledOn ?? visit.servedOn ?? '2026-03-02';
  const diseaseCode = visit.disease ?? 'M03900';
  return {
    totals: { ...NO_TOTALS, total: fen(visit.eligible), eligible: fen(visit.eligible) },
    pack: packFromWire(visit.pack ?? yearlySpecimen),
    tier: tierOf(visit.tier ?? 2),
    personType: visit.personType ?? (visit.pack === monthlySpecimen ? 'resident' : 'inService'),
    filing: filings[visit.filing ?? 'longTerm'],
    diseaseCode,
    qualifications: visit.qualified ?? [since(diseaseCode)],
    serviceMonth: monthOf(civilDate(visit.servedOn ?? settledOn)),
    settledOn: civilDate(settledOn),
    used: (key) => fen(visit.used?.[key] ?? 0n),
  };
}

function benefitOf(visit: Visit): ChronicBenefit {
  const benefit = calculateChronic(inputOf(visit));
  if (isRefusal(benefit)) throw new Error(benefit.refused);
  return benefit;
}

describe('the pool’s part of a chronic-disease visit', () => {
  it.each([
    // person        tier  filing        eligible  first-pay   base      ratio    pool
    ['inService', 0, 'longTerm', 35_400n, 0n, 35_400n, 9_500n, 33_630n],
    ['inService', 1, 'longTerm', 35_400n, 0n, 35_400n, 9_500n, 33_630n],
    ['inService', 2, 'longTerm', 35_400n, 0n, 35_400n, 9_000n, 31_860n],
    ['inService', 3, 'longTerm', 35_400n, 0n, 35_400n, 8_500n, 30_090n],
    ['retired', 3, 'longTerm', 35_400n, 0n, 35_400n, 8_800n, 31_152n],
    ['inService', 2, 'referral', 35_400n, 3_540n, 31_860n, 9_000n, 28_674n],
    ['inService', 2, 'emergency', 35_400n, 3_540n, 31_860n, 9_000n, 28_674n],
    ['inService', 2, 'other', 35_400n, 7_080n, 28_320n, 9_000n, 25_488n],
    ['inService', 3, 'referral', 105n, 11n, 94n, 8_500n, 80n],
    ['inService', 9, 'longTerm', 10_000n, 0n, 10_000n, 9_500n, 9_500n],
    ['inService', 2, 'longTerm', 0n, 0n, 0n, 9_000n, 0n],
  ] as const)(
    'with first-pay: %s, tier %s, %s, %s fen',
    (personType, tier, filing, eligible, remoteFirstPay, base, ratioBasisPoints, pool) => {
      const benefit = benefitOf({ personType, tier, filing, eligible });
      expect(benefit).toMatchObject({ remoteFirstPay, base, ratioBasisPoints, pool });
      expect(benefit.person).toBe(eligible - pool);
      expect(benefit.selfPay).toBe(base - pool);
    },
  );

  it.each([
    // filing       eligible   ratio     pool
    ['longTerm', 20_000n, 7_000n, 14_000n],
    ['referral', 20_000n, 6_000n, 12_000n],
    ['emergency', 20_000n, 6_000n, 12_000n],
    ['other', 20_000n, 5_000n, 10_000n],
    ['other', 101n, 5_000n, 51n],
  ] as const)(
    'with points off the ratio: %s, %s fen',
    (filing, eligible, ratioBasisPoints, pool) => {
      const benefit = benefitOf({ pack: monthlySpecimen, filing, eligible });
      expect(benefit).toMatchObject({ remoteFirstPay: 0n, base: eligible, ratioBasisPoints, pool });
      expect(benefit.standardRatioBasisPoints).toBe(7_000n);
    },
  );

  it('has no remote cut where the city’s pack has none for chronic care', () => {
    const { remote } = yearlySpecimen;
    const none = { ...remote.chronic.other, basisPoints: 0 };
    const pack = { ...yearlySpecimen, remote: { chronic: { ...remote.chronic, other: none } } };
    expect(benefitOf({ pack, filing: 'other', eligible: 10_000n }).pool).toBe(9_000n);
  });

  it('does not fall below nothing where the points off exceed the ratio', () => {
    const chronic = {
      ...monthlySpecimen.chronic,
      ratio: { rule: 'fixed', basisPoints: { resident: 1_500 }, source: 'rule' },
    } as const;
    const benefit = benefitOf({
      pack: { ...monthlySpecimen, chronic },
      personType: 'resident',
      filing: 'other',
      eligible: 20_000n,
    });
    expect(benefit).toMatchObject({ ratioBasisPoints: 0n, pool: 0n, selfPay: 20_000n });
    expect(benefit.uses).toEqual({ 'selfPay:2026': 20_000n });
  });

  it('takes a disease’s own ratio before that of the section', () => {
    const ratio = {
      rule: 'fixed',
      basisPoints: { inService: 6_000, retired: 6_000 },
      source: 'rule',
    } as const;
    const { diseases } = yearlySpecimen.chronic;
    const own = { ...diseases, M03900: { ...diseases['M03900']!, ratio } };
    const pack = { ...yearlySpecimen, chronic: { ...yearlySpecimen.chronic, diseases: own } };
    expect(benefitOf({ pack, eligible: 10_000n }).pool).toBe(6_000n);
    expect(benefitOf({ pack, eligible: 10_000n, disease: 'M01600' }).pool).toBe(9_000n);
  });

  it('is refused for a disease or a person the pack does not know', () => {
    expect(calculateChronic(inputOf({ eligible: 1n, disease: 'M07800' }))).toEqual({
      refused: 'settlement.disease-not-in-pack',
      diseaseCode: 'M07800',
    });
    expect(calculateChronic(inputOf({ eligible: 1n, personType: 'resident' }))).toEqual({
      refused: 'settlement.person-type-not-in-pack',
      personType: 'resident',
    });
  });
});

describe('the deductible of the year', () => {
  const chronic = {
    ...yearlySpecimen.chronic,
    deductible: { period: 'YEAR', amountFen: 30_000, source: 'rule' },
  } as const;
  const pack = { ...yearlySpecimen, chronic };

  it.each([
    // used       eligible  filing       deductible  base        pool
    [0n, 20_000n, 'longTerm', 20_000n, 0n, 0n],
    [20_000n, 20_000n, 'longTerm', 10_000n, 10_000n, 9_000n],
    [20_000n, 20_000n, 'other', 10_000n, 6_000n, 5_400n],
    [30_000n, 20_000n, 'longTerm', 0n, 20_000n, 18_000n],
    [40_000n, 20_000n, 'longTerm', 0n, 20_000n, 18_000n],
  ] as const)(
    'of which %s is used, on %s fen, %s',
    (before, eligible, filing, deductible, base, pool) => {
      const used = { 'deductible:chronic:2026': before };
      const benefit = benefitOf({ pack, eligible, filing, used });
      expect(benefit).toMatchObject({ deductible, base, pool });
      expect(benefit.uses['deductible:chronic:2026'] ?? 0n).toBe(deductible);
    },
  );
});

it('a disease’s own deductible goes before that of the section', () => {
  const { diseases } = yearlySpecimen.chronic;
  const deductible = { period: 'YEAR', amountFen: 1_000, source: 'rule' } as const;
  const own = { ...diseases, M03900: { ...diseases['M03900']!, deductible } };
  const pack = { ...yearlySpecimen, chronic: { ...yearlySpecimen.chronic, diseases: own } };
  expect(benefitOf({ pack, eligible: 10_000n }).deductible).toBe(1_000n);
  expect(benefitOf({ pack, eligible: 10_000n, disease: 'M01600' }).deductible).toBe(0n);
});

describe('caps on what the pool pays', () => {
  it.each([
    // what is used before                              pool       cut by
    ['nothing', {}, 90_000n, undefined],
    ['the disease, just enough left', { 'disease:M03900:2026': 210_000n }, 90_000n, undefined],
    ['the disease, a fen too little', { 'disease:M03900:2026': 210_001n }, 89_999n, 'diseaseYear'],
    ['the disease, all of it', { 'disease:M03900:2026': 300_000n }, 0n, 'diseaseYear'],
    ['more than the disease has', { 'disease:M03900:2026': 310_000n }, 0n, 'diseaseYear'],
    ['the group', { 'group:classII:2026': 430_000n }, 70_000n, 'group'],
    ['the year', { 'pool:2026': 980_000n }, 20_000n, 'yearlyCap'],
    [
      'group and year, the tighter one',
      { 'group:classII:2026': 430_000n, 'pool:2026': 980_000n },
      20_000n,
      'yearlyCap',
    ],
    [
      'the year before',
      { 'disease:M03900:2025': 300_000n, 'pool:2025': 1_000_000n },
      90_000n,
      undefined,
    ],
    ['another disease', { 'disease:M01600:2026': 400_000n }, 90_000n, undefined],
  ] as const)('by year, used: %s', (_, used, pool, kind) => {
    const benefit = benefitOf({ eligible: 100_000n, used });
    expect(benefit.poolBeforeCaps).toBe(90_000n);
    expect(benefit.pool).toBe(pool);
    expect(benefit.cutBy?.kind).toBe(kind);
    expect(benefit.selfPay).toBe(100_000n - pool);
  });

  it('of a group without an amount is that of the year alone', () => {
    const used = { 'group:classII:2026': 500_000n, 'pool:2026': 950_000n };
    const benefit = benefitOf({ disease: 'M07801', eligible: 100_000n, used });
    expect(benefit).toMatchObject({ pool: 50_000n, cutBy: { kind: 'yearlyCap' } });
  });

  it('of the retired are their own', () => {
    const used = { 'pool:2026': 1_000_000n };
    expect(benefitOf({ eligible: 1_000n, used }).pool).toBe(0n);
    expect(benefitOf({ eligible: 1_000n, used, personType: 'retired' }).pool).toBe(930n);
  });

  it.each([
    // served        settled         used                                    pool      cut by
    ['2026-03-31', '2026-03-31', { 'disease:M03900:202603': 15_000n }, 5_000n, 'diseaseMonth'],
    ['2026-04-01', '2026-04-01', { 'disease:M03900:202603': 20_000n }, 14_000n, undefined],
    ['2026-03-31', '2026-04-02', { 'disease:M03900:202603': 15_000n }, 5_000n, 'diseaseMonth'],
    ['2026-03-31', '2026-04-02', { 'disease:M03900:202604': 20_000n }, 14_000n, undefined],
  ] as const)(
    'by month follow the day of service: served %s, settled %s',
    (servedOn, settledOn, used, pool, kind) => {
      const benefit = benefitOf({
        pack: monthlySpecimen,
        eligible: 20_000n,
        servedOn,
        settledOn,
        used,
      });
      expect(benefit.pool).toBe(pool);
      expect(benefit.cutBy?.kind).toBe(kind);
      expect(benefit.uses[`disease:M03900:${monthOf(civilDate(servedOn))}`]).toBe(pool);
    },
  );

  it.each([
    // own limit        pool      limit that stands
    [250_000n, 50_000n, 250_000n],
    [300_001n, 90_000n, 300_000n],
    [0n, 0n, 0n],
  ])('of the person, %s fen, stand where they are lower than the disease’s', (own, pool, limit) => {
    const benefit = benefitOf({
      eligible: 100_000n,
      qualified: [since('M03900', own)],
      used: { 'disease:M03900:2026': 200_000n },
    });
    expect(benefit.pool).toBe(pool);
    expect(benefit.caps[0]).toMatchObject({ kind: 'diseaseYear', limit });
  });

  it('of the person stand for a year where the disease has none', () => {
    const benefit = benefitOf({
      disease: 'M07801',
      eligible: 100_000n,
      qualified: [since('M07801', 80_000n)],
      used: { 'disease:M07801:2026': 60_000n },
    });
    expect(benefit).toMatchObject({ pool: 20_000n, cutBy: { kind: 'diseaseYear' } });
  });
});

describe('unused months that roll over', () => {
  const dialysis = (
    servedOn: string,
    used: Readonly<Record<string, bigint>>,
    from = '2025-01-01',
  ) =>
    benefitOf({
      pack: monthlySpecimen,
      personType: 'resident',
      disease: 'M07801',
      eligible: 3_000_000n,
      servedOn,
      used,
      qualified: [since('M07801', undefined, from)],
    });

  it.each([
    // served        used in                                                                     left
    ['2026-01-10', {}, 600_000n],
    ['2026-03-10', {}, 1_800_000n],
    ['2026-03-10', { 'disease:M07801:202601': 600_000n }, 1_200_000n],
    [
      '2026-03-10',
      { 'disease:M07801:202601': 500_000n, 'disease:M07801:202603': 700_000n },
      600_000n,
    ],
  ])('leave on %s', (servedOn, used, left) => {
    expect(dialysis(servedOn, used).caps[0]).toMatchObject({ kind: 'diseaseMonth', left });
  });

  it('count from the first month of benefit in the year', () => {
    expect(dialysis('2026-03-10', {}, '2026-02-15').caps[0]?.left).toBe(1_200_000n);
    expect(dialysis('2026-03-10', {}, '2026-03-01').caps[0]?.left).toBe(600_000n);
  });

  it('are not given twice when a later month has used them already', () => {
    const used = { 'disease:M07801:202603': 1_800_000n };
    expect(dialysis('2026-02-10', used).caps[0]?.left).toBe(0n);
    expect(dialysis('2026-04-10', used).caps[0]?.left).toBe(600_000n);
  });
});

describe('a person with several diseases', () => {
  const visit = (
    disease: string,
    qualified: readonly QualifiedDisease[],
    used: Readonly<Record<string, bigint>> = {},
  ) => benefitOf({ pack: monthlySpecimen, disease, eligible: 100_000n, qualified, used });

  it('has the highest monthly limit, to which a second adds at most 100 yuan', () => {
    const both = [since('M03900'), since('M01600')];
    // 300 yuan of diabetes and 100 of the 200 of hypertension.
    expect(visit('M01600', both)).toMatchObject({ pool: 30_000n, cutBy: { kind: 'diseaseMonth' } });
    expect(visit('M03900', both)).toMatchObject({ pool: 20_000n, cutBy: { kind: 'diseaseMonth' } });
    const after = visit('M03900', both, { 'disease:M01600:202603': 30_000n });
    expect(after).toMatchObject({ pool: 10_000n, cutBy: { kind: 'stackedMonth', limit: 40_000n } });
    expect(after.uses['disease:M03900:202603']).toBe(10_000n);
  });

  it('gains less than 100 yuan where the second disease’s limit is less', () => {
    const both = [since('M03900', 6_000n), since('M01600')];
    const stacked = visit('M01600', both).caps.find((cap) => cap.kind === 'stackedMonth');
    expect(stacked?.limit).toBe(36_000n);
  });

  it('has the same limit in whatever order the qualifications come', () => {
    const three = [since('M01600'), since('M05300', 5_000n), since('M03900', 8_000n)];
    for (const qualified of [three, three.toReversed()]) {
      const stacked = visit('M01600', qualified).caps.find((cap) => cap.kind === 'stackedMonth');
      expect(stacked?.limit).toBe(38_000n);
    }
  });

  it('gains nothing by the same disease granted anew', () => {
    const renewed = [since('M03900'), since('M03900', 5_000n)];
    expect(visit('M03900', renewed).caps.map((cap) => cap.kind)).not.toContain('stackedMonth');
  });

  it('gains nothing by a third', () => {
    const three = [since('M03900'), since('M01600'), since('M05300')];
    const used = { 'disease:M01600:202603': 30_000n, 'disease:M03900:202603': 10_000n };
    expect(visit('M05300', three, used).pool).toBe(0n);
  });

  it('is bounded in no other way where the pack lets limits add up', () => {
    const both = [since('M03900'), since('M01600')];
    const kinds = benefitOf({ eligible: 1n, qualified: both }).caps.map((cap) => cap.kind);
    expect(kinds).toEqual(['diseaseYear', 'group', 'yearlyCap']);
  });
});

describe('what a settlement uses up', () => {
  it('is the pool’s payment in each accumulator that bounds it, and the compliant self-pay', () => {
    expect(benefitOf({ eligible: 10_000n, filing: 'referral' }).uses).toEqual({
      'pool:2026': 8_100n,
      'disease:M03900:2026': 8_100n,
      'group:classII:2026': 8_100n,
      'selfPay:2026': 900n,
    });
    expect(benefitOf({ pack: monthlySpecimen, eligible: 10_000n }).uses).toEqual({
      'pool:2026': 7_000n,
      'disease:M03900:2026': 7_000n,
      'disease:M03900:202603': 7_000n,
      'selfPay:2026': 3_000n,
    });
  });

  it('leaves the caps alone where no fund pays', () => {
    const uses = {
      'pool:2026': fen(7n),
      'disease:M03900:2026': fen(7n),
      'group:classII:2026': fen(7n),
    };
    const kept = { 'deductible:chronic:2026': fen(2n), 'selfPay:2026': fen(1n) };
    expect(usesWithoutFund({ ...uses, ...kept })).toEqual(kept);
  });

  const packs = fc.constantFrom(yearlySpecimen, monthlySpecimen);
  const visits = fc.record({
    eligible: fc.bigInt({ min: 0n, max: 2_000_000n }),
    filing: fc.constantFrom<FilingGroup>('longTerm', 'referral', 'emergency', 'other'),
    tier: fc.integer({ min: 0, max: 3 }),
    disease: fc.constantFrom('M03900', 'M01600', 'M07801'),
    servedOn: fc.constantFrom('2026-01-31', '2026-02-01', '2026-12-31'),
  });

  it('never exceeds a cap over any run of visits, and every amount adds up', () => {
    fc.assert(
      fc.property(packs, fc.array(visits, { minLength: 1, maxLength: 12 }), (pack, year) => {
        const used: Record<string, Fen> = {};
        for (const visit of year) {
          const benefit = benefitOf({ ...visit, pack, used });
          const { totals, remoteFirstPay, deductible, base, pool, person, selfPay } = benefit;
          expect(remoteFirstPay + deductible + base).toBe(totals.eligible);
          expect(person + pool).toBe(totals.total);
          expect(remoteFirstPay + selfPay + pool).toBe(totals.eligible);
          for (const amount of [remoteFirstPay, deductible, base, pool, person, selfPay]) {
            expect(amount >= 0n).toBe(true);
          }
          for (const [key, amount] of Object.entries(benefit.uses)) {
            expect(amount > 0n).toBe(true);
            used[key] = fen((used[key] ?? 0n) + amount);
          }
          for (const cap of benefit.caps) {
            const rollsOver = cap.kind === 'diseaseMonth' && visit.disease === 'M07801';
            if (!rollsOver) expect((used[cap.key] ?? 0n) <= cap.limit).toBe(true);
            expect(pool <= cap.left).toBe(true);
          }
        }
      }),
    );
  });

  it('pays no more remotely than at home, and never cuts twice', () => {
    fc.assert(
      fc.property(packs, visits, (pack, visit) => {
        const benefit = benefitOf({ ...visit, pack });
        expect(benefit.pool <= benefitOf({ ...visit, pack, filing: 'longTerm' }).pool).toBe(true);
        const cutByPoints = benefit.ratioBasisPoints < benefit.standardRatioBasisPoints;
        expect(cutByPoints && benefit.remoteFirstPay > 0n).toBe(false);
      }),
    );
  });
});
