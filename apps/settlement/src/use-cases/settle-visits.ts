import { dateOf, type Instant } from '@domain/kernel';
import {
  type BenefitYear,
  decideVisit,
  EMPTY_YEAR,
  evolveYear,
  type RecordedPosting,
  type VisitSettled,
  yearToText,
} from '@domain/settlement';
import type { KeyLookup, StreamHead, Transaction, UnitOfWork } from '@lib/journal';
import { addToBalances } from '../storage/balances';
import { holdPeriodOpen } from '../storage/period';
import {
  amountsOf,
  insertSettlements,
  lookAtVisits,
  type SettlementRow,
  visitKey,
  VisitTaken,
} from '../storage/settlements';
import type { SettleVisit } from './commands';
import { gather, type GatheredVisit, type GatherSources } from './gather';
import { KEY_REUSED, type Outcome, outcomeAgain, refusedOutcome } from './outcomes';
import { refusalStream } from './streams';
import { inputsOf } from './visit-inputs';

const MAX_RUNS = 5;

export interface SettleVisitsDependencies extends GatherSources {
  readonly work: UnitOfWork;
  readonly now: () => Instant;
  /** The balance shard of this process's first lane. */
  readonly firstShard: number;
}

/** What a batch writes, gathered while its decisions are made one after the other. */
interface Ledgered {
  readonly rows: SettlementRow[];
  readonly postings: RecordedPosting[];
}

/**
 * Settles a micro-batch of visits in one transaction (architecture §3): keys are looked up, read models read, the batch
 * screened, then the benefit years of all its persons locked in order and the pure decisions made one after the other,
 * so that two visits of one person in one batch see each other. Each command gets its own answer.
 */
export class SettleVisits {
  constructor(private readonly dependencies: SettleVisitsDependencies) {}

  async execute(commands: readonly SettleVisit[], lane: number): Promise<readonly Outcome[]> {
    for (let run = 1; ; run += 1) {
      try {
        return await this.attempt(commands, lane);
      } catch (error) {
        // The visitNo that another replica took meanwhile will be found by the look-up of the next run.
        if (!(error instanceof VisitTaken) || run === MAX_RUNS) throw error;
      }
    }
  }

  private async attempt(
    commands: readonly SettleVisit[],
    lane: number,
  ): Promise<readonly Outcome[]> {
    const { work } = this.dependencies;
    const lookups = await work.lookUp(commands.map(({ key }) => key));
    const answers = new Map<SettleVisit, Outcome>();
    const fresh = this.answerKnown(commands, lookups, answers);
    if (fresh.length > 0) {
      const gathered = await gather(this.dependencies, fresh);
      let runs = 0;
      const decided = await work.run(async (tx) => {
        runs += 1;
        // Only on a run after the first may another replica have answered one of these keys.
        const known = runs === 1 ? NONE_KNOWN : await this.answeredMeanwhile(tx, gathered);
        return this.settle(tx, { gathered, known, lane });
      });
      for (const [command, answer] of decided) answers.set(command, answer);
    }
    return commands.map((command) => answers.get(command) ?? repeatOf(command, commands, answers));
  }

  /** Answers repeats from their first answer; returns what is new, one command per key. */
  private answerKnown(
    commands: readonly SettleVisit[],
    lookups: readonly KeyLookup[],
    answers: Map<SettleVisit, Outcome>,
  ): readonly SettleVisit[] {
    const seen = new Set<string>();
    return commands.filter((command, index) => {
      const lookup = lookups[index];
      if (lookup?.status === 'reused') answers.set(command, KEY_REUSED);
      else if (lookup?.status === 'answered') {
        answers.set(command, outcomeAgain(lookup.fact, this.dependencies.documents));
      } else {
        const isFirst = !seen.has(keyText(command));
        seen.add(keyText(command));
        return isFirst;
      }
      return false;
    });
  }

  private async answeredMeanwhile(
    tx: Transaction,
    gathered: readonly GatheredVisit[],
  ): Promise<ReadonlyMap<SettleVisit, Outcome>> {
    const commands = gathered.map(({ command }) => command);
    const lookups = await this.dependencies.work.lookUp(
      commands.map(({ key }) => key),
      tx,
    );
    const answers = new Map<SettleVisit, Outcome>();
    this.answerKnown(commands, lookups, answers);
    return answers;
  }

  private async settle(
    tx: Transaction,
    { gathered, known, lane }: Batch,
  ): Promise<ReadonlyMap<SettleVisit, Outcome>> {
    const answers = new Map(known);
    const fresh = gathered.filter(({ command }) => !answers.has(command));
    await holdPeriodOpen(tx);
    const heads = await tx.lock([...new Set(fresh.flatMap(({ stream }) => stream ?? []))]);
    const { period, settled } = await lookAtVisits(
      tx,
      fresh.map(({ command }) => command.visit),
    );
    const years = new Years(heads);
    const ledgered: Ledgered = { rows: [], postings: [] };
    const decidedAt = this.dependencies.now();
    for (const visit of fresh) {
      const answer = this.decide(tx, visit, { years, settled, period, decidedAt, ledgered });
      answers.set(visit.command, answer);
    }
    years.save(tx);
    await insertSettlements(tx, ledgered.rows);
    await addToBalances(tx, ledgered.postings, {
      period,
      shard: this.dependencies.firstShard + lane,
    });
    return answers;
  }

