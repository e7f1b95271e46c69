import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  calculateChronic,
  type ChronicBenefit,
  type ChronicInput,
  type FilingGroup,
  type LineTotals,
  packInForce,
  percentText,
  splitLine,
  sumTotals,
  tierOf,
  type UsedFiling,
  yuanText,
} from '@domain/benefit';
import { civilDate, type Fen, fen, isRefusal, monthOf, parseQuantity } from '@domain/kernel';
import { cityPacks } from './city-packs';

// The table beside this file says what each city pays in 2026, one row a case, worked out from the rules and not by this
// code. Three visits: E1 of the rule book for hypertension (M03900), 9,000 yuan of class-A drugs for diabetes (M01600),
// which runs into the limit everywhere, and a dialysis of 480 yuan (M07801).

const one = parseQuantity('1')!;
const classA = (amount: bigint) =>
  splitLine({ amountFen: fen(amount), catalogueClass: 'A', quantity: one });

const visits: Readonly<Record<string, LineTotals>> = {
  M03900: sumTotals([
    classA(12_000n),
    splitLine({
      amountFen: fen(20_000n),
      catalogueClass: 'B',
      quantity: one,
      firstPayBasisPoints: 1_000n,
    }),
    splitLine({ amountFen: fen(3_500n), catalogueClass: 'C', quantity: one }),
    splitLine({
      amountFen: fen(8_000n),
      catalogueClass: 'B',
      quantity: one,
      priceLimitMicroYuan: 60_000_000n,
      firstPayBasisPoints: 1_000n,
    }),
  ]),
  M01600: classA(900_000n),
  M07801: classA(48_000n),
};

const filings: Readonly<Record<FilingGroup, UsedFiling>> = {
  longTerm: { id: 'F1', type: 'longTermResident', group: 'longTerm' },
  referral: { id: 'F2', type: 'referral', group: 'referral' },
  emergency: { type: 'emergency', group: 'emergency' },
  other: { id: 'F3', type: 'other', group: 'other' },
};

const groups = ['longTerm', 'referral', 'emergency', 'other'] as const;
const insurances = ['employee', 'resident'] as const;
const personTypes = ['inService', 'retired', 'resident'] as const;

const named = <Name extends string>(names: readonly Name[], text: string | undefined): Name => {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new Error(`the table names an unknown ${String(text)}`);
  return found;
};

interface Case {
  readonly city: string;
  readonly insurance: 'employee' | 'resident';
  readonly person: ChronicInput['personType'];
  readonly tier: number;
  readonly filing: FilingGroup;
  readonly disease: string;
  readonly settledOn?: string;
  readonly used?: Readonly<Record<string, bigint>>;
  readonly limitFen?: bigint;
}

function benefitOf(given: Case): ChronicBenefit {
  const settledOn = civilDate(given.settledOn ?? '2026-03-02');
  const own = given.limitFen === undefined ? {} : { limitFen: fen(given.limitFen) };
  const benefit = calculateChronic({
    totals: visits[given.disease]!,
    pack: packInForce(cityPacks, given.city, given.insurance, settledOn)!,
    tier: tierOf(given.tier),
    personType: given.person,
    filing: filings[given.filing],
    diseaseCode: given.disease,
    qualifications: [{ diseaseCode: given.disease, from: '2025-01-01', ...own }],
    serviceMonth: monthOf(settledOn),
    settledOn,
    used: (key) => fen(given.used?.[key] ?? 0n),
  });
  if (isRefusal(benefit)) throw new Error(benefit.refused);
  return benefit;
}

const yuan = (amount: Fen): string => yuanText(amount).replace('元', '');

function limitText({ disease }: ChronicBenefit): string {
  return disease.limits.map(({ amount, period }) => `${yuan(amount)}/${period}`).join(' ') || '-';
}

