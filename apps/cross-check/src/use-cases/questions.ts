import { hash } from 'node:crypto';
import { type Check, type CheckKind, ingredientOf } from '@domain/screening';
import {
  saleOf,
  settledVisitOf,
  type StandingVisit,
  supplyOf,
  type VisitRecord,
} from './visit-record';

/** One question about everything known of a subject, by the visits that may have to do with it. */
export interface Question {
  readonly kind: CheckKind;
  readonly subject: string;
  /** What the visits share: an invoice number, a fingerprint, an ingredient, a trace code. */
  readonly shared: string;
  readonly personKey: string;
}

/** A question about marks, asked of the store: an equal mark is a reason to look. */
export interface MarkedQuestion extends Question {
  readonly kind: Exclude<CheckKind, 'trace-code'>;
  readonly mark: bigint;
}

/** The questions that a visit raises about its person. */
export function questionsOf(record: VisitRecord): readonly MarkedQuestion[] {
  const questions: MarkedQuestion[] = [marked('lines', record.personKey, record.fingerprint)];
  if (record.invoiceNo !== undefined) {
    questions.push(marked('invoice', record.personKey, record.invoiceNo));
  }
  for (const ingredient of ingredientsOf(record)) {
    questions.push(marked('supply', record.personKey, ingredient));
  }
  return questions;
}

/** The boxes that a visit sold. */
export const boxesOf = (record: VisitRecord): ReadonlySet<string> =>
  new Set(record.lines.flatMap(({ traceCodes }) => traceCodes ?? []));

function ingredientsOf(record: VisitRecord): ReadonlySet<string> {
  const ingredients = new Set<string>();
  for (const { itemCode, supplyDays } of record.lines) {
    const ingredient = supplyDays === undefined ? undefined : ingredientOf(itemCode);
    if (ingredient !== undefined) ingredients.add(ingredient);
  }
  return ingredients;
}

function marked(kind: MarkedQuestion['kind'], personKey: string, shared: string): MarkedQuestion {
  const subject = `${personKey}|${shared}`;
  return { kind, subject, shared, personKey, mark: markOf(`${kind}|${subject}`) };
}

/** The question about a box, whoever bought it. */
export const boxQuestion = (code: string): Question => ({
  kind: 'trace-code',
  subject: code,
  shared: code,
  personKey: '',
});

/** Eight bytes of a hash, as the signed integer that the store keeps. */
const markOf = (text: string): bigint =>
  Buffer.from(hash('sha256', text, 'hex').slice(0, 16), 'hex').readBigInt64BE();

/** The check that answers a question from the visits that stand. Visits that only share the mark are left out. */
export function checkOf(
  question: Question,
  visits: readonly StandingVisit[],
  graceDays: number,
): Check {
  const { kind, shared } = question;
  const own = (visit: StandingVisit): boolean => visit.record.personKey === question.personKey;
  switch (kind) {
    case 'invoice':
      return {
        kind,
        considered: visits
          .filter((visit) => own(visit) && visit.record.invoiceNo === shared)
          .map(settledVisitOf),
      };
    case 'lines':
      return {
        kind,
        considered: visits
          .filter((visit) => own(visit) && visit.record.fingerprint === shared)
          .map(settledVisitOf),
      };
    case 'supply':
      return {
        kind,
        graceDays,
        considered: visits.filter(own).flatMap((visit) => supplyOf(visit, shared) ?? []),
      };
    case 'trace-code':
      return { kind, considered: visits.flatMap((visit) => saleOf(visit, shared) ?? []) };
  }
}
