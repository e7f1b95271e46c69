import {
  type Accepted,
  decideRegistration,
  type EnrolmentReference,
  recordedRegistration,
} from '@domain/enrolment';
import { formatInstant, type Instant, type Refusal } from '@domain/kernel';
import type { Transaction, UnitOfWork } from '@lib/journal';
import { keepEntitlements } from '../storage/entitlements';
import {
  numberKey,
  ownerOf,
  ownersOf,
  releaseReserved,
  renewNumbers,
  reserveNumbers,
  reservePersons,
} from '../storage/persons';
import { entitlementsOf } from './change-person';
import { answerOfKey, type ChangeAnswer, VERSIONS } from './outcome';
import { PersonLedger, recordRefusal } from './person-ledger';
import type { Registration } from './registration';
import { personStream } from './streams';

export interface RegisterDependencies {
  readonly work: UnitOfWork;
  readonly reference: EnrolmentReference;
  readonly now: () => Instant;
}

/** A registration whose person is found or has been given a key. */
interface Found {
  readonly registration: Registration;
  readonly place: number;
  readonly personKey: string;
}

/** What was taken for the registrations of a batch before they were decided. */
interface Reserved {
  readonly found: readonly Found[];
  readonly owners: ReadonlyMap<string, string>;
  readonly freshPersons: ReadonlySet<string>;
  /** The registration that took a number, by city and hash. */
  readonly freshNumbers: ReadonlyMap<string, number>;
}

/** Registers persons and changes enrolments, a batch in one transaction; each has its own outcome, in order. */
export class RegisterPersons {
  constructor(private readonly dependencies: RegisterDependencies) {}

  execute(registrations: readonly Registration[]): Promise<readonly ChangeAnswer[]> {
    const { work } = this.dependencies;
    return work.run(async (tx) => {
      const lookups = await work.lookUp(
        registrations.map(({ key }) => key),
        tx,
      );
      const answers = new Map<number, ChangeAnswer>();
      for (const [place, lookup] of lookups.entries()) {
        const known = answerOfKey(lookup);
        if (known !== undefined) answers.set(place, known);
      }
      const waiting = registrations
        .map((registration, place) => ({ registration, place }))
        .filter(({ place }) => !answers.has(place));
      if (waiting.length > 0) await this.register(tx, waiting, answers);
      return registrations.map((_registration, place) => answerAt(answers, place));
    });
  }

  private async register(
    tx: Transaction,
    waiting: readonly Omit<Found, 'personKey'>[],
    answers: Map<number, ChangeAnswer>,
  ): Promise<void> {
    const reserved = await reserve(tx, waiting);
    const at = this.dependencies.now();
    const personKeys = [...new Set(reserved.found.map(({ personKey }) => personKey))];
    const ledger = await PersonLedger.lock(tx, personKeys, at);
    const accepted: Found[] = [];
    const given: Accepted[] = [];
    for (const one of reserved.found) {
      const decided = this.decide(one, reserved, ledger, at);
      if ('refusal' in decided) answers.set(one.place, refuse(tx, one, decided, at));
      else {
        answers.set(one.place, append(ledger, one, decided));
        accepted.push(one);
        given.push(...decided);
      }
    }
    ledger.saveStates();
    await keepEntitlements(
      tx,
      given.flatMap(({ fact }) => entitlementsOf(fact)),
    );
    await settleReservations(tx, reserved, accepted);
  }

  private decide(one: Found, { owners }: Reserved, ledger: PersonLedger, at: Instant) {
    const { registration, personKey } = one;
    const { number, candidates } = registration;
    const coverage = ledger.coverageOf(personKey);
    const numberOwner = ownerOf(owners, { insuredCity: number.insuredCity, candidates });
    const inputs = {
      ...VERSIONS,
      decidedAt: formatInstant(at),
      personKey,
      ...(numberOwner === undefined ? {} : { numberOwner }),
    };
    const { reference } = this.dependencies;
    const decided = decideRegistration(registration, coverage, inputs, reference);
    if (!('refusal' in decided)) return decided;
    const person = { stream: personStream(personKey), version: coverage?.version ?? 0 };
    return { ...decided, inputs: { ...decided.inputs, person } };
  }
}

function answerAt(answers: ReadonlyMap<number, ChangeAnswer>, place: number): ChangeAnswer {
  const answer = answers.get(place);
  if (answer === undefined) throw new Error('a registration was left without an answer');
  return answer;
}

/** Takes keys and numbers for a batch; the first registration to name one has it. Locks in the order of hashes. */
async function reserve(
  tx: Transaction,
  waiting: readonly Omit<Found, 'personKey'>[],
): Promise<Reserved> {
  const { keys, fresh } = await reservePersons(
    tx,
    waiting.map(({ registration }) => ({
      certificate: registration.certificate,
      personKey: registration.proposedPersonKey,
    })),
  );
  const found = waiting.map(({ registration, place }) => {
    const personKey = keys.get(registration.certificate.hash);
    if (personKey === undefined) throw new Error('a certificate was kept for nobody');
    return { registration, place, personKey };
  });
  const taken = await reserveNumbers(
    tx,
    found.map(({ registration, personKey }) => ({ number: registration.number, personKey })),
  );
  const freshNumbers = new Map<string, number>();
  for (const { registration, place } of found) {
    const key = numberKey(registration.number);
    if (taken.has(key) && !freshNumbers.has(key)) freshNumbers.set(key, place);
  }
  const owners = await ownersOf(
    tx,
    found.map(({ registration }) => ({
      insuredCity: registration.number.insuredCity,
      candidates: registration.candidates,
    })),
  );
  return { found, owners, freshPersons: fresh, freshNumbers };
}

function append(
  ledger: PersonLedger,
  { registration }: Found,
  accepted: readonly Accepted[],
): ChangeAnswer {
  const { actor, key } = registration;
  const [enrolment, ...others] = accepted;
  if (enrolment === undefined) throw new Error('a registration without an enrolment');
  ledger.append(enrolment, { actor, key });
  for (const other of others) ledger.append(other, { actor });
  return { type: enrolment.fact.type, result: enrolment.fact.result, replayed: false };
}

function refuse(
  tx: Transaction,
  { registration }: Found,
  { inputs, refusal }: { readonly inputs: object; readonly refusal: Refusal },
  at: Instant,
): ChangeAnswer {
  const { actor, key } = registration;
  const { insuredCity } = registration.command;
  const whole = { kind: 'register', ...recordedRegistration(registration) };
  return recordRefusal(tx, { insuredCity, command: whole, inputs, refusal }, { actor, key, at });
}

/** Names follow the newest registration; what was reserved for refused ones is given back. */
async function settleReservations(
  tx: Transaction,
  reserved: Reserved,
  accepted: readonly Found[],
): Promise<void> {
  const { freshNumbers, freshPersons, found } = reserved;
  const kept = new Set(accepted.map(({ registration }) => numberKey(registration.number)));
  const persons = new Set(accepted.map(({ personKey }) => personKey));
  await renewNumbers(
    tx,
    accepted
      .filter(
        ({ registration, place }) => freshNumbers.get(numberKey(registration.number)) !== place,
      )
      .map(({ registration }) => registration.number),
  );
  const idle = found
    .map(({ registration }) => registration.number)
    .filter((number) => freshNumbers.has(numberKey(number)) && !kept.has(numberKey(number)));
  await releaseReserved(
    tx,
    [...freshPersons].filter((personKey) => !persons.has(personKey)),
    idle,
  );
}
