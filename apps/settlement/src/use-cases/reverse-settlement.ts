import { dateOf, formatInstant, type Instant } from '@domain/kernel';
import {
  type BenefitYear,
  DECISION_VERSION,
  decideReversal,
  EMPTY_YEAR,
  evolveYear,
  type RefusedResult,
  refuse,
  type ReversalInputs,
  type SettlementReversedResult,
  type VisitSettled,
  yearToText,
} from '@domain/settlement';
import type { StreamHead, Transaction, UnitOfWork } from '@lib/journal';
import { addToBalances } from '../storage/balances';
import type { Documents } from '../storage/documents';
import { newNumber } from '../storage/numbers';
import { holdPeriodOpen } from '../storage/period';
import { lookAtVisits } from '../storage/settlements';
import {
  findPlace,
  markReversed,
  type SettlementPlace,
  settledPayload,
  standingFrom,
} from '../storage/standing';
import { ANSWER_VERSION, type ReverseSettlement } from './commands';
import { KEY_REUSED, type Outcome, outcomeAgain, refusedOutcome } from './outcomes';
import { refusalStream } from './streams';

/** Cities of a refusal about a number that nobody knows. */
const NO_CITY = '000000';

export interface ReverseSettlementsDependencies {
  readonly work: UnitOfWork;
  readonly documents: Documents;
  readonly now: () => Instant;
  readonly shard: number;
}

/** 撤销结算: takes one settlement back, exactly, in one transaction. Rare, so one at a time. */
export class ReverseSettlements {
  constructor(private readonly dependencies: ReverseSettlementsDependencies) {}

  execute(reversal: ReverseSettlement): Promise<Outcome> {
    const { work, documents } = this.dependencies;
    return work.run(async (tx) => {
      const [lookup] = await work.lookUp([reversal.key], tx);
      if (lookup?.status === 'answered') return outcomeAgain(lookup.fact, documents);
      if (lookup?.status === 'reused') return KEY_REUSED;
      const place = await findPlace(tx, reversal.command.settlementNo);
      return place === undefined
        ? this.refuseUnknown(tx, reversal)
        : this.reverse(tx, reversal, place);
    });
  }

  private async reverse(
    tx: Transaction,
    reversal: ReverseSettlement,
    place: SettlementPlace,
  ): Promise<Outcome> {
    await holdPeriodOpen(tx);
    const head = (await tx.lock([place.stream])).get(place.stream);
    const { period } = await lookAtVisits(tx, []);
    const payload = await settledPayload(tx, place);
    const decidedAt = this.dependencies.now();
    const inputs: ReversalInputs = {
      decisionVersion: DECISION_VERSION,
      answerVersion: ANSWER_VERSION,
      period,
      decidedAt: formatInstant(decidedAt),
      reversalNo: newNumber('R', place.careCity, decidedAt),
      careCity: reversal.careCity,
      year: { stream: place.stream, version: head?.version ?? 0 },
      standing: await standingFrom(tx, place),
    };
    const year = yearOfHead(head);
    const result = decideReversal({
      command: reversal.command,
      inputs,
      year,
      settled: payload === undefined ? undefined : (JSON.parse(payload) as VisitSettled),
    });
    const draft = {
      payload: JSON.stringify({ command: reversal.command, inputs, result }),
      actor: reversal.actor,
      recordedAt: decidedAt,
      command: reversal.key,
    };
    if (isRefused(result)) {
      const { insuredCity, careCity } = place;
      const stream = refusalStream(insuredCity, careCity, dateOf(decidedAt), reversal.key.key);
      tx.append({ ...draft, stream, type: 'ReversalRefused.v1' });
      return refusedOutcome(result);
    }
    tx.append({ ...draft, stream: place.stream, type: 'SettlementReversed.v1' });
    const next = evolveYear(year, { type: 'SettlementReversed.v1', result });
    tx.setState(place.stream, yearToText(next));
    await markReversed(tx, result);
    await addToBalances(tx, result.postings, { period, shard: this.dependencies.shard });
    const fact = { command: reversal.command, inputs, result };
    return { type: 'reversed', fact, replayed: false };
  }

  private refuseUnknown(tx: Transaction, reversal: ReverseSettlement): Outcome {
    const result = refuse('settlement.not-found', { settlementNo: reversal.command.settlementNo });
    const recordedAt = this.dependencies.now();
    const inputs = { decisionVersion: DECISION_VERSION, answerVersion: ANSWER_VERSION };
    tx.append({
      stream: refusalStream(NO_CITY, reversal.careCity, dateOf(recordedAt), reversal.key.key),
      type: 'ReversalRefused.v1',
      payload: JSON.stringify({ command: reversal.command, inputs, result }),
      actor: reversal.actor,
      recordedAt,
      command: reversal.key,
    });
    return refusedOutcome(result);
  }
}

const isRefused = (result: SettlementReversedResult | RefusedResult): result is RefusedResult =>
  'refused' in result;

const yearOfHead = (head: StreamHead | undefined): BenefitYear =>
  head?.state === undefined ? EMPTY_YEAR : (JSON.parse(head.state) as BenefitYear);
