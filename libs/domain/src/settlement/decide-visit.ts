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
  const { visit, inputs, pack } = visitCase;
  if (pack === undefined || inputs.personKey === undefined) {
    return {
      outcome: 'refused',
      result: refuse('settlement.no-policy', { coverageAsOf: inputs.coverageAsOf }),
    };
  }
  const running = new Map<string, Fen>();
  const settlements: SettledPart[] = [];
  const benefits: ChronicBenefit[] = [];
  for (const [place, diseaseCode] of eligibility.diseases.entries()) {
    const lines = visit.lines.filter(
      (line) => (line.diseaseCode ?? visit.diseaseCode) === diseaseCode,
    );
    const read = new Set<string>();
    const benefit = calculateChronic({
      ...chronicCase(eligibility, pack, diseaseCode),
      totals: totalsOf(lines, effects.excluded),
      used: (key) => {
        read.add(key);
        return running.get(key) ?? fenFromJson(visitCase.year.accumulators[key] ?? 0);
      },
    });
    if (isRefusal(benefit)) {
      return {
        outcome: 'refused',
        result: refuse('settlement.disease-not-agreed', {
          field: 'diseaseCode',
          diseaseCode,
          because: benefit.refused,
        }),
      };
    }
    const part = recordPart({
      visit,
      inputs,
      enrolment: eligibility.enrolment,
      settlementNo: inputs.settlementNos[place] ?? '',
      diseaseCode,
      lines,
      benefit,
      struck: struckOf(lines, effects),
      read,
      before: (key) => running.get(key) ?? fenFromJson(visitCase.year.accumulators[key] ?? 0),
    });
    for (const [key, amount] of Object.entries(part.accumulators))
      running.set(key, fenFromJson(amount));
    settlements.push(part);
    benefits.push(benefit);
  }
  return {
    outcome: 'settled',
    result: {
      visitGroupNo: inputs.visitGroupNo,
      personKey: inputs.personKey,
      insurance: eligibility.enrolment.insurance,
      settlements,
    },
    benefits,
  };
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
