import { type Fen } from './fen';

const BASIS = 10_000n;
const MICRO_YUAN_PER_FEN = 10_000n;
const QUANTITY_SCALE = 10_000n;

/** Divides and rounds half up, away from zero, so that a negated amount rounds to the negated result. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw new RangeError('the divisor must be positive');
  const doubled = 2n * (dividend < 0n ? -dividend : dividend) + divisor;
  const rounded = doubled / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

/** A share of an amount in basis points, HALF_UP (architecture §5). */
export function shareHalfUp(amount: Fen, basisPoints: bigint): Fen {
  return divideHalfUp(amount * basisPoints, BASIS) as Fen;
}

/**
 * A price in micro-yuan times a quantity in ten-thousandths, HALF_UP to fen: the limit product of a line
 * (domain-rules §4.2) and the check of a line's amount.
 */
export function priceTimesQuantityHalfUp(priceMicroYuan: bigint, quantity: Quantity): Fen {
  return divideHalfUp(priceMicroYuan * quantity, MICRO_YUAN_PER_FEN * QUANTITY_SCALE) as Fen;
}

declare const quantityBrand: unique symbol;

/** A quantity in ten-thousandths of a unit: the national interface gives four decimals. */
export type Quantity = bigint & { readonly [quantityBrand]: true };

/** A decimal string with up to four decimals, such as "2" or "0.5". Undefined when it is not one, or is not positive. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = /^(\d{1,10})(?:\.(\d{1,4}))?$/.exec(text);
  if (match === null) return undefined;
  const quantity =
    BigInt(match[1] ?? '0') * QUANTITY_SCALE + BigInt((match[2] ?? '').padEnd(4, '0'));
  return quantity > 0n ? (quantity as Quantity) : undefined;
}
