import fc from 'fast-check';
import {
  addFen,
  divideHalfUp,
  fen,
  fenFromJson,
  fenToJson,
  parseQuantity,
  priceTimesQuantityHalfUp,
  shareHalfUp,
  subFen,
} from '@domain/kernel';

describe('rounding', () => {
  it.each([
    // dividend  divisor  result
    [5n, 10n, 1n],
    [4n, 10n, 0n],
    [-5n, 10n, -1n],
    [-4n, 10n, 0n],
    [15n, 10n, 2n],
    [0n, 7n, 0n],
  ])('%s / %s is %s, half up', (dividend, divisor, result) => {
    expect(divideHalfUp(dividend, divisor)).toBe(result);
  });

  it('a share and what is left add up, and a reversal rounds like what it reverses', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.bigInt({ min: 0n, max: 10_000n }),
        (amount, points) => {
          const share = shareHalfUp(fen(amount), points);
          expect(addFen(share, subFen(fen(amount), share))).toBe(amount);
          expect(share >= 0n && share <= amount).toBe(true);
          expect(shareHalfUp(fen(-amount), points)).toBe(-share);
        },
      ),
    );
  });
});

describe('price times quantity', () => {
  it.each([
    // micro-yuan  quantity   fen
    [24_500_000n, '2', 4900n],
    [333_333n, '3', 100n],
    [12_345n, '1', 1n],
    [15_000n, '1', 2n],
    [60_000_000n, '0.3333', 2000n],
  ])('%s micro-yuan x %s is %s fen', (price, quantity, amount) => {
    const parsed = parseQuantity(quantity);
    expect(parsed === undefined ? undefined : priceTimesQuantityHalfUp(price, parsed)).toBe(amount);
  });

  it.each(['', '-1', '0', '0.0000', '1.23456', '1e3', ' 1'])('"%s" is no quantity', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});

describe('fen on the wire', () => {
  it('is an integer that JSON carries exactly, or a fault', () => {
    expect(fenToJson(fen(4900n))).toBe(4900);
    expect(fenFromJson(4900)).toBe(4900n);
    expect(() => fenToJson(fen(2n ** 53n))).toThrow(RangeError);
    expect(() => fenFromJson(0.5)).toThrow(RangeError);
  });
});