  private decide(tx: Transaction, gathered: GatheredVisit, batch: BatchState): Outcome {
    const { command, stream } = gathered;
    const year = stream === undefined ? undefined : batch.years.get(stream);
    const inputs = inputsOf(gathered, {
      decidedAt: batch.decidedAt,
      period: batch.period,
      alreadySettled: batch.settled.get(visitKey(command.visit)),
      version: year?.version,
    });
    const decision = decideVisit({
      visit: command.visit,
      inputs,
      year: year?.state ?? EMPTY_YEAR,
      pack: gathered.pack?.document,
      agreement: gathered.agreement?.document,
    });
    const fact = { command: command.visit, inputs, result: decision.result };
    const isSettled = decision.outcome === 'settled' && stream !== undefined;
    const target = isSettled
      ? stream
      : refusalStream(
          command.visit.insuredCity,
          command.visit.careCity,
          dateOf(batch.decidedAt),
          command.key.key,
        );
    tx.append({
      stream: target,
      type: isSettled ? 'VisitSettled.v1' : 'SettlementRefused.v1',
      payload: JSON.stringify(fact),
      actor: command.actor,
      recordedAt: batch.decidedAt,
      command: command.key,
    });
    if (decision.outcome === 'refused') return refusedOutcome(decision.result);
    if (stream !== undefined) keep(stream, fact as VisitSettled, batch);
    return {
      type: 'settled',
      fact: fact as VisitSettled,
      benefits: decision.benefits,
      replayed: false,
    };
  }
}

const NONE_KNOWN: ReadonlyMap<SettleVisit, Outcome> = new Map();

interface Batch {
  readonly gathered: readonly GatheredVisit[];
  readonly known: ReadonlyMap<SettleVisit, Outcome>;
  readonly lane: number;
}

interface BatchState {
  readonly years: Years;
  readonly settled: Map<string, string>;
  readonly period: string;
  readonly decidedAt: Instant;
  readonly ledgered: Ledgered;
}

/** The benefit years of a batch, moved on in memory as its decisions are made. */
class Years {
  private readonly current = new Map<string, { version: number; state: BenefitYear }>();
  private readonly changed = new Set<string>();

  constructor(heads: ReadonlyMap<string, StreamHead>) {
    for (const [stream, { version, state }] of heads) {
      const year = state === undefined ? EMPTY_YEAR : (JSON.parse(state) as BenefitYear);
      this.current.set(stream, { version, state: year });
    }
  }

  get(stream: string): { readonly version: number; readonly state: BenefitYear } {
    return this.current.get(stream) ?? { version: 0, state: EMPTY_YEAR };
  }

  advance(stream: string, fact: VisitSettled): number {
    const { version, state } = this.get(stream);
    const next = evolveYear(state, { type: 'VisitSettled.v1', result: fact.result });
    this.current.set(stream, { version: version + 1, state: next });
    this.changed.add(stream);
    return version + 1;
  }

  save(tx: Transaction): void {
    for (const stream of this.changed) tx.setState(stream, yearToText(this.get(stream).state));
  }
}

const keyText = ({ key }: SettleVisit): string => `${key.scope}\n${key.key}`;

/** A key that came twice in one batch: the first decides, the second is answered as a repeat or refused as reused. */
function repeatOf(
  command: SettleVisit,
  commands: readonly SettleVisit[],
  answers: ReadonlyMap<SettleVisit, Outcome>,
): Outcome {
  const first = commands.find((each) => keyText(each) === keyText(command));
  const answer = first === undefined ? undefined : answers.get(first);
  if (first === undefined || answer === undefined) throw new Error('a command was left undecided');
  return first.key.inputHash === command.key.inputHash ? { ...answer, replayed: true } : KEY_REUSED;
}

/** Notes what a settled visit writes besides its fact, and lets the rest of the batch see it. */
function keep(stream: string, fact: VisitSettled, batch: BatchState): void {
  const { command: visit, inputs, result } = fact;
  const version = batch.years.advance(stream, fact);
  batch.settled.set(visitKey(visit), result.visitGroupNo);
  for (const [part, settlement] of result.settlements.entries()) {
    batch.ledgered.postings.push(...settlement.postings);
    batch.ledgered.rows.push({
      settlementNo: settlement.settlementNo,
      stream,
      version,
      part,
      visitGroupNo: result.visitGroupNo,
      careCity: visit.careCity,
      institutionCode: visit.institutionCode,
      visitNo: visit.visitNo,
      insuredCity: visit.insuredCity,
      insurance: result.insurance,
      diseaseCode: settlement.diseaseCode,
      settledAt: visit.settledAt,
      period: inputs.period,
      amounts: amountsOf(settlement),
    });
  }
}
