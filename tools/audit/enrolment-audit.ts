import {
  coverageToWire,
  type EnrolmentFact,
  PersonReplay,
  type RecordedPersonFact,
  type RecordedRefusal,
} from '@domain/enrolment';
import { formatInstant, type Instant } from '@domain/kernel';
import type { AuditedStream, StoredFact } from '@lib/journal';
import type { Client } from 'pg';
import type { Difference } from './difference';
import {
  type Judge,
  judged,
  type ParsedPayload,
  resultDifference,
  type ServiceAudit,
  stateDifference,
  Tally,
} from './judge';
import { JudgeKinds } from './judge-kinds';
import { JudgeRefusals, type RefusalRules } from './judge-refusals';
import { type Cell, RowCheck, type TableShape } from './row-check';
import { type Fold, foldStreams } from './stream-history';
import { keyDifference, numberDifference, rowCountDifference } from './tables';

/** enrolment-query: persons and refusals; what was given out and paid. Reads of a person (`access`) decide nothing. */
export const enrolmentAudit: ServiceAudit = {
  before: () => Promise.resolve(undefined),
  judge: (client) =>
    Promise.resolve(
      new JudgeKinds(
        new Map<string, Judge>([
          ['person', new JudgePersons(client)],
          ['refusals', new JudgeRefusals(client, REFUSALS)],
        ]),
      ),
    ),
  after: async (client, tally) =>
    (await rowCountDifference(client, tally, ['contribution', 'entitlement'])) ??
    (await numberDifference(client)) ??
    (await keyDifference(client)),
};

const PERSON = 'person/';

const fold: Fold<PersonReplay> = {
  start: () => new PersonReplay(),
  next: (person, { type, payload, recordedAt }) => {
    foldFact(person, recordedOf(type, payload as ParsedPayload), recordedAt);
  },
};

const recordedOf = (type: string, payload: ParsedPayload): RecordedPersonFact =>
  ({ type, ...payload }) as RecordedPersonFact;

function foldFact(person: PersonReplay, fact: RecordedPersonFact, at: Instant): void {
  person.fold(fact, formatInstant(at));
}

const REFUSALS: RefusalRules<PersonReplay> = {
  fold,
  decidedFrom: ({ inputs }) => (inputs as RecordedRefusal['inputs']).person,
  judge: (fact, payload, person) => {
    const { stream, version, type } = fact;
    if (type !== 'EnrolmentRefused.v1') return { stream, version, what: 'its type' };
    const expected = person.refuseAgain(payload as RecordedRefusal);
    if (expected === undefined) {
      return { stream, version, what: 'its outcome', expected: 'accepted', found: type };
    }
    return resultDifference(fact, payload.result, expected);
  },
};

const CONTRIBUTIONS: TableShape = {
  table: 'contribution',
  key: 'person_key',
  stream: `'person/' || person_key`,
  order: 'version',
  columns: [
    { name: 'version', figure: true },
    { name: 'insured_city' },
    { name: 'month', figure: true },
    { name: 'base_fen', figure: true },
    { name: 'amount_fen', figure: true },
    { name: 'account_credit_fen', figure: true },
    { name: 'payer' },
  ],
};

const ENTITLEMENTS: TableShape = {
  table: 'entitlement',
  key: 'person_key',
  stream: `'person/' || person_key`,
  order: 'id',
  columns: [{ name: 'id' }, { name: 'kind' }, { name: 'insured_city' }],
};

/** Persons: decided again, folded again, and compared with their heads and with what was given out and paid. */
class JudgePersons implements Judge {
  readonly tally = new Tally();
  private readonly contributions: RowCheck;
  private readonly entitlements: RowCheck;

  constructor(private readonly client: Client) {
    this.contributions = new RowCheck(client, CONTRIBUTIONS);
    this.entitlements = new RowCheck(client, ENTITLEMENTS);
  }

  async stream(audited: AuditedStream): Promise<Difference | undefined> {
    const { facts, head, whole } = audited;
    const person = await this.personBefore(audited);
    const rows = new PersonRows();
    for (const fact of facts) {
      const difference = this.fact(person, fact, rows);
      if (difference !== undefined) return difference;
    }
    if (head === undefined || head.version !== facts.at(-1)?.version) return undefined;
    const { coverage } = person;
    const state = coverage && JSON.stringify(coverageToWire(coverage));
    const difference = stateDifference(audited, state);
    if (difference !== undefined || !whole) return difference;
    return this.rowsDifference(head, rows);
  }

  async end(): Promise<Difference | undefined> {
    return (await this.contributions.flush()) ?? (await this.entitlements.flush());
  }

  private async personBefore({ stream, facts }: AuditedStream): Promise<PersonReplay> {
    const version = (facts[0]?.version ?? 1) - 1;
    if (version === 0) return new PersonReplay();
    const at = [{ stream, version }];
    const person = await foldStreams(this.client, at, fold, (_at, folded) => folded);
    return person ?? new PersonReplay();
  }

  private fact(person: PersonReplay, fact: StoredFact, rows: PersonRows): Difference | undefined {
    return judged(fact, (payload) => {
      const { stream, version } = fact;
      const recorded = recordedOf(fact.type, payload);
      if (`${PERSON}${recorded.result.personKey}` !== stream) {
        return { stream, version, what: 'result.personKey' };
      }
      const expected = person.decideAgain(recorded);
      const difference = resultDifference(fact, payload.result, expected);
      if (difference !== undefined) return difference;
      this.tally.decided += 1;
      foldFact(person, recorded, fact.recordedAt);
      rows.add(recorded as EnrolmentFact, version);
      return undefined;
    });
  }

  private async rowsDifference(
    head: { readonly stream: string; readonly version: number },
    { contributions, entitlements }: PersonRows,
  ): Promise<Difference | undefined> {
    const { stream, version } = head;
    this.tally.add('rows contribution', BigInt(contributions.length));
    this.tally.add('rows entitlement', BigInt(entitlements.length));
    const key = stream.slice(PERSON.length);
    const place = { stream, version };
    return (
      (await this.contributions.expect(key, place, contributions)) ??
      (await this.entitlements.expect(key, place, entitlements.sort(byId)))
    );
  }
}

/** In the order of the bytes, as the table's collation has it. */
const byId = ([a = '']: readonly string[], [b = '']: readonly string[]): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What is kept beside a person's state, as the facts give it. */
class PersonRows {
  readonly contributions: (readonly Cell[])[] = [];
  readonly entitlements: (readonly string[])[] = [];

  add(fact: EnrolmentFact, version: number): void {
    const { insuredCity } = fact.result;
    if (fact.type === 'ContributionPosted.v1') {
      const { month, baseFen, amountFen, accountCreditFen, payer } = fact.result;
      const amounts = [baseFen, amountFen, accountCreditFen ?? 0];
      this.contributions.push([version, insuredCity, month, ...amounts, payer]);
    }
    if (fact.type === 'QualificationGranted.v1') {
      this.entitlements.push([fact.result.qualificationId, 'qualification', insuredCity]);
    }
    if (fact.type === 'FilingMade.v1') {
      this.entitlements.push([fact.result.filingId, 'filing', insuredCity]);
    }
  }
}