const rows = readFileSync(join(__dirname, 'chronic-2026.csv'), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((row) => row.split(',').map((cell) => cell.trim()));

const caseOf = ([
  city = '',
  insurance,
  person,
  tier,
  filing,
  disease = '',
]: readonly string[]): Case => ({
  city,
  insurance: named(insurances, insurance),
  person: named(personTypes, person),
  tier: Number(tier),
  filing: named(groups, filing),
  disease,
});

describe('what each city pays in 2026 for a chronic-disease visit in the other province', () => {
  it.each([...new Set(rows.map(([city]) => city!))])('%s', (city) => {
    const expected = rows.filter((row) => row[0] === city);
    const actual = expected.map((row) => {
      const benefit = benefitOf(caseOf(row));
      const { totals, remoteFirstPay, base, ratioBasisPoints, pool, person, cutBy } = benefit;
      return [
        ...row.slice(0, 6),
        yuan(totals.total),
        yuan(totals.eligible),
        yuan(remoteFirstPay),
        yuan(base),
        percentText(ratioBasisPoints),
        yuan(pool),
        yuan(person),
        limitText(benefit),
        cutBy?.kind ?? '-',
      ];
    });
    expect(actual).toEqual(expected);
  });

  it('is told for both insurances of all ten cities, each tier and each filing', () => {
    const told = new Set(rows.map((row) => row.slice(0, 5).join()));
    const packs = cityPacks.filter(({ version }) => version === '2026.1');
    expect(packs).toHaveLength(20);
    const expected = packs.flatMap(({ insuredCity, insurance }) =>
      (insurance === 'resident' ? ['resident'] : ['inService', 'retired']).flatMap((person) =>
        [1, 2, 3].flatMap((tier) =>
          groups.map((filing) => [insuredCity, insurance, person, tier, filing].join()),
        ),
      ),
    );
    expect([...told].toSorted()).toEqual(expected.toSorted());
  });

  it('is at an institution without a tier what it is at tier 1', () => {
    for (const row of rows) {
      const given = caseOf(row);
      expect(benefitOf({ ...given, tier: 0 }).pool).toBe(benefitOf({ ...given, tier: 1 }).pool);
    }
  });
});

describe('example E1 of the rule book: a resident of 赣州 at a tier-2 hospital', () => {
  const resident = {
    city: '360700',
    insurance: 'resident',
    person: 'resident',
    tier: 2,
    disease: 'M03900',
  } as const;

  it('has lines of 435.00 yuan, of which 354.00 are eligible', () => {
    expect(visits['M03900']).toEqual({
      total: 43_500n,
      ownPay: 3_500n,
      overLimit: 2_000n,
      firstPay: 2_600n,
      eligible: 35_400n,
    });
  });

  it.each([
    // filing      first-pay   base     pool     patient
    ['longTerm', 0n, 35_400n, 28_320n, 15_180n],
    ['referral', 3_540n, 31_860n, 25_488n, 18_012n],
    ['other', 7_080n, 28_320n, 22_656n, 20_844n],
  ] as const)('%s', (filing, remoteFirstPay, base, pool, person) => {
    expect(benefitOf({ ...resident, filing })).toMatchObject({
      remoteFirstPay,
      base,
      pool,
      person,
    });
  });

  it.each([
    // settled       used of the year                             pool     limit
    ['2026-03-02', { 'disease:M03900:2026': 350_000n }, 10_000n, 360_000n],
    ['2026-03-02', { 'disease:M03900:2026': 360_000n }, 0n, 360_000n],
    ['2025-12-31', { 'disease:M03900:2025': 290_000n }, 10_000n, 300_000n],
    ['2026-01-01', { 'disease:M03900:2025': 300_000n }, 28_320n, 360_000n],
    ['2026-03-02', { 'group:classII:2026': 590_000n }, 10_000n, 360_000n],
    ['2026-03-02', { 'pool:2026': 14_990_000n }, 10_000n, 360_000n],
  ])('settled on %s with %j used', (settledOn, used, pool, limit) => {
    const benefit = benefitOf({ ...resident, filing: 'longTerm', settledOn, used });
    expect(benefit.pool).toBe(pool);
    expect(benefit.caps[0]?.limit).toBe(limit);
  });

  it('is paid by the person’s own limit where that is lower', () => {
    const used = { 'disease:M03900:2026': 190_000n };
    const benefit = benefitOf({ ...resident, filing: 'longTerm', used, limitFen: 200_000n });
    expect(benefit).toMatchObject({
      pool: 10_000n,
      cutBy: { kind: 'diseaseYear', limit: 200_000n },
    });
  });
});

it('a month’s limit in 长沙 is spent in that month and whole again in the next', () => {
  const resident = {
    city: '430100',
    insurance: 'resident',
    person: 'resident',
    tier: 2,
    filing: 'longTerm',
    disease: 'M03900',
  } as const;
  const used = { 'disease:M03900:202603': 20_000n };
  const march = benefitOf({ ...resident, settledOn: '2026-03-31', used });
  expect(march).toMatchObject({
    poolBeforeCaps: 24_780n,
    pool: 10_000n,
    cutBy: { kind: 'diseaseMonth' },
  });
  const april = benefitOf({ ...resident, settledOn: '2026-04-01', used });
  expect(april).toMatchObject({ pool: 24_780n });
});
