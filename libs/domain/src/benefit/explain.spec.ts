import {
  calculateChronic,
  type ChronicBenefit,
  type ChronicInput,
  explainChronic,
  type FilingGroup,
  packFromWire,
  percentText,
  sumTotals,
  type UsedFiling,
  yuanText,
} from '@domain/benefit';
import { civilDate, fen, isRefusal, monthOf } from '@domain/kernel';
import fc from 'fast-check';
import { monthlySpecimen, yearlySpecimen } from './pack.specimen';

const totals = sumTotals([
  {
    total: fen(12_000n),
    ownPay: fen(0n),
    overLimit: fen(0n),
    firstPay: fen(0n),
    eligible: fen(12_000n),
  },
  {
    total: fen(3_500n),
    ownPay: fen(3_500n),
    overLimit: fen(0n),
    firstPay: fen(0n),
    eligible: fen(0n),
  },
  {
    total: fen(8_000n),
    ownPay: fen(0n),
    overLimit: fen(2_000n),
    firstPay: fen(600n),
    eligible: fen(5_400n),
  },
]);

const filings: Readonly<Record<FilingGroup, UsedFiling>> = {
  longTerm: { id: 'F1', type: 'stationedWorker', group: 'longTerm' },
  referral: { id: 'F2', type: 'referral', group: 'referral' },
  emergency: { type: 'emergency', group: 'emergency' },
  other: { id: 'F3', type: 'other', group: 'other' },
};

function benefitOf(filing: UsedFiling, more: Partial<ChronicInput> = {}): ChronicBenefit {
  const settledOn = civilDate('2026-03-02');
  const benefit = calculateChronic({
    totals,
    pack: packFromWire(yearlySpecimen),
    tier: 2,
    personType: 'inService',
    filing,
    diseaseCode: 'M03900',
    qualifications: [{ diseaseCode: 'M03900', from: '2025-01-01' }],
    serviceMonth: monthOf(settledOn),
    settledOn,
    used: () => fen(0n),
    ...more,
  });
  if (isRefusal(benefit)) throw new Error(benefit.refused);
  return benefit;
}

const told = (benefit: ChronicBenefit) =>
  explainChronic(benefit).map(({ step, inputFen, outputFen }) => [step, inputFen, outputFen]);

describe('an explained benefit', () => {
  it('leads step by step from the total to what the pool pays', () => {
    expect(told(benefitOf(filings.other))).toEqual([
      ['目录外自费', 23_500, 20_000],
      ['超限价自付', 20_000, 18_000],
      ['乙类先行自付', 18_000, 17_400],
      ['异地先行自付20%', 17_400, 13_920],
      ['报销比例90%', 13_920, 12_528],
      ['病种年度限额', 12_528, 12_528],
    ]);
  });

  it('tells points off the ratio apart from the ratio', () => {
    const pack = packFromWire(monthlySpecimen);
    const benefit = benefitOf(filings.referral, { pack, personType: 'resident' });
    expect(told(benefit).slice(3)).toEqual([
      ['异地降低10个百分点', 17_400, 17_400],
      ['报销比例60%', 17_400, 10_440],
      ['病种月度限额', 10_440, 10_440],
    ]);
  });

  it('names the cap that cut the payment, with what was left of it', () => {
    const used = (key: string) => fen(key === 'group:classII:2026' ? 495_000n : 0n);
    const steps = explainChronic(benefitOf(filings.longTerm, { used }));
    expect(steps.at(-1)).toEqual({
      step: 'Ⅱ类病种合计年度限额',
      rule: '限额5000.00元，本次结算前剩余50.00元，超出部分由个人负担',
      inputFen: 15_660,
      outputFen: 5_000,
      source: '样例规定',
    });
  });

  it('says by which filing, for whom and where', () => {
    const steps = explainChronic(benefitOf(filings.emergency));
    expect(steps.map(({ rule }) => rule)).toEqual([
      '目录外（丙类）及不予支付的费用由个人负担，本次35.00元',
      '单价超过就医地支付上限的部分由个人负担，本次20.00元',
      '乙类项目按就医地规定的比例先由个人负担，本次6.00元',
      '急诊抢救（视同已备案），个人先行自付17.40元',
      '高血压病，在职职工在二级医疗机构按90%支付',
      '限额3000.00元，本次结算前剩余3000.00元',
    ]);
  });

  it('tells of a deductible where the city has one', () => {
    const chronic = {
      ...yearlySpecimen.chronic,
      deductible: { period: 'YEAR', amountFen: 10_000, source: 'rule' },
    } as const;
    const benefit = benefitOf(filings.longTerm, {
      pack: packFromWire({ ...yearlySpecimen, chronic }),
    });
    expect(told(benefit)[4]).toEqual(['起付线', 17_400, 7_400]);
  });

  it('is an unbroken chain that ends in the pool’s payment, whatever was used before', () => {
    const packs = [yearlySpecimen, monthlySpecimen].map(packFromWire);
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(filings)),
        fc.constantFrom(...packs),
        fc.bigInt({ min: 0n, max: 1_100_000n }),
        (filing, pack, used) => {
          const personType = pack.insurance === 'resident' ? 'resident' : 'retired';
          const benefit = benefitOf(filing, { pack, personType, used: () => fen(used) });
          const steps = explainChronic(benefit);
          expect(steps[0]?.inputFen).toBe(23_500);
          expect(steps.at(-1)?.outputFen).toBe(Number(benefit.pool));
          steps.forEach((step, index) => {
            if (index > 0) expect(step.inputFen).toBe(steps[index - 1]?.outputFen);
          });
        },
      ),
    );
  });
});

describe('an amount and a share as they are read', () => {
  it.each([
    [0n, '0.00元'],
    [5n, '0.05元'],
    [35_400n, '354.00元'],
    [-105n, '-1.05元'],
  ])('%s fen', (amount, text) => {
    expect(yuanText(fen(amount))).toBe(text);
  });

  it.each([
    [8_000n, '80%'],
    [7_250n, '72.5%'],
    [1n, '0.01%'],
  ])('%s basis points', (points, text) => {
    expect(percentText(points)).toBe(text);
  });
});
