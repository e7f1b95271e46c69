import { type LineTotals, splitLine, sumTotals } from '@domain/benefit';
import { fenFromJson, parseQuantity, type Quantity } from '@domain/kernel';
import type { RecordedLine } from './visit';

/** The sums of recorded lines, with those excluded by screening as own pay (domain-rules §4.2). */
export function totalsOf(
  lines: readonly RecordedLine[],
  excluded: ReadonlySet<number>,
): LineTotals {
  return sumTotals(
    lines.map((line) =>
      splitLine({
        amountFen: fenFromJson(line.amountFen),
        catalogueClass: line.catalogueClass,
        quantity: parseQuantity(line.quantity) ?? NO_QUANTITY,
        ...(line.priceLimitMicroYuan === undefined
          ? {}
          : { priceLimitMicroYuan: BigInt(line.priceLimitMicroYuan) }),
        ...(line.firstPayBasisPoints === undefined
          ? {}
          : { firstPayBasisPoints: BigInt(line.firstPayBasisPoints) }),
        excluded: excluded.has(line.lineNo),
      }),
    ),
  );
}

/** Never reached: the door refuses a line without a quantity. It counts as nothing rather than as a guess. */
const NO_QUANTITY = 0n as Quantity;
