import type { Instant } from '@domain/kernel';
import { runCheck } from '@domain/screening';
import type { FactHandler, ReceivedFact, Transaction } from '@lib/journal';
import { keepInstitutions, keepPractitioners } from '../storage/registry';
import { knownAbout, type KnownSuspicion } from '../storage/suspicions';
import { type Answered, keepSuspicions } from './keep-suspicions';
import { checkOf } from './questions';
import type { RuleBook } from './rule-book';
import { lineRulesOf, screenSettled } from './screen-settled';
import { sortSettlementFacts } from './settlement-batch';
import type { DecisionContext } from './suspicion-facts';
import { candidatesOf, keepBatch, standingVisits, type Touched } from './touched-visits';

export interface CheckParts {
  readonly rules: RuleBook;
  readonly cityName: (city: string) => string;
  readonly now: () => Instant;
}

/** What a decision made now rests on. */
export const contextOf = ({ now, rules, cityName }: CheckParts): DecisionContext => ({
  now: now(),
  ruleSet: rules.activeRef,
  cityName,
});

/**
 * Follows `settlement.facts` in batches: keeps what later questions need, asks the stream checks about everything that
 * the batch touched, and brings suspicions in step with the answers. A few statements for a batch, whatever its size.
 */
export class CheckSettlements implements FactHandler {
  readonly name = 'cross-check.settlement';
  readonly topics = ['settlement.facts'] as const;

  constructor(private readonly parts: CheckParts) {}

  async handle(tx: Transaction, facts: readonly ReceivedFact[]): Promise<void> {
    const batch = sortSettlementFacts(facts);
    await keepInstitutions(
      tx,
      batch.institutions.map((each) => ({ ...each, county: each.county })),
    );
    await keepPractitioners(tx, batch.practitioners);
    if (batch.settled.length === 0 && batch.reversed.length === 0) return;
    const touched = await keepBatch(tx, batch);
    const answers = await this.ask(tx, touched);
    const explained = await explainedLineRules(tx, touched);
    const screened = await screenSettled(
      tx,
      batch.settled.filter(({ settled }) => settled.inputs.screening.outcome === 'skipped'),
      {
        ruleSet: this.parts.rules.active,
        reversed: batch.reversed.map(({ result }) => result.settlementNo),
      },
    );
    await keepSuspicions(
      tx,
      { answers: [...answers, ...screened], explained },
      contextOf(this.parts),
    );
  }

  private async ask(tx: Transaction, touched: Touched): Promise<readonly Answered[]> {
    const candidates = await candidatesOf(tx, touched);
    const groups = new Set(candidates.flatMap(({ visitGroupNos }) => visitGroupNos));
    const standing = await standingVisits(tx, [...groups]);
    const { rules, cityName } = this.parts;
    const { version: ruleVersion, parameters } = rules.active;
    return candidates.map(({ question, visitGroupNos }) => {
      const visits = [...new Set(visitGroupNos)].flatMap((group) => standing.get(group) ?? []);
      const considered = checkOf(question, visits, parameters.supplyGraceDays);
      const command = { check: question.kind, subject: question.subject };
      const found = runCheck(considered, { ruleVersion, cityName, subject: question.subject });
      return {
        command,
        considered,
        found: found.map((suspicion) => ({ suspicion, command, considered })),
      };
    });
  }
}

/** Open suspicions about single lines whose settlements are all reversed now. */
async function explainedLineRules(
  tx: Transaction,
  { takenBack }: Touched,
): Promise<readonly KnownSuspicion[]> {
  if (takenBack.length === 0) return [];
  const groups = takenBack.map(({ visitGroupNo }) => visitGroupNo);
  const known = await knownAbout(
    tx,
    groups.map((group) => {
      const { check, subject } = lineRulesOf(group);
      return { checkKind: check, subject };
    }),
  );
  const standing = await standingVisits(tx, groups);
  return known.filter(({ state, subject, settlementNos }) => {
    const left = standing.get(subject)?.settlements.map(({ no }) => no) ?? [];
    return state === 'open' && !settlementNos.some((no) => left.includes(no));
  });
}
