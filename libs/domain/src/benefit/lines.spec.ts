import {
  type ChargedLine,
  type LineTotals,
  NO_TOTALS,
  splitLine,
  sumTotals,
} from '@domain/benefit';
import { addFen, fen, parseQuantity, type Quantity } from '@domain/kernel';
import fc from 'fast-check';

const quantity = (text: string): Quantity => parseQuantity(text)!;

const parts = ({ total, ownPay, overLimit, firstPay, eligible }: LineTotals): bigint[] => [
  total,
  ownPay,
  overLimit,
  firstPay,
  eligible,
];

describe('a charged line', () => {
  it.each([
    // what                            class  amount    qty     limit µ¥       first   own     over    first   eligible
    ['A counts whole', 'A', 12_000n, '1', undefined, undefined, 0n, 0n, 0n, 12_000n],
    ['B pays its share first', 'B', 20_000n, '2', undefined, 1_000n, 0n, 0n, 2_000n, 18_000n],
    ['C is the patient’s', 'C', 3_500n, '1', undefined, undefined, 3_500n, 0n, 0n, 0n],
    [
      'above the limit, then the share',
      'B',
      8_000n,
      '1',
      60_000_000n,
      1_000n,
      0n,
      2_000n,
      600n,
      5_400n,
    ],
    ['the limit counts per unit', 'A', 9_000n, '2', 40_000_000n, undefined, 0n, 1_000n, 0n, 8_000n],
    [
      'below the limit nothing is over',
      'A',
      5_000n,
      '1',
      60_000_000n,
      undefined,
      0n,
      0n,
      0n,
      5_000n,
    ],
    ['half a unit', 'A', 3_100n, '0.5', 60_000_000n, undefined, 0n, 100n, 0n, 3_000n],
    ['the limit rounds half up', 'A', 100n, '0.3333', 150_000n, undefined, 0n, 95n, 0n, 5n],
    ['the share rounds half up', 'B', 105n, '1', undefined, 1_000n, 0n, 0n, 11n, 94n],
    [
      'the share rounds once, after the limit',
      'B',
      20_005n,
      '1',
      150_050_000n,
      1_000n,
      0n,
      5_000n,
      1_501n,
      13_504n,
    ],
    [
      'A has no first-pay, whatever it carries',
      'A',
      10_000n,
      '1',
      undefined,
      1_000n,
      0n,
      0n,
      0n,
      10_000n,
    ],
    ['B may be all first-pay', 'B', 10_000n, '1', undefined, 10_000n, 0n, 0n, 10_000n, 0n],
    ['a limit of nothing', 'A', 500n, '1', 0n, undefined, 0n, 500n, 0n, 0n],
    ['nothing charged', 'B', 0n, '1', 60_000_000n, 1_000n, 0n, 0n, 0n, 0n],
  ] as const)(
    '%s',
    (
      _,
      catalogueClass,
      amount,
      count,
      priceLimitMicroYuan,
      firstPayBasisPoints,
      own,
      over,
      first,
      eligible,
    ) => {
      const line: ChargedLine = {
        amountFen: fen(amount),
        catalogueClass,
        quantity: quantity(count),
        ...(priceLimitMicroYuan === undefined ? {} : { priceLimitMicroYuan }),
        ...(firstPayBasisPoints === undefined ? {} : { firstPayBasisPoints }),
      };
      expect(parts(splitLine(line))).toEqual([amount, own, over, first, eligible]);
      expect(parts(splitLine({ ...line, excluded: true }))).toEqual([amount, amount, 0n, 0n, 0n]);
    },
  );

  const lines: fc.Arbitrary<ChargedLine> = fc.record(
    {
      amountFen: fc.bigInt({ min: 0n, max: 10n ** 11n }).map(fen),
      catalogueClass: fc.constantFrom('A', 'B', 'C'),
      quantity: fc
        .integer({ min: 1, max: 9_999_999 })
        .map((n) => quantity((n / 10_000).toFixed(4))),
      priceLimitMicroYuan: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      firstPayBasisPoints: fc.bigInt({ min: 0n, max: 10_000n }),
      excluded: fc.boolean(),
    },
    { requiredKeys: ['amountFen', 'catalogueClass', 'quantity'] },
  );

  it('falls into four parts that add up and are never negative', () => {
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 8 }), (charged) => {
        const split = charged.map(splitLine);
        for (const one of [...split, sumTotals(split)]) {
          expect(addFen(one.ownPay, one.overLimit, one.firstPay, one.eligible)).toBe(one.total);
          expect(parts(one).every((part) => part >= 0n)).toBe(true);
        }
        expect(sumTotals(split).total).toBe(addFen(...charged.map((line) => line.amountFen)));
      }),
    );
  });

  it('of which there are none adds nothing', () => {
    expect(sumTotals([])).toEqual(NO_TOTALS);
  });
});
