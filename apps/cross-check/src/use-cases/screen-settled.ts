import { coverageFromWire } from '@domain/enrolment';
import { addFen, fenFromJson } from '@domain/kernel';
import { type LineFinding, type RuleSet, screenVisits, type Suspicion } from '@domain/screening';
import type { VisitSettled } from '@lib/contracts';
import type { Transaction } from '@lib/journal';
import { loadCoverages } from '../storage/coverages';
import { levelsOf } from '../storage/registry';
import { keepDue } from '../storage/screening-due';
import type { Answered } from './keep-suspicions';
import { findingToWire } from './screen-visits';
import { subjectOf } from './subjects';
import { involvedOf, recordOf, type StandingVisit, standingOf } from './visit-record';

/** A settled visit with the place of its fact. */
export interface SettledFact {
  readonly settled: VisitSettled;
  readonly stream: string;
  readonly version: number;
}

export interface ScreenSettledContext {
  readonly ruleSet: RuleSet;
  /** Settlements that were reversed meanwhile: their lines are judged no longer. */
  readonly reversed: readonly string[];
}

/**
 * Judges visits that were settled without an answer from screening, by the same rules; what is found becomes
 * suspicions. Visits of persons not known yet wait until `enrolment.facts` tell who they are.
 */
export async function screenSettled(
  tx: Transaction,
  facts: readonly SettledFact[],
  { ruleSet, reversed }: ScreenSettledContext,
): Promise<readonly Answered[]> {
  if (facts.length === 0) return [];
  const coverages = await loadCoverages(tx, [
    ...new Set(facts.map(({ settled }) => settled.result.personKey)),
  ]);
  const levels = await levelsOf(tx, [
    ...new Set(facts.map(({ settled }) => settled.command.institutionCode)),
  ]);
  const known = facts.filter(({ settled }) => coverages.has(settled.result.personKey));
  await keepDue(tx, facts.filter((fact) => !known.includes(fact)).map(dueOf));
  const screened = screenVisits(
    ruleSet,
    'during',
    known.map(({ settled: { command, result } }) => {
      const text = coverages.get(result.personKey);
      const coverage = text === undefined ? undefined : coverageFromWire(JSON.parse(text));
      const level = levels.get(command.institutionCode);
      return {
        ...command,
        subject: subjectOf(coverage, command.insuredCity, command.visitedOn, level),
      };
    }),
  );
  return known.map((fact, index) => {
    const { settled, stream, version } = fact;
    const standing = standingOf(recordOf(settled, { stream, version }), reversed);
    return answerOf(settled.result.visitGroupNo, standing, screened[index]?.findings ?? []);
  });
}

const dueOf = (fact: SettledFact) => ({
  visitGroupNo: fact.settled.result.visitGroupNo,
  personKey: fact.settled.result.personKey,
  settled: JSON.stringify(fact),
});

/** The inverse of what `screenSettled` keeps for later. */
export const dueFromText = (text: string): SettledFact => JSON.parse(text) as SettledFact;

/** The question whose answers are the findings about one visit. */
export const lineRulesOf = (visitGroupNo: string) =>
  ({ check: 'line-rules', subject: visitGroupNo }) as const;

function answerOf(
  visitGroupNo: string,
  standing: StandingVisit | undefined,
  findings: readonly LineFinding[],
): Answered {
  const command = lineRulesOf(visitGroupNo);
  const found = findings.flatMap((finding) => {
    const suspicion = standing === undefined ? undefined : suspicionOf(finding, standing);
    return suspicion === undefined ? [] : [{ command, suspicion, finding: findingToWire(finding) }];
  });
  return { command, found };
}

/** A finding as a suspicion. The lines make the subject, so that two lines breaking one rule are two suspicions. */
function suspicionOf(finding: LineFinding, visit: StandingVisit): Suspicion | undefined {
  const lines = visit.lines.filter(({ lineNo }) => finding.lineNos.includes(lineNo));
  const isDoubt = finding.state === 'hit' && finding.action !== 'pass';
  if (!isDoubt || lines.length === 0) return undefined;
  return {
    rule: finding.rule,
    ruleVersion: finding.ruleVersion,
    subject: `${visit.record.visitGroupNo}|${finding.lineNos.join(',')}|${finding.knowledgePoint ?? ''}`,
    certainty: finding.certainty,
    severity: 'medium',
    observed: finding.observed,
    limit: finding.limit,
    amountFen: addFen(...lines.map(({ amountFen }) => fenFromJson(amountFen))),
    text: finding.text,
    involved: [involvedOf(visit, lines)],
  };
}
