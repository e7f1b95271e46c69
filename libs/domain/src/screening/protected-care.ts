import { type Action, milder } from './finding';
import type { ProtectedCare } from './rule-set';
import type { LineToScreen, VisitToJudge } from './visit';

/** How far a visit is protected: as a whole, by single lines, or not at all. */
export interface Protection {
  readonly whole: boolean;
  readonly lineNos: ReadonlySet<number>;
}

const NONE: Protection = { whole: false, lineNos: new Set() };
const WHOLE: Protection = { whole: true, lineNos: new Set() };

/**
 * Emergency, dialysis, chemotherapy and anti-rejection care (domain-rules §0.4 (9)). The visit's own disease or the
 * emergency flag protects all of it; an item of such care protects all of it too, since what goes with a dialysis
 * belongs to it; a line's own disease protects that line.
 */
export function protectionOf(visit: VisitToJudge, care: readonly ProtectedCare[]): Protection {
  if (visit.emergency === true || visit.careType === 'emergency') return WHOLE;
  const inForce = care.filter(
    (entry) =>
      entry.from <= visit.visitedOn &&
      (entry.until === undefined || visit.visitedOn <= entry.until),
  );
  const lineNos = new Set<number>();
  for (const entry of inForce) {
    if (visit.diseaseCode !== undefined && entry.diseaseCodes.has(visit.diseaseCode)) return WHOLE;
    for (const line of visit.lines) {
      if (entry.itemCodes.has(line.itemCode)) return WHOLE;
      if (line.diseaseCode !== undefined && entry.diseaseCodes.has(line.diseaseCode)) {
        lineNos.add(line.lineNo);
      }
    }
  }
  return lineNos.size === 0 ? NONE : { whole: false, lineNos };
}

/**
 * What is left of an action under protection. `block` and `reason` hold up the whole visit, so they soften as soon as
 * any line is protected; `selfPay` touches one line only; `strikeOff` stands, since the institution bears it.
 */
export function soften(action: Action, line: LineToScreen, protection: Protection): Action {
  if (action === 'strikeOff') return action;
  const holdsUpVisit = action === 'block' || action === 'reason';
  const touched =
    protection.whole ||
    (holdsUpVisit ? protection.lineNos.size > 0 : protection.lineNos.has(line.lineNo));
  return touched ? milder(action, 'remind') : action;
}
