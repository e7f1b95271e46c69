import { parseInstant } from '@domain/kernel';
import type { RefusedResult, ScreeningFinding, ScreeningRecord } from './records';
import { refuse } from './refusals';
import type { RecordedVisit } from './visit';

/** What findings do to the money of a visit, by line number. */
export interface ScreeningEffects {
  /** Lines that leave the benefit and count as own pay. */
  readonly excluded: ReadonlySet<number>;
  /** Of these, the ones the institution bears: struck off, or own pay without the patient's consent. */
  readonly borneByHospital: ReadonlySet<number>;
}

/**
 * From findings to money (architecture §11): `block` refuses the visit group, `reason` asks for one, `strikeOff` and
 * `selfPay` take the line out of the benefit. Without consent given before the service the patient never pays for it.
 */
export function effectsOf(
  visit: RecordedVisit,
  screening: ScreeningRecord,
): ScreeningEffects | RefusedResult {
  const hits = screening.findings.filter(({ state }) => state === 'hit');
  const blocking = hits.filter(({ action }) => action === 'block');
  if (blocking.length > 0) {
    return refuse('settlement.blocked-by-screening', { findings: blocking });
  }
  const unexplained = hits.filter((hit) => hit.action === 'reason' && !hasReason(visit, hit));
  if (unexplained.length > 0) {
    return refuse('settlement.reason-required', { field: 'reasons', findings: unexplained });
  }
  const excluded = new Set<number>();
  const borneByHospital = new Set<number>();
  for (const { action, lineNos } of hits) {
    if (action !== 'strikeOff' && action !== 'selfPay') continue;
    for (const lineNo of lineNos) {
      excluded.add(lineNo);
      if (action === 'strikeOff' || !hasConsent(visit, lineNo)) borneByHospital.add(lineNo);
    }
  }
  return { excluded, borneByHospital };
}

const hasReason = (visit: RecordedVisit, hit: ScreeningFinding): boolean =>
  hit.lineNos.every((lineNo) =>
    visit.reasons?.some(
      (reason) =>
        reason.rule === hit.rule && (reason.lineNo === undefined || reason.lineNo === lineNo),
    ),
  );

function hasConsent(visit: RecordedVisit, lineNo: number): boolean {
  const line = visit.lines.find((each) => each.lineNo === lineNo);
  if (line?.patientConsentAt === undefined || line.performedAt === undefined) return false;
  const [consentAt, performedAt] = [
    parseInstant(line.patientConsentAt),
    parseInstant(line.performedAt),
  ];
  return consentAt !== undefined && performedAt !== undefined && consentAt <= performedAt;
}
