import { civilDate, isRefusal, type Refusal } from '@domain/kernel';
import type { DecisionInputs, GrantQualification, MakeFiling, RegisterEnrolment } from './commands';
import type { Coverage } from './coverage';
import { type Change, decideChange, withInputs } from './decide-change';
import { decideEnrolment, type RegisterInputs } from './decide-enrolment';
import { evolveCoverage } from './evolve-coverage';
import type { EnrolmentFact } from './facts';
import { lastDayOfMonths } from './periods';
import type { EnrolmentReference } from './reference';

/** An enrolment, and what an import brings along with it, kept together with it or not at all. */
export interface RegistrationCommand {
  readonly command: RegisterEnrolment;
  readonly grants: readonly {
    readonly command: GrantQualification;
    readonly qualificationId: string;
  }[];
  readonly filings: readonly { readonly command: MakeFiling; readonly filingId: string }[];
}

export interface RegistrationInputs extends DecisionInputs {
  /** Whose the number already is at this city, when it is anyone's. */
  readonly numberOwner?: string;
}

/** A decision that was accepted, with what it was decided from. */
export interface Accepted {
  readonly fact: EnrolmentFact;
  readonly command: object;
  readonly inputs: object;
}

/** What a refused registration was decided from: of the reference data, what its parts name. */
export interface RefusedRegistration {
  readonly inputs: RegisterInputs & {
    readonly qualificationIds?: readonly string[];
    readonly filingIds?: readonly string[];
    readonly reference?: RecordedReference;
  };
  readonly refusal: Refusal;
}

export interface RecordedReference {
  readonly cities: readonly string[];
  readonly diseases: readonly string[];
  readonly parameters: EnrolmentReference['parameters'];
}

/**
 * Decides a registration and what comes with it, each on what the one before left. The first refusal refuses all, its field
 * naming the place: `filings[1].careCity`. A qualification or filing that stands already exactly so is no second one.
 */
export function decideRegistration(
  registration: RegistrationCommand,
  coverage: Coverage | undefined,
  inputs: RegistrationInputs,
  reference: EnrolmentReference,
): readonly Accepted[] | RefusedRegistration {
  const { command } = registration;
  const { lookaheadDays } = reference.parameters;
  const { numberOwner, ...base } = inputs;
  const enrolling = { ...inputs, lookaheadDays };
  const enrolled = decideEnrolment(coverage, command, enrolling);
  if (isRefusal(enrolled)) {
    return { inputs: recordedInputs(registration, enrolling, reference), refusal: enrolled };
  }
  const first: Accepted = {
    fact: { type: 'EnrolmentChanged.v1', result: enrolled },
    command,
    inputs: enrolling,
  };
  const accepted = [first];
  let left = next(coverage, first);
  for (const [path, change] of changesOf(registration)) {
    if (stands(left, change, reference)) continue;
    const asked = withInputs(change, base, reference);
    const fact = decideChange(left, asked);
    if (isRefusal(fact)) {
      const refusal = placed(fact, path);
      return { inputs: recordedInputs(registration, enrolling, reference), refusal };
    }
    const addition = { fact, command: asked.command, inputs: asked.inputs };
    accepted.push(addition);
    left = next(left, addition);
  }
  return accepted;
}

function changesOf({
  grants,
  filings,
}: RegistrationCommand): readonly (readonly [path: string, change: Change])[] {
  return [
    ...grants.map((grant, at) => [`qualifications[${at}]`, { kind: 'grant', ...grant }] as const),
    ...filings.map((filing, at) => [`filings[${at}]`, { kind: 'file', ...filing }] as const),
  ];
}

/** The coverage for what follows in the same registration; the stream's own fold is kept by whoever writes it. */
function next(coverage: Coverage | undefined, { fact }: Accepted): Coverage {
  const place = { version: (coverage?.version ?? 0) + 1, recordedAt: coverage?.asOf ?? '' };
  return evolveCoverage(coverage, fact, place);
}

const placed = (refusal: Refusal, path: string): Refusal => ({
  ...refusal,
  field: refusal.field === undefined ? path : `${path}.${refusal.field}`,
});

/** Whether exactly this stands already: an import that is sent again changes nothing. */
function stands(coverage: Coverage, change: Change, { parameters }: EnrolmentReference): boolean {
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

function recordedInputs(
  { grants, filings }: RegistrationCommand,
  inputs: RegisterInputs,
  { cities, diseases, parameters }: EnrolmentReference,
): RefusedRegistration['inputs'] {
  if (grants.length === 0 && filings.length === 0) return inputs;
  const named = grants.map(({ command }) => command.diseaseCode);
  const careCities = filings.map(({ command }) => command.careCity);
  return {
    ...inputs,
    qualificationIds: grants.map(({ qualificationId }) => qualificationId),
    filingIds: filings.map(({ filingId }) => filingId),
    reference: {
      cities: careCities.filter((code) => cities.has(code)),
      diseases: named.filter((code) => diseases.has(code)),
      parameters,
    },
  };
}

/** A refused registration as it stands in its fact's command. */
export type RecordedRegistration = RegisterEnrolment & {
  readonly qualifications?: readonly GrantQualification[];
  readonly filings?: readonly MakeFiling[];
};

export function recordedRegistration(registration: RegistrationCommand): RecordedRegistration {
  const { command, grants, filings } = registration;
  return {
    ...command,
    ...(grants.length === 0 ? {} : { qualifications: grants.map((grant) => grant.command) }),
    ...(filings.length === 0 ? {} : { filings: filings.map((filing) => filing.command) }),
  };
}
