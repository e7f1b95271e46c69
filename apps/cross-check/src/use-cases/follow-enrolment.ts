import {
  type Coverage,
  coverageFromWire,
  coverageToWire,
  type EnrolmentFact,
  evolveCoverage,
} from '@domain/enrolment';
import type { FactHandler, ReceivedFact, Transaction } from '@lib/journal';
import {
  keepCoverages,
  keepPersonNos,
  loadCoverages,
  type PersonNoRow,
} from '../storage/coverages';
import { takeDue } from '../storage/screening-due';
import { loadVisits } from '../storage/visits';
import { type CheckParts, contextOf } from './check-settlements';
import { keepSuspicions } from './keep-suspicions';
import { dueFromText, screenSettled } from './screen-settled';

const FOLDED: ReadonlySet<string> = new Set<EnrolmentFact['type']>([
  'EnrolmentChanged.v1',
  'QualificationGranted.v1',
  'QualificationEnded.v1',
  'FilingMade.v1',
  'FilingCancelled.v1',
  'ContributionPosted.v1',
]);

interface PersonFact {
  readonly fact: EnrolmentFact;
  readonly version: number;
  readonly recordedAt: string;
}

/**
 * Follows `enrolment.facts`: keeps the coverage of each person and whose hashed number is whose. Visits that were
 * settled unscreened while the person was not known here are screened now.
 */
export class FollowEnrolment implements FactHandler {
  readonly name = 'cross-check.enrolment';
  readonly topics = ['enrolment.facts'] as const;

  constructor(private readonly parts: CheckParts) {}

  async handle(tx: Transaction, facts: readonly ReceivedFact[]): Promise<void> {
    const people = byPerson(facts);
    const personKeys = [...people.keys()];
    if (personKeys.length === 0) return;
    const known = await loadCoverages(tx, personKeys);
    await keepCoverages(
      tx,
      personKeys.flatMap((personKey) => {
        const coverage = fold(known.get(personKey), people.get(personKey) ?? []);
        if (coverage === undefined) return [];
        const { version } = coverage;
        return [{ personKey, version, coverage: JSON.stringify(coverageToWire(coverage)) }];
      }),
    );
    await keepPersonNos(tx, numbersOf(people));
    await this.screenWaiting(tx, personKeys);
  }

  private async screenWaiting(tx: Transaction, personKeys: readonly string[]): Promise<void> {
    const due = (await takeDue(tx, personKeys)).map(dueFromText);
    if (due.length === 0) return;
    const visits = await loadVisits(
      tx,
      due.map(({ settled }) => settled.result.visitGroupNo),
    );
    const reversed = visits.flatMap((visit) => visit.reversed);
    const ruleSet = this.parts.rules.active;
    const answers = await screenSettled(tx, due, { ruleSet, reversed });
    await keepSuspicions(tx, { answers, explained: [] }, contextOf(this.parts));
  }
}

/** The facts that are folded, by person, in their order. */
function byPerson(facts: readonly ReceivedFact[]): ReadonlyMap<string, readonly PersonFact[]> {
  const people = new Map<string, PersonFact[]>();
  for (const { type, payload, version, recordedAt } of facts) {
    if (!FOLDED.has(type)) continue;
    const { result } = payload as { readonly result: EnrolmentFact['result'] };
    const fact = { type, result } as EnrolmentFact;
    const own = people.get(result.personKey);
    if (own === undefined) people.set(result.personKey, [{ fact, version, recordedAt }]);
    else own.push({ fact, version, recordedAt });
  }
  return people;
}

function fold(text: string | undefined, facts: readonly PersonFact[]): Coverage | undefined {
  const known = text === undefined ? undefined : coverageFromWire(JSON.parse(text));
  return facts.reduce<Coverage | undefined>(
    (coverage, { fact, version, recordedAt }) =>
      evolveCoverage(coverage, fact, { version, recordedAt }),
    known,
  );
}

/** The newest owner of each hashed number in the batch. */
function numbersOf(people: ReadonlyMap<string, readonly PersonFact[]>): readonly PersonNoRow[] {
  const numbers = new Map<string, PersonNoRow>();
  for (const facts of people.values()) {
    for (const { fact } of facts) {
      if (fact.type !== 'EnrolmentChanged.v1') continue;
      const { insuredCity, personKey, personNoHash } = fact.result;
      const { hash, keyId } = personNoHash;
      numbers.set(`${insuredCity}/${hash}`, { insuredCity, hash, keyId, personKey });
    }
  }
  return [...numbers.values()];
}
