import { amountOf, bySale, type CheckContext, type Happening, type Suspicion } from './suspicion';

/** One sale of one traced box, shown with the lines that carry its code. */
export interface TracedSale extends Happening {
  readonly traceCode: string;
  /** Part of the box sold, in ten-thousandths: 10,000 is the whole box. */
  readonly packTenThousandths: number;
}

const WHOLE_PACK = 10_000;

/**
 * 追溯码重复销售: one box sold twice (rule 36 of cross-check §3.2, domain-rules §7.6). `sales` are all sales of one
 * code that are not reversed. Taken by time of sale, not of arrival: parts of a split pack may add up to one box; a
 * sale beyond it is reported with the sales before it. A code counts once per visit. Between cities the severity is high.
 */
export function findRepeatedTraceCode(
  sales: readonly TracedSale[],
  context: CheckContext,
): readonly Suspicion[] {
  const accepted: TracedSale[] = [];
  const found: Suspicion[] = [];
  let sold = 0;
  for (const sale of [...sales].sort(bySale)) {
    if (sold + sale.packTenThousandths <= WHOLE_PACK) {
      sold += sale.packTenThousandths;
      accepted.push(sale);
    } else {
      found.push(describe(accepted, sale, sold, context));
    }
  }
  return found;
}

function describe(
  before: readonly TracedSale[],
  sale: TracedSale,
  soldBefore: number,
  context: CheckContext,
): Suspicion {
  const place = (each: TracedSale): string =>
    `${each.visit.on}在${context.cityName(each.visit.careCity)}`;
  const total = soldBefore + sale.packTenThousandths;
  const name = sale.visit.lines[0]?.itemName ?? '';
  const elsewhere = before.some((each) => each.visit.careCity !== sale.visit.careCity);
  return {
    rule: 'trace-code-sold-twice',
    ruleVersion: context.ruleVersion,
    subject: sale.traceCode,
    certainty: 'certain',
    severity: elsewhere ? 'high' : 'medium',
    observed: `累计售出${packs(total)}盒`,
    limit: '每个追溯码最多售出1盒',
    amountFen: amountOf(sale.visit.lines),
    text: `“${name}”追溯码${sale.traceCode}重复销售：先${before.map(place).join('、')}售出，又${place(sale)}售出，累计${packs(total)}盒`,
    involved: [...before, sale].map((each) => each.visit),
  };
}

/** Ten-thousandths as a plain decimal: 15,000 is 1.5. */
function packs(tenThousandths: number): string {
  const whole = Math.floor(tenThousandths / WHOLE_PACK);
  const part = String(tenThousandths % WHOLE_PACK)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return part === '' ? String(whole) : `${whole}.${part}`;
}
