import { parseInstant } from '@domain/kernel';
import {
  isReplayFault,
  type RecordedPosting,
  type RecordedYearFact,
  type ReplayDocuments,
  type ReplayedSettlement,
  type SettledPart,
  YearReplay,
  yearToText,
} from '@domain/settlement';
import type { AuditedStream, StoredFact } from '@lib/journal';
import type { Client } from 'pg';
import { AMOUNT_FIELDS } from '../../apps/settlement/src/storage/settlements';
import { type Difference, differenceOf } from './difference';
import {
  endsWithResult,
  guarded,
  headOf,
  type Judge,
  type ParsedPayload,
  resultDifference,
  stateDifference,
  Tally,
} from './judge';
import { type Cell, RowCheck } from './row-check';
import { foldStreams } from './stream-history';
import { yearFactOf, yearFold } from './year-fold';

const SETTLEMENTS = {
  table: 'settlement',
  key: 'stream',
  stream: 'stream',
  order: 'version, part',
  columns: [
    { name: 'settlement_no' },
    { name: 'version', figure: true },
    { name: 'part', figure: true },
    { name: 'visit_group_no' },
    { name: 'care_city' },
    { name: 'institution_code' },
    { name: 'visit_no' },
    { name: 'insured_city' },
    { name: 'insurance' },
    { name: 'disease_code' },
    { name: 'settled_at', sql: '(extract(epoch from settled_at) * 1000)::float8', figure: true },
    { name: 'period', figure: true },
    { name: 'amounts', sql: `array_to_string(amounts, ',', 'null')`, figure: AMOUNT_FIELDS },
    { name: 'reversal_no' },
  ],
} as const;

/** Benefit years: decided again, folded again, and compared with their heads, rows and balances. */
export class JudgeYears implements Judge {
  readonly tally = new Tally();
  private readonly rows: RowCheck;

  constructor(
    private readonly client: Client,
    private readonly documents: ReplayDocuments,
  ) {
    this.rows = new RowCheck(client, SETTLEMENTS);
  }

  async stream(audited: AuditedStream): Promise<Difference | undefined> {
    const { stream, facts, head } = audited;
    const year = await this.yearBefore(audited);
    for (const fact of facts) {
      const difference = this.fact(year, fact);
      if (difference !== undefined) return difference;
    }
    // Facts after the range were not read: what stands at the end is not theirs to judge.
    if (head?.version !== year.version) return undefined;
    const difference = stateDifference(audited, yearToText(year.year));
    if (difference !== undefined) return difference;
    return this.rows.expect(stream, { stream, version: year.version }, rowsOf(stream, year));
  }

  end(): Promise<Difference | undefined> {
    return this.rows.flush();
  }

  /** Of a stream whose beginning lies before the range, the facts before are folded as they are recorded. */
  private async yearBefore({ stream, facts }: AuditedStream): Promise<YearReplay> {
    const [first] = facts;
    const version = (first?.version ?? 1) - 1;
    if (version === 0) return new YearReplay(stream, this.documents);
    const fold = yearFold(this.documents);
    const year = await foldStreams(
      this.client,
      [{ stream, version }],
      fold,
      (_asked, folded) => folded,
    );
    return year ?? new YearReplay(stream, this.documents);
  }

  private fact(year: YearReplay, fact: StoredFact): Difference | undefined {
    return guarded(fact, () => {
      const recorded = againFromHead(year, fact) ?? this.inFull(year, fact);
      if ('what' in recorded) return recorded;
      year.fold(recorded);
      this.count(recorded);
      return undefined;
    });
  }

  /** Reads and judges the whole payload, to tell what is wrong with it. */
  private inFull(year: YearReplay, fact: StoredFact): RecordedYearFact | Difference {
    const payload = JSON.parse(fact.payload) as ParsedPayload;
    const recorded = yearFactOf(fact.type, payload);
    if (recorded === undefined) return { ...placeOf(fact), what: 'its type' };
    const expected = year.decideAgain(recorded);
    if (isReplayFault(expected)) return differenceOf(fact, expected);
    const difference =
      wrongOutcome(fact, expected) ?? resultDifference(fact, payload.result, expected);
    return difference ?? recorded;
  }

  private count(fact: RecordedYearFact): void {
    this.tally.decided += 1;
    const { period } = fact.payload.inputs;
    if (fact.type === 'SettlementReversed.v1') {
      this.post(period, fact.payload.result.postings);
      return;
    }
    const { settlements } = fact.payload.result;
    this.tally.add('rows settlement', BigInt(settlements.length));
    for (const { postings } of settlements) this.post(period, postings);
  }

  private post(period: string, postings: readonly RecordedPosting[]): void {
    for (const { account, amountFen } of postings) {
      this.tally.add(`balance ${period} ${account}`, BigInt(amountFen));
    }
  }
}

const placeOf = ({ stream, version }: StoredFact) => ({ stream, version });

/**
 * The usual case at half the price: decides from command and inputs, and where the payload ends with exactly that result,
 * takes the result as decided. Undefined for everything else.
 */
function againFromHead(year: YearReplay, fact: StoredFact): RecordedYearFact | undefined {
  const head = headOf(fact.payload);
  const recorded = head && yearFactOf(fact.type, head);
  if (head === undefined || recorded === undefined) return undefined;
  const result = year.decideAgain(recorded);
  if (isReplayFault(result) || 'refused' in result) return undefined;
  if (!endsWithResult(fact.payload, head, result)) return undefined;
  return yearFactOf(fact.type, { command: head.command, inputs: head.inputs, result });
}

/** A fact that settles or reverses where the rules would have refused. */
function wrongOutcome(fact: StoredFact, expected: object): Difference | undefined {
  if (!('refused' in expected)) return undefined;
  const refused = String(expected.refused);
  return { ...placeOf(fact), what: 'its outcome', expected: refused, found: fact.type };
}

const rowsOf = (stream: string, year: YearReplay): readonly (readonly Cell[])[] =>
  [...year.settlements].map((each) => rowOf(each));

function rowOf({ version, part, fact, reversalNo }: ReplayedSettlement): readonly Cell[] {
  const { command, inputs, result } = fact;
  const settled = result.settlements[part];
  if (settled === undefined) return [];
  return [
    settled.settlementNo,
    version,
    part,
    result.visitGroupNo,
    command.careCity,
    command.institutionCode,
    command.visitNo,
    command.insuredCity,
    result.insurance,
    settled.diseaseCode,
    parseInstant(command.settledAt),
    inputs.period,
    amountsOf(settled),
    reversalNo,
  ];
}

/**
 * The amounts of a settlement as its row keeps them. Read field by field: spreading them into one object costs a third of
 * what deciding costs.
 */
function amountsOf(settled: SettledPart): string {
  const { totals, payments } = settled;
  let text = '';
  for (const field of AMOUNT_FIELDS) {
    const holder = field in totals ? totals : field in payments ? payments : settled;
    text += `${text === '' ? '' : ','}${String(Reflect.get(holder, field))}`;
  }
  return text;
}
