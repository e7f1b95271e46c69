import { dateOf, parseInstant, yearOf } from '@domain/kernel';
import { decideReversal, type ReversalCase } from './decide-reversal';
import type {
  RefusedResult,
  ReversalRefused,
  SettlementReversed,
  SettlementReversedResult,
  StandingSettlement,
  VisitRefused,
  VisitSettled,
} from './records';
import { refuse } from './refusals';
import {
  decideVisitAgain,
  isReplayFault,
  type ReplayDocuments,
  type ReplayFault,
  unknownVersion,
} from './replay-visit';
import { type BenefitYear, EMPTY_YEAR, evolveYear, yearStream } from './year';

/** A fact of a benefit year as it is replayed. */
export type RecordedYearFact =
  | { readonly type: 'VisitSettled.v1'; readonly payload: VisitSettled }
  | { readonly type: 'SettlementReversed.v1'; readonly payload: SettlementReversed };

/** A settlement of the year: the part of the fact that made it, and what took it back. */
export interface ReplayedSettlement {
  readonly version: number;
  readonly part: number;
  readonly fact: VisitSettled;
  reversalNo?: string;
}

const REVERSALS: ReadonlyMap<
  number,
  (reversal: ReversalCase) => SettlementReversedResult | RefusedResult
> = new Map([[1, decideReversal]]);

/**
 * Replays one benefit year, fact by fact: decides each again from what the facts before it left, then folds it. Nothing
 * is believed that the facts before can tell: the version decided from and the settlements standing are compared too.
 */
export class YearReplay {
  private readonly byNumber = new Map<string, ReplayedSettlement>();
  private folded: BenefitYear = EMPTY_YEAR;
  private count = 0;

  constructor(
    private readonly stream: string,
    private readonly documents: ReplayDocuments,
  ) {}

  /** The version folded so far. */
  get version(): number {
    return this.count;
  }

  get year(): BenefitYear {
    return this.folded;
  }

  /** All settlements made so far, in order, the reversed ones too. */
  get settlements(): Iterable<ReplayedSettlement> {
    return this.byNumber.values();
  }

  /** Takes the next fact without judging it. */
  fold(fact: RecordedYearFact): void {
    this.count += 1;
    if (fact.type === 'VisitSettled.v1') {
      const { payload } = fact;
      for (const [part, { settlementNo }] of payload.result.settlements.entries()) {
        this.byNumber.set(settlementNo, { version: this.count, part, fact: payload });
      }
      this.folded = evolveYear(this.folded, { type: fact.type, result: payload.result });
      return;
    }
    const { result } = fact.payload;
    const reversed = this.byNumber.get(result.settlementNo);
    if (reversed !== undefined) reversed.reversalNo = result.reversalNo;
    this.folded = evolveYear(this.folded, { type: fact.type, result });
  }

  /** The result that the next fact ought to have, or what is wrong with its inputs. */
  decideAgain(
    fact: RecordedYearFact,
  ): VisitSettled['result'] | SettlementReversedResult | RefusedResult | ReplayFault {
    return fact.type === 'VisitSettled.v1'
      ? this.visitAgain(fact.payload)
      : this.reversalAgain(fact.payload);
  }

  /** The refusal that a visit decided from here ought to have got. */
  refuseVisitAgain(refused: VisitRefused): VisitSettled['result'] | RefusedResult | ReplayFault {
    return this.visitAgain(refused);
  }

  /** The refusal that a reversal decided from here ought to have got. */
  refuseReversalAgain(
    refused: ReversalRefused,
  ): SettlementReversedResult | RefusedResult | ReplayFault {
    const { inputs } = refused;
    if (inputs.year === undefined) return refuseUnknownAgain(refused);
    return this.reversalAgain({ ...refused, inputs: inputs as SettlementReversed['inputs'] });
  }

  private visitAgain(
    recorded: Pick<VisitRefused, 'command' | 'inputs'>,
  ): VisitSettled['result'] | RefusedResult | ReplayFault {
    const { command, inputs } = recorded;
    const settledAt = parseInstant(command.settledAt);
    if (inputs.personKey !== undefined && settledAt !== undefined) {
      const place = yearStream(command.insuredCity, yearOf(dateOf(settledAt)), inputs.personKey);
      const fault = this.placeFault(inputs.year) ?? faultOf('stream', place, this.stream);
      if (fault !== undefined) return fault;
    }
    const decision = decideVisitAgain(recorded, this.folded, this.documents);
    return isReplayFault(decision) ? decision : decision.result;
  }

  private reversalAgain(
    recorded: Pick<SettlementReversed, 'command' | 'inputs'>,
  ): SettlementReversedResult | RefusedResult | ReplayFault {
    const { command, inputs } = recorded;
    const decide = REVERSALS.get(inputs.decisionVersion);
    if (decide === undefined) return unknownVersion(inputs.decisionVersion, REVERSALS);
    const settled = this.byNumber.get(command.settlementNo);
    const fault =
      this.placeFault(inputs.year) ??
      faultOf('inputs.standing', this.standingFrom(settled), inputs.standing);
    if (fault !== undefined) return fault;
    return decide({ command, inputs, year: this.folded, settled: settled?.fact });
  }

  /** The inputs name the stream and version decided from; both are known here. */
  private placeFault(
    named: { readonly stream: string; readonly version: number } | undefined,
  ): ReplayFault | undefined {
    if (named?.version === this.count && named.stream === this.stream) return undefined;
    return faultOf('inputs.year', { stream: this.stream, version: this.count }, named ?? null);
  }

  private standingFrom(from: ReplayedSettlement | undefined): readonly StandingSettlement[] {
    if (from === undefined) return [];
    const standing: StandingSettlement[] = [];
    for (const each of this.byNumber.values()) {
      const { version, part, fact, reversalNo } = each;
      const isBefore = version < from.version || (version === from.version && part < from.part);
      const settlement = fact.result.settlements[part];
      if (isBefore || reversalNo !== undefined || settlement === undefined) continue;
      const { settlementNo, diseaseCode } = settlement;
      const { careCity } = fact.command;
      standing.push({ settlementNo, careCity, diseaseCode, version, part });
    }
    return standing;
  }
}

/** The refusal of a reversal of a number that nobody knew. */
export const refuseUnknownAgain = ({ command }: ReversalRefused): RefusedResult =>
  refuse('settlement.not-found', { settlementNo: command.settlementNo });

function faultOf(what: string, expected: unknown, found: unknown): ReplayFault | undefined {
  const [ought, is] = [JSON.stringify(expected), JSON.stringify(found)];
  return ought === is ? undefined : { what, expected: ought, found: is };
}
