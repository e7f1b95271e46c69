import {
  type Change,
  decideChange,
  type EnrolmentFact,
  type EnrolmentReference,
  refuseUnknown,
  withInputs,
} from '@domain/enrolment';
import { formatInstant, type Instant, isRefusal, type Refusal } from '@domain/kernel';
import { type Caller, holdsCity } from '@lib/contracts';
import type { Actor, CommandKey, Transaction, UnitOfWork } from '@lib/journal';
import { keepContribution } from '../storage/contributions';
import { type Entitlement, findEntitlement, keepEntitlements } from '../storage/entitlements';
import { type NumberQuestion, ownerOf, ownersOf } from '../storage/persons';

import { answerOfKey, type ChangeAnswer, VERSIONS } from './outcome';
import { PersonLedger, recordRefusal } from './person-ledger';
import { personStream } from './streams';

export type { Change } from '@domain/enrolment';

export interface ChangeRequest {
  readonly key: CommandKey;
  readonly actor: Actor;
  readonly caller: Caller;
  readonly change: Change;
  /** The person's number as hashed by every key in use, where the change names one. */
  readonly number?: NumberQuestion;
}

export interface ChangeDependencies {
  readonly work: UnitOfWork;
  readonly reference: EnrolmentReference;
  readonly now: () => Instant;
}

interface Place {
  readonly personKey: string;
  readonly insuredCity: string;
}

/** The city of refusals about an id that nobody knows. */
const NO_CITY = '000000';
const NOT_OWN: Refusal = { refused: 'edge.not-own' };
/** Changes what a known person holds: qualifications, filings, contributions. One transaction each. */
export class ChangePerson {
  constructor(private readonly dependencies: ChangeDependencies) {}

  /**
   * The outcome, or a refusal without trace for a person who names somebody else. Another city's filing or qualification is
   * answered as if there were none.
   */
  execute(request: ChangeRequest): Promise<ChangeAnswer> {
    const { work } = this.dependencies;
    return work.run(async (tx) => {
      const [lookup] = await work.lookUp([request.key], tx);
      const known = answerOfKey(lookup);
      if (known !== undefined) return known;
      const place = await findPlace(tx, request);
      const { caller } = request;
      if (caller.role === 'person' && caller.personKey !== place?.personKey) return NOT_OWN;
      const foreign = place !== undefined && !mayChange(caller, place);
      return place === undefined || foreign
        ? this.refuse(tx, request, refuseUnknown(request.change.kind))
        : this.decide(tx, request, place);
    });
  }

  private async decide(
    tx: Transaction,
    request: ChangeRequest,
    { personKey, insuredCity }: Place,
  ): Promise<ChangeAnswer> {
    const { reference, now } = this.dependencies;
    const { change, actor, key } = request;
    const at = now();
    const ledger = await PersonLedger.lock(tx, [personKey], at);
    const coverage = ledger.coverageOf(personKey);
    const base = { ...VERSIONS, decidedAt: formatInstant(at), personKey };
    const asked = withInputs(change, base, reference);
    const { kind, command, inputs } = asked;
    const decided = decideChange(coverage, asked);
    if (isRefusal(decided)) {
      const person = { stream: personStream(personKey), version: coverage?.version ?? 0 };
      const refused = {
        insuredCity,
        command: { kind, ...command },
        inputs: { ...inputs, person },
        refusal: decided,
      };
      return recordRefusal(tx, refused, { actor, key, at });
    }
    const version = ledger.append({ fact: decided, command, inputs }, { actor, key });
    ledger.saveStates();
    await keepAside(tx, decided, version);
    return { type: decided.type, result: decided.result, replayed: false };
  }

  private refuse(tx: Transaction, request: ChangeRequest, refusal: Refusal): ChangeAnswer {
    const { actor, key, change, number } = request;
    const at = this.dependencies.now();
    const command = { kind: change.kind, ...change.command };
    const inputs = { ...VERSIONS, decidedAt: formatInstant(at) };
    const insuredCity = number?.insuredCity ?? NO_CITY;
    return recordRefusal(tx, { insuredCity, command, inputs, refusal }, { actor, key, at });
  }
}

async function findPlace(
  tx: Transaction,
  { change, number }: ChangeRequest,
): Promise<Place | undefined> {
  if (change.kind === 'end') {
    return findEntitlement(tx, 'qualification', change.command.qualificationId);
  }
  if (change.kind === 'cancel') return findEntitlement(tx, 'filing', change.command.filingId);
  if (number === undefined) return undefined;
  const personKey = ownerOf(await ownersOf(tx, [number]), number);
  return personKey === undefined ? undefined : { personKey, insuredCity: number.insuredCity };
}

/** Persons change their own filings, wherever they are insured; others act for the insured city. */
const mayChange = (caller: Caller, { personKey, insuredCity }: Place): boolean =>
  caller.role === 'person' ? caller.personKey === personKey : holdsCity(caller, insuredCity);

/** What is asked for by id or month besides the person's folded state. */
async function keepAside(tx: Transaction, fact: EnrolmentFact, version: number): Promise<void> {
  if (fact.type === 'ContributionPosted.v1') {
    await keepContribution(tx, fact.result, version);
    return;
  }
  await keepEntitlements(tx, entitlementsOf(fact));
}

/** The ids that a fact gives out. */
export function entitlementsOf(fact: EnrolmentFact): readonly Entitlement[] {
  const { personKey, insuredCity } = fact.result;
  if (fact.type === 'QualificationGranted.v1') {
    const { qualificationId: id } = fact.result;
    return [{ id, kind: 'qualification', personKey, insuredCity }];
  }
  if (fact.type === 'FilingMade.v1') {
    return [{ id: fact.result.filingId, kind: 'filing', personKey, insuredCity }];
  }
  return [];
}
