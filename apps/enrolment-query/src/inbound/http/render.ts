import { problemOf, raw, type RawAnswer, refuse } from '@lib/edge';
import { type ChangeAnswer, isOutcome, type Outcome, REFUSED } from '../../use-cases/outcome';

const CREATED = 201;
const OK = 200;
const REPLAYED = { 'idempotency-replayed': 'true' };

/** What the caller reads: rendered from the recorded result alone, so that a repeat is the first answer byte for byte. */
export function rendered(answer: ChangeAnswer): RawAnswer {
  if (!isOutcome(answer)) return refuse(answer);
  const { status, json } = answered(answer);
  return answer.replayed ? raw(status, json, REPLAYED) : raw(status, json);
}

function answered({ type, result }: Outcome): { readonly status: number; readonly json: string } {
  if (type === REFUSED) return problemOf(refusalOf(result));
  switch (type) {
    case 'EnrolmentChanged.v1':
      return { status: CREATED, json: JSON.stringify(pick(result, 'personKey')) };
    case 'ContributionPosted.v1':
      return { status: CREATED, json: JSON.stringify(pick(result, 'personKey', 'month')) };
    case 'QualificationGranted.v1':
      return { status: CREATED, json: withId(result, 'qualificationId') };
    case 'FilingMade.v1':
      return { status: CREATED, json: withId(result, 'filingId') };
    case 'QualificationEnded.v1':
      return { status: OK, json: withId(result, 'qualificationId') };
    case 'FilingCancelled.v1':
      return { status: OK, json: withId(result, 'filingId') };
    default:
      throw new Error(`a fact without an answer: ${type}`);
  }
}

const refusalOf = (result: object) => ({ refused: 'enrolment.refused', ...result });

const pick = (result: object, ...fields: readonly string[]): object =>
  Object.fromEntries(Object.entries(result).filter(([name]) => fields.includes(name)));

/** The result with its id named `id`, as the routes name it. */
function withId(result: object, idField: string): string {
  const { [idField]: id, ...rest } = result as Readonly<Record<string, unknown>>;
  return JSON.stringify({ id, ...rest });
}
