import {
  type Coverage,
  decideEnrolment,
  type EnrolmentChanged,
  evolveCoverage,
  type GrantQualification,
  lastDayOfMonths,
  type MakeFiling,
  type NumberHash,
  type RegisterEnrolment,
} from '@domain/enrolment';
import { civilDate, isRefusal, type Refusal } from '@domain/kernel';
import type { Actor, CommandKey } from '@lib/journal';
import type { SealedCertificate, SealedNumber } from '../storage/persons';
import { type Change, decideChange } from './decide-change';
import { VERSIONS } from './outcome';
import type { Accepted } from './person-ledger';
import type { EnrolmentReference } from './reference';

export type { NumberQuestion, SealedCertificate, SealedNumber } from '../storage/persons';

/** One person to register at one city, with direct identifiers sealed at the door. */
export interface Registration {
  readonly key: CommandKey;
  readonly actor: Actor;
  readonly command: RegisterEnrolment;
  readonly certificate: SealedCertificate;
  readonly number: SealedNumber;
  /** The number as hashed by every key of the city that is in use. */
  readonly candidates: readonly NumberHash[];
  /** The key that the person gets if the certificate was never seen. */
  readonly proposedPersonKey: string;
  /** What an import brings along with the enrolment, kept together with it or not at all. */
  readonly grants: readonly {
    readonly command: GrantQualification;
    readonly qualificationId: string;
  }[];
  readonly filings: readonly { readonly command: MakeFiling; readonly filingId: string }[];
}

export interface RegistrationState {
  readonly personKey: string;
  readonly numberOwner: string | undefined;
  readonly coverage: Coverage | undefined;
  /** RFC 3339. */
  readonly decidedAt: string;
}

export interface RefusedRegistration {
  readonly inputs: object;
  readonly refusal: Refusal;
}

/**
 * Decides a registration and what comes with it, each on what the one before left. The first refusal refuses all, its field
 * naming the place: `filings[1].careCity`. A qualification or filing that stands already exactly so is no second one. Pure.
 */
export function decideRegistration(
  registration: Registration,
  state: RegistrationState,
  reference: EnrolmentReference,
): readonly Accepted[] | RefusedRegistration {
  const { command, grants, filings } = registration;
  const { personKey, numberOwner, decidedAt } = state;
  const base = { ...VERSIONS, decidedAt, personKey };
  const inputs = {
    ...base,
    ...(numberOwner === undefined ? {} : { numberOwner }),
    lookaheadDays: reference.parameters.lookaheadDays,
  };
  const enrolled = decideEnrolment(state.coverage, command, inputs);
  if (isRefusal(enrolled)) return { inputs, refusal: enrolled };
  const accepted: Accepted[] = [accept(enrolled, command, inputs)];
  if (grants.length === 0 && filings.length === 0) return accepted;
  let coverage = next(state.coverage, accepted[0]);
  const changes: readonly (readonly [string, Change])[] = [
    ...grants.map((grant, at) => [`qualifications[${at}]`, { kind: 'grant', ...grant }] as const),
    ...filings.map((filing, at) => [`filings[${at}]`, { kind: 'file', ...filing }] as const),
  ];
  for (const [path, change] of changes) {
    if (stands(coverage, change, reference)) continue;
    const { inputs: read, decided } = decideChange(change, coverage, base, reference);
    if (isRefusal(decided)) return { inputs: read, refusal: placed(decided, path) };
    const addition = { fact: decided, command: change.command, inputs: read };
    accepted.push(addition);
    coverage = next(coverage, addition);
  }
  return accepted;
}

const accept = (result: EnrolmentChanged, command: object, inputs: object): Accepted => ({
  fact: { type: 'EnrolmentChanged.v1', result },
  command,
  inputs,
});

/** The coverage for the decisions that follow in the same registration; the stream's own fold is kept by the ledger. */
function next(
  coverage: Coverage | undefined,
  accepted: Accepted | undefined,
): Coverage | undefined {
  if (accepted === undefined) return coverage;
  const place = { version: (coverage?.version ?? 0) + 1, recordedAt: coverage?.asOf ?? '' };
  return evolveCoverage(coverage, accepted.fact, place);
}

const placed = (refusal: Refusal, path: string): Refusal => ({
  ...refusal,
  field: refusal.field === undefined ? path : `${path}.${refusal.field}`,
});

/** Whether exactly this stands already: an import that is sent again changes nothing. */
function stands(
  coverage: Coverage | undefined,
  change: Change,
  { parameters }: EnrolmentReference,
): boolean {
  if (coverage === undefined) return false;
  if (change.kind === 'grant') {
    const { insuredCity, diseaseCode, from, until } = change.command;
    return coverage.qualifications.some(
      (known) =>
        known.insuredCity === insuredCity &&
        known.diseaseCode === diseaseCode &&
        known.from === from &&
        known.until === until,
    );
  }
  if (change.kind !== 'file') return false;
  const { insuredCity, careCity, type, from, until } = change.command;
  const usual = lastDayOfMonths(civilDate(from), parameters.temporaryFilingMonths);
  return coverage.filings.some(
    (known) =>
      known.insuredCity === insuredCity &&
      known.careCity === careCity &&
      known.type === type &&
      known.from === from &&
      (known.until === until || (until === undefined && known.until === usual)),
  );
}
