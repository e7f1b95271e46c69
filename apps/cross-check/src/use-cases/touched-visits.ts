import type { Transaction } from '@lib/journal';
import {
  type BoxSales,
  findAlike,
  keepSales,
  keepVisits,
  loadVisits,
  markReversed,
  type VisitRow,
} from '../storage/visits';
import { boxesOf, boxQuestion, type MarkedQuestion, type Question, questionsOf } from './questions';
import type { SettlementBatch } from './settlement-batch';
import { recordOf, type StandingVisit, standingOf, type VisitRecord } from './visit-record';

/** What a batch touched: the questions that its visits raise, and what reversals took back. */
export interface Touched {
  readonly questions: readonly MarkedQuestion[];
  readonly boxes: readonly BoxSales[];
  readonly takenBack: readonly VisitRecord[];
}

/** A question with the visits that may have to do with it. */
export interface Candidate {
  readonly question: Question;
  readonly visitGroupNos: readonly string[];
}

/**
 * Keeps the visits, sales and reversals of a batch. The boxes are locked first: a sale and the reversal of another sale
 * of the same box, handled elsewhere at the same time, see each other.
 */
export async function keepBatch(tx: Transaction, batch: SettlementBatch): Promise<Touched> {
  const records = batch.settled.map(({ settled, stream, version }) =>
    recordOf(settled, { stream, version }),
  );
  const own = new Map(records.map((record) => [record.visitGroupNo, record]));
  const groups = [...new Set(batch.reversed.map(({ result }) => result.visitGroupNo))];
  const earlier = await loadVisits(
    tx,
    groups.filter((group) => !own.has(group)),
  );
  const takenBack = [
    ...earlier.map(({ record }) => JSON.parse(record) as VisitRecord),
    ...groups.flatMap((group) => own.get(group) ?? []),
  ];
  const boxes = await keepSales(tx, salesOf(records, takenBack));
  const questions = records.map(questionsOf);
  await keepVisits(
    tx,
    records.map((record, index) => rowOf(record, questions[index] ?? [])),
  );
  await markReversed(
    tx,
    batch.reversed.map(({ result }) => result),
  );
  return { questions: [...questions.flat(), ...takenBack.flatMap(questionsOf)], boxes, takenBack };
}

/** New sales by box; a box of a reversed sale is named without a new one. */
function salesOf(
  records: readonly VisitRecord[],
  takenBack: readonly VisitRecord[],
): ReadonlyMap<string, readonly string[]> {
  const sales = new Map<string, string[]>();
  for (const record of records) {
    for (const code of boxesOf(record)) {
      const visits = sales.get(code);
      if (visits === undefined) sales.set(code, [record.visitGroupNo]);
      else visits.push(record.visitGroupNo);
    }
  }
  for (const record of takenBack) {
    for (const code of boxesOf(record)) if (!sales.has(code)) sales.set(code, []);
  }
  return sales;
}

function rowOf(record: VisitRecord, marks: readonly MarkedQuestion[]): VisitRow {
  const markOf = (kind: MarkedQuestion['kind']): bigint[] =>
    marks.filter((each) => each.kind === kind).map(({ mark }) => mark);
  return {
    visitGroupNo: record.visitGroupNo,
    invoiceMark: markOf('invoice')[0],
    linesMark: markOf('lines')[0] ?? 0n,
    supplyMarks: markOf('supply'),
    careCity: record.careCity,
    record: JSON.stringify(record),
  };
}

/** The questions that more than one visit could answer: of a single visit there is nothing to suspect or to withdraw. */
export async function candidatesOf(
  tx: Transaction,
  { questions, boxes }: Touched,
): Promise<readonly Candidate[]> {
  const byMark = new Map(questions.map((each) => [keyOf(each.kind, each.mark), each]));
  const marksOf = (kind: MarkedQuestion['kind']): bigint[] =>
    [...byMark.values()].filter((each) => each.kind === kind).map(({ mark }) => mark);
  const alike = await findAlike(tx, {
    invoice: marksOf('invoice'),
    lines: marksOf('lines'),
    supply: marksOf('supply'),
  });
  const candidates: Candidate[] = [];
  for (const { kind, mark, visitGroupNos } of alike) {
    const question = byMark.get(keyOf(kind, mark));
    if (question !== undefined) candidates.push({ question, visitGroupNos });
  }
  for (const { code, visitGroupNos } of boxes) {
    candidates.push({ question: boxQuestion(code), visitGroupNos });
  }
  return candidates;
}

const keyOf = (kind: string, mark: bigint): string => `${kind} ${mark}`;

/** The visits of these numbers that are not wholly reversed, by number. */
export async function standingVisits(
  tx: Transaction,
  visitGroupNos: readonly string[],
): Promise<ReadonlyMap<string, StandingVisit>> {
  const standing = new Map<string, StandingVisit>();
  for (const { visitGroupNo, reversed, record } of await loadVisits(tx, visitGroupNos)) {
    const visit = standingOf(JSON.parse(record) as VisitRecord, reversed);
    if (visit !== undefined) standing.set(visitGroupNo, visit);
  }
  return standing;
}
