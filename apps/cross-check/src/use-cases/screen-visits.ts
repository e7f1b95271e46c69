import { coverageFromWire } from '@domain/enrolment';
import { fenToJson } from '@domain/kernel';
import {
  type LineFinding,
  type Screened,
  screenVisits,
  type Stage,
  type VisitToJudge,
} from '@domain/screening';
import type { Finding, ScreenedVisit, ScreeningsAnswer, Visit } from '@lib/contracts';
import { coveragesByNumber, type HashedPersonNo, numberKey } from '../storage/coverages';
import type { Pool } from '@lib/journal';
import { levelsOf } from '../storage/registry';
import type { RuleBook } from './rule-book';
import { subjectOf } from './subjects';

/** A visit from a partner, its number already hashed by every key in use. */
export interface PartnerVisit {
  readonly visit: Omit<Visit, 'personNo'>;
  readonly numbers: readonly HashedPersonNo[];
}

const PASSED: ScreenedVisit = { action: 'pass', findings: [] };

/** Screening on request: nothing is written, nothing is remembered. */
export class ScreenVisits {
  constructor(
    private readonly rules: RuleBook,
    private readonly reader: Pool,
  ) {}

  /** Visits that bring their subject along: judged in memory, without a question to the database. */
  withSubjects(stage: Stage, visits: readonly VisitToJudge[]): ScreeningsAnswer {
    return {
      ruleSet: this.rules.activeRef,
      visits: screenVisits(this.rules.active, stage, visits).map(screenedToWire),
    };
  }

  /** Visits of partners: person and institution are looked up in the read models, in two questions for all visits. */
  async lookingUp(stage: Stage, visits: readonly PartnerVisit[]): Promise<ScreeningsAnswer> {
    const [coverages, levels] = await Promise.all([
      coveragesByNumber(
        this.reader,
        visits.flatMap(({ numbers }) => numbers),
      ),
      levelsOf(this.reader, [...new Set(visits.map(({ visit }) => visit.institutionCode))]),
    ]);
    return this.withSubjects(
      stage,
      visits.map(({ visit, numbers }) => {
        const [text] = numbers.flatMap((number) => coverages.get(numberKey(number)) ?? []);
        const coverage = text === undefined ? undefined : coverageFromWire(JSON.parse(text));
        const level = levels.get(visit.institutionCode);
        return {
          ...visit,
          subject: subjectOf(coverage, visit.insuredCity, visit.visitedOn, level),
        };
      }),
    );
  }
}

/** A screened visit as it travels. */
export const screenedToWire = ({ action, findings }: Screened): ScreenedVisit =>
  findings.length === 0 ? PASSED : { action, findings: findings.map(findingToWire) };

export const findingToWire = (finding: LineFinding): Finding => ({
  ...finding,
  amountFen: fenToJson(finding.amountFen),
});
