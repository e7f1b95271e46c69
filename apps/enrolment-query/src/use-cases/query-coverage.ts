import {
  answerCoverage,
  type Coverage,
  type CoverageAnswer,
  type CoverageAsker,
  type EnrolmentReference,
  isInsuredBy,
  maskName,
  refuseUnknown,
} from '@domain/enrolment';
import { type CivilDate, formatInstant, type Instant, type Refusal } from '@domain/kernel';
import { type Caller, type CoverageRead, holdsCity } from '@lib/contracts';
import type { Actor, Pool, UnitOfWork } from '@lib/journal';
import { contributionMonths } from '../storage/contributions';
import { readCoverage, readCoverageKnownAt } from '../storage/person-streams';
import {
  type NumberQuestion,
  ownerOf,
  ownersOf,
  personOfCertificate,
  sealedNameOf,
} from '../storage/persons';
import { VERSIONS } from './outcome';
import { recordRefusal } from './person-ledger';
import { accessStream, personStream } from './streams';

export interface CoverageQuery {
  readonly caller: Caller;
  readonly actor: Actor;
  readonly insuredCity: string;
  /** The person by number, or by the hash of a certificate. */
  readonly person:
    | { readonly by: 'personNo'; readonly number: NumberQuestion }
    | { readonly by: 'certificate'; readonly hash: string };
  readonly on: CivilDate;
  /** As it was known at this moment, and as the caller wrote it. */
  readonly knownAt?: Instant;
  readonly knownOn?: string;
  readonly diseaseCode?: string;
  readonly purpose: string;
  readonly reference?: string;
}

export interface CoverageReply extends CoverageAnswer {
  readonly personKey: string;
  readonly name: string;
  readonly knownOn?: string;
  readonly contributionMonths: readonly string[];
  readonly asOf: string;
}

export interface QueryDependencies {
  readonly work: UnitOfWork;
  readonly pool: Pool;
  readonly reference: EnrolmentReference;
  readonly now: () => Instant;
  /** Opens a name that `storage` keeps sealed. */
  readonly openName: (
    insuredCity: string,
    sealed: { readonly hash: string; readonly name: string },
  ) => string;
}

const NOT_OWN: Refusal = { refused: 'edge.not-own' };

/** 参保缴费信息跨省查询: answers what covers a person on a day, and keeps who asked and why before it answers. */
export class QueryCoverage {
  constructor(private readonly dependencies: QueryDependencies) {}

  /** Refuses `enrolment.person-unknown`, also where the city never insured the person, and `edge.not-own` without trace. */
  async execute(query: CoverageQuery): Promise<CoverageReply | Refusal> {
    const personKey = await this.find(query);
    const { caller, insuredCity } = query;
    if (caller.role === 'person' && caller.personKey !== personKey) return NOT_OWN;
    const coverage = await this.coverageOf(query, personKey);
    if (!isInsuredBy(coverage, insuredCity)) return this.refuse(query);
    const asker = askerOf(query);
    const { withheldDiseases } = this.dependencies.reference.parameters;
    const answer = answerCoverage(coverage, query, asker, withheldDiseases);
    const { personKey: key, version, asOf } = coverage;
    const [name, months] = await Promise.all([
      this.nameOf(key, insuredCity, asker),
      contributionMonths(this.dependencies.pool, { personKey: key, insuredCity, version }),
    ]);
    await this.keepAccess(query, coverage, Object.keys(answer));
    return {
      personKey: key,
      name,
      ...answer,
      ...(query.knownOn === undefined ? {} : { knownOn: query.knownOn }),
      contributionMonths: months,
      asOf,
    };
  }

  private async find({ person }: CoverageQuery): Promise<string | undefined> {
    const { pool } = this.dependencies;
    if (person.by === 'certificate') return personOfCertificate(pool, person.hash);
    return ownerOf(await ownersOf(pool, [person.number]), person.number);
  }

  private async coverageOf(
    { knownAt }: CoverageQuery,
    personKey: string | undefined,
  ): Promise<Coverage | undefined> {
    const { pool } = this.dependencies;
    if (personKey === undefined) return undefined;
    return knownAt === undefined
      ? readCoverage(pool, personKey)
      : readCoverageKnownAt(pool, personKey, knownAt);
  }

  private async nameOf(personKey: string, insuredCity: string, asker: CoverageAsker) {
    const { pool, openName } = this.dependencies;
    const sealed = await sealedNameOf(pool, personKey, insuredCity);
    if (sealed === undefined) return '';
    const name = openName(insuredCity, sealed);
    return asker.own ? name : maskName(name);
  }

  private keepAccess(
    query: CoverageQuery,
    { personKey, version }: Coverage,
    shown: readonly string[],
  ): Promise<void> {
    const { work, now } = this.dependencies;
    const at = now();
    const read: CoverageRead = {
      command: commandOf(query),
      inputs: {
        decidedAt: formatInstant(at),
        person: { stream: personStream(personKey), version },
      },
      result: { personKey, shown },
    };
    return work.run((tx) => {
      tx.append({
        stream: accessStream(personKey),
        type: 'CoverageRead.v1',
        payload: JSON.stringify(read),
        actor: query.actor,
        recordedAt: at,
      });
      return Promise.resolve();
    });
  }

  private refuse(query: CoverageQuery): Promise<Refusal> {
    const { work, now } = this.dependencies;
    const at = now();
    const refusal = refuseUnknown('query');
    const { person, insuredCity } = query;
    // Of a number its hash is kept; the hash of a certificate goes nowhere.
    const hash = person.by === 'personNo' ? person.number.candidates[0] : undefined;
    const command = {
      kind: 'query',
      ...commandOf(query),
      ...(hash === undefined ? {} : { personNoHash: hash }),
    };
    const inputs = { ...VERSIONS, decidedAt: formatInstant(at) };
    return work.run((tx) => {
      recordRefusal(tx, { insuredCity, command, inputs, refusal }, { actor: query.actor, at });
      return Promise.resolve(refusal);
    });
  }
}

function commandOf(query: CoverageQuery): CoverageRead['command'] {
  const { insuredCity, person, on, knownOn, diseaseCode, purpose, reference } = query;
  return {
    insuredCity,
    by: person.by,
    on,
    ...(knownOn === undefined ? {} : { knownOn }),
    ...(diseaseCode === undefined ? {} : { diseaseCode }),
    purpose,
    ...(reference === undefined ? {} : { reference }),
  };
}

/** The insured city's agency and system see all of its own; withheld diseases are for the agency and the person alone. */
function askerOf({ caller, insuredCity }: CoverageQuery): CoverageAsker {
  // A person got here by being the one asked about.
  if (caller.role === 'person') return { own: true, seesWithheld: true, holds: () => true };
  const own = holdsCity(caller, insuredCity);
  return {
    own,
    seesWithheld: own && caller.role === 'agency',
    holds: (city) => holdsCity(caller, city),
  };
}
