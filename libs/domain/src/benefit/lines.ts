import {
  type Fen,
  fen,
  maxFen,
  priceTimesQuantityHalfUp,
  type Quantity,
  shareHalfUp,
  subFen,
  ZERO_FEN,
} from '@domain/kernel';

/** 费用明细 as far as its split needs it: classed, priced and limited by the place of care (就医地目录). */
export interface ChargedLine {
  readonly amountFen: Fen;
  readonly catalogueClass: 'A' | 'B' | 'C';
  readonly quantity: Quantity;
  /** Highest price of one unit that counts, in micro-yuan. */
  readonly priceLimitMicroYuan?: bigint;
  /** Class-B first-pay (乙类先行自付), in basis points. */
  readonly firstPayBasisPoints?: bigint;
  /** True when the line does not count for the benefit: not matched, restriction not met, or struck by screening. */
  readonly excluded?: boolean;
}

/** 总额、目录外自费、超限价自付、乙类先行自付、符合政策范围. The four parts add up to the total. */
export interface LineTotals {
  readonly total: Fen;
  readonly ownPay: Fen;
  readonly overLimit: Fen;
  readonly firstPay: Fen;
  readonly eligible: Fen;
}

export const NO_TOTALS: LineTotals = {
  total: ZERO_FEN,
  ownPay: ZERO_FEN,
  overLimit: ZERO_FEN,
  firstPay: ZERO_FEN,
  eligible: ZERO_FEN,
};

/**
 * Splits one line by its catalogue class (domain-rules §4.2). Class C and excluded lines are all own pay. Else what
 * lies above the price limit is the patient's, then class B pays its share of the rest first, rounded HALF_UP once;
 * what is left is eligible. A class-A line has no first-pay, whatever share it carries. Amounts are not negative.
 */
export function splitLine(line: ChargedLine): LineTotals {
  const total = line.amountFen;
  if (line.catalogueClass === 'C' || line.excluded === true) {
    return { total, ownPay: total, overLimit: ZERO_FEN, firstPay: ZERO_FEN, eligible: ZERO_FEN };
  }
  const limit = line.priceLimitMicroYuan;
  const overLimit =
    limit === undefined
      ? ZERO_FEN
      : maxFen(ZERO_FEN, subFen(total, priceTimesQuantityHalfUp(limit, line.quantity)));
  const within = subFen(total, overLimit);
  const share = line.catalogueClass === 'B' ? (line.firstPayBasisPoints ?? 0n) : 0n;
  const firstPay = share === 0n ? ZERO_FEN : shareHalfUp(within, share);
  return { total, ownPay: ZERO_FEN, overLimit, firstPay, eligible: subFen(within, firstPay) };
}

/** The exact sums of several split lines: the claim totals of domain-rules §4.2. */
export function sumTotals(lines: readonly LineTotals[]): LineTotals {
  let [total, ownPay, overLimit, firstPay, eligible] = [0n, 0n, 0n, 0n, 0n];
  for (const line of lines) {
    total += line.total;
    ownPay += line.ownPay;
    overLimit += line.overLimit;
    firstPay += line.firstPay;
    eligible += line.eligible;
  }
  return {
    total: fen(total),
    ownPay: fen(ownPay),
    overLimit: fen(overLimit),
    firstPay: fen(firstPay),
    eligible: fen(eligible),
  };
}
