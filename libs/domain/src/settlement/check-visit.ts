import {
  type Instant,
  parseCivilDate,
  parseInstant,
  parseQuantity,
  priceTimesQuantityHalfUp,
} from '@domain/kernel';
import type { RecordedLine, RecordedVisit } from './visit';

/** What is wrong with a visit, by field; the door answers 400 with it. */
export interface VisitFault {
  readonly field: string;
  readonly code: string;
}

type CheckedVisit = Pick<RecordedVisit, 'visitedOn' | 'settledAt' | 'lines'>;

/**
 * Checks what a schema cannot say: line numbers are unique, amounts agree with price and quantity to one fen
 * (architecture §5), consent lies before the service it is about (§11), and nothing is dated after its settlement.
 * Returns the first fault, or undefined. Works on the visit of the door and on the recorded one alike.
 */
export function checkVisit(visit: CheckedVisit): VisitFault | undefined {
  const settledAt = parseInstant(visit.settledAt);
  if (settledAt === undefined) return { field: 'settledAt', code: 'not-a-moment' };
  const visitedOn = parseCivilDate(visit.visitedOn);
  if (visitedOn === undefined) return { field: 'visitedOn', code: 'not-a-day' };
  if (
    visit.visitedOn > visit.settledAt.slice(0, 10) &&
    isAfterSettlement(visit.visitedOn, settledAt)
  ) {
    return { field: 'visitedOn', code: 'after-settlement' };
  }
  const seen = new Set<number>();
  for (const [index, line] of visit.lines.entries()) {
    const fault = seen.has(line.lineNo)
      ? { field: 'lineNo', code: 'line-number-repeated' }
      : checkLine(line, settledAt);
    if (fault !== undefined) return { ...fault, field: `lines[${index}].${fault.field}` };
    seen.add(line.lineNo);
  }
  return undefined;
}

function checkLine(line: RecordedLine, settledAt: Instant): VisitFault | undefined {
  const quantity = parseQuantity(line.quantity);
  if (quantity === undefined) return { field: 'quantity', code: 'not-a-quantity' };
  const expected = priceTimesQuantityHalfUp(BigInt(line.unitPriceMicroYuan), quantity);
  const difference = BigInt(line.amountFen) - expected;
  if (difference > 1n || difference < -1n) {
    return { field: 'amountFen', code: 'amount-does-not-add-up' };
  }
  if (line.catalogueClass !== 'B' && (line.firstPayBasisPoints ?? 0) !== 0) {
    return { field: 'firstPayBasisPoints', code: 'first-pay-is-for-class-b' };
  }
  return checkMoments(line, settledAt);
}

function checkMoments(line: RecordedLine, settledAt: Instant): VisitFault | undefined {
  const performedAt = line.performedAt === undefined ? undefined : parseInstant(line.performedAt);
  if (performedAt !== undefined && performedAt > settledAt) {
    return { field: 'performedAt', code: 'after-settlement' };
  }
  if (line.patientConsentAt === undefined) return undefined;
  const consentAt = parseInstant(line.patientConsentAt);
  if (performedAt === undefined)
    return { field: 'performedAt', code: 'consent-needs-performed-at' };
  if (consentAt === undefined || consentAt > performedAt) {
    return { field: 'patientConsentAt', code: 'consent-after-service' };
  }
  return undefined;
}

/** The text comparison above is cheap and right for +08:00; only other offsets need the calendar. */
function isAfterSettlement(day: string, settledAt: Instant): boolean {
  const start = parseInstant(`${day}T00:00:00+08:00`);
  return start !== undefined && start > settledAt;
}
