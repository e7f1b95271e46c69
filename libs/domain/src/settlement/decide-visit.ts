import {
  type Agreement,
  calculateChronic,
  type ChronicBenefit,
  type PolicyPack,
  tierOf,
} from '@domain/benefit';
import { addFen, type Fen, fen, fenFromJson, isRefusal, monthOf, ZERO_FEN } from '@domain/kernel';
import { type Eligibility, eligibilityOf } from './eligibility';
import { recordPart } from './record-part';
import type { RefusedResult, SettledPart, VisitInputs, VisitSettledResult } from './records';
import { refuse } from './refusals';
import { effectsOf, type ScreeningEffects } from './screening-effects';
import { totalsOf } from './totals';
import type { RecordedLine, RecordedVisit } from './visit';
import type { BenefitYear } from './year';

/** Version of these rules; recorded with each fact, and a version that wrote facts stays callable. */
export const DECISION_VERSION = 1;

/** Everything a decision about a visit reads. The documents are those that `inputs` names by hash. */
export interface VisitCase {
  readonly visit: RecordedVisit;
  readonly inputs: VisitInputs;
  readonly year: BenefitYear;
  readonly pack: PolicyPack | undefined;
  readonly agreement: Agreement | undefined;
}

export type VisitDecision =
  | {
      readonly outcome: 'settled';
      readonly result: VisitSettledResult;
      /** How each part was worked out, for the explanation; follows from the case and is not recorded. */
      readonly benefits: readonly ChronicBenefit[];
    }
  | { readonly outcome: 'refused'; readonly result: RefusedResult };

/**
 * Decides one visit: who pays what, per disease in the order of the codes, or why not. Pure: the same case gives the same
 * decision, which is how an auditor repeats it. A group settles or is refused as one.
 */
export function decideVisit(visitCase: VisitCase): VisitDecision {
  const { visit, inputs } = visitCase;
  const eligibility = eligibilityOf(visit, inputs, visitCase.agreement);
  if ('refused' in eligibility) return { outcome: 'refused', result: eligibility };
  const effects = effectsOf(visit, inputs.screening);
  if ('refused' in effects) return { outcome: 'refused', result: effects };
  return settle(visitCase, eligibility, effects);
}

function settle(
  visitCase: VisitCase,
  eligibility: Eligibility,
  effects: ScreeningEffects,
): VisitDecision {
  const { inputs, pack } = visitCase;
  if (pack === undefined || inputs.personKey === undefined) {
    const { coverageAsOf } = inputs;
    return { outcome: 'refused', result: refuse('settlement.no-policy', { coverageAsOf }) };
  }
  const running = new Map<string, Fen>();
  const settlements: SettledPart[] = [];
  const benefits: ChronicBenefit[] = [];
  for (const [place, diseaseCode] of eligibility.diseases.entries()) {
    const used = (key: string): Fen =>
      running.get(key) ?? fenFromJson(visitCase.year.accumulators[key] ?? 0);
    const settlementNo = inputs.settlementNos[place] ?? '';
    const part = settleDisease({
      ...visitCase,
      pack,
      eligibility,
      effects,
      used,
      diseaseCode,
      settlementNo,
    });
    if ('refused' in part) return { outcome: 'refused', result: part };
    for (const [key, amount] of Object.entries(part.settled.accumulators)) {
      running.set(key, fenFromJson(amount));
    }
    settlements.push(part.settled);
    benefits.push(part.benefit);
  }
  const { visitGroupNo, personKey } = inputs;
  const { insurance } = eligibility.enrolment;
  return {
    outcome: 'settled',
    result: { visitGroupNo, personKey, insurance, settlements },
    benefits,
  };
}

interface DiseaseCase extends VisitCase {
  readonly pack: PolicyPack;
  readonly eligibility: Eligibility;
  readonly effects: ScreeningEffects;
  /** What has been used before this part, the earlier parts of the visit included. */
  readonly used: (key: string) => Fen;
  readonly diseaseCode: string;
  readonly settlementNo: string;
}

function settleDisease(
  part: DiseaseCase,
): { readonly settled: SettledPart; readonly benefit: ChronicBenefit } | RefusedResult {
  const { visit, inputs, eligibility, effects, diseaseCode, settlementNo } = part;
  const lines = visit.lines.filter(
    (line) => (line.diseaseCode ?? visit.diseaseCode) === diseaseCode,
  );
  const read = new Set<string>();
  const benefit = calculateChronic({
    ...chronicCase(eligibility, part.pack, diseaseCode),
    totals: totalsOf(lines, effects.excluded),
    used: (key) => {
      read.add(key);
      return part.used(key);
    },
  });
  if (isRefusal(benefit)) {
    const because = benefit.refused;
    return refuse('settlement.disease-not-agreed', { field: 'diseaseCode', diseaseCode, because });
  }
  const settled = recordPart({
    visit,
    inputs,
    enrolment: eligibility.enrolment,
    settlementNo,
    diseaseCode,
    lines,
    benefit,
    struck: struckOf(lines, effects),
    read,
    before: part.used,
  });
  return { settled, benefit };
}

/** The part of a benefit's input that does not depend on the lines. */
export function chronicCase(eligibility: Eligibility, pack: PolicyPack, diseaseCode: string) {
  const { coverage, visitedOn } = eligibility;
  return {
    pack,
    tier: tierOf(eligibility.institution.level),
    personType: eligibility.enrolment.personType,
    filing: eligibility.filing,
    diseaseCode,
    qualifications: coverage.qualifications
      .filter(
        (each) => each.from <= visitedOn && (each.until === undefined || visitedOn <= each.until),
      )
      .map(({ diseaseCode: code, from, limitFen }) => ({
        diseaseCode: code,
        from,
        ...(limitFen === undefined ? {} : { limitFen: fenFromJson(limitFen) }),
      })),
    serviceMonth: monthOf(visitedOn),
    settledOn: eligibility.settledOn,
  };
}

/** The gross amount of lines that the institution bears. */
function struckOf(lines: readonly RecordedLine[], effects: ScreeningEffects): Fen {
  let struck: Fen = ZERO_FEN;
  for (const line of lines) {
    if (effects.borneByHospital.has(line.lineNo))
      struck = addFen(struck, fen(BigInt(line.amountFen)));
  }
  return struck;
}
