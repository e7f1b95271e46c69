import type { Refusal } from '@domain/kernel';
import type { RegisterEnrolment } from './commands';
import type { Coverage } from './coverage';
import { decideContribution } from './decide-contribution';
import { decideEnrolment, type RegisterInputs } from './decide-enrolment';
import { decideCancel, decideFiling, type FilingInputs } from './decide-filing';
import { decideEnd, decideGrant, type GrantInputs } from './decide-qualification';
import { evolveCoverage } from './evolve-coverage';
import type { EnrolmentFact, EnrolmentFactType } from './facts';
import { refuseEnrolment } from './refusals';

/** The kinds of change, as refusals record them. */
export type ChangeKind = 'register' | 'grant' | 'end' | 'file' | 'cancel' | 'contribute';

export const KIND_OF_FACT: Readonly<Record<EnrolmentFactType, ChangeKind>> = {
  'EnrolmentChanged.v1': 'register',
  'QualificationGranted.v1': 'grant',
  'QualificationEnded.v1': 'end',
  'FilingMade.v1': 'file',
  'FilingCancelled.v1': 'cancel',
  'ContributionPosted.v1': 'contribute',
};

/** A change as a fact keeps it: parsed JSON whose form its kind tells. */
export interface RecordedChange {
  readonly kind: ChangeKind;
  readonly command: unknown;
  readonly inputs: unknown;
}

type Decided = EnrolmentFact['result'] | Refusal;
type Decide = (coverage: Coverage | undefined, command: never, inputs: never) => Decided;

const DECISIONS: Readonly<Record<ChangeKind, Decide>> = {
  register: decideEnrolment,
  grant: decideGrant,
  end: decideEnd,
  file: decideFiling,
  cancel: decideCancel,
  contribute: decideContribution,
};

/** Decides a recorded change again, from the coverage folded to the version before it, with the recorded inputs. */
export function decideChangeAgain(
  { kind, command, inputs }: RecordedChange,
  coverage: Coverage | undefined,
): Decided {
  return DECISIONS[kind](coverage, command as never, inputs as never);
}

/** The part of a registration that was refused, from the field of the refusal; undefined for the enrolment itself. */
const PART = /^(qualifications|filings)\[(\d+)\]\.?(.*)$/;

interface RegisteredTogether {
  readonly qualifications?: readonly unknown[];
  readonly filings?: readonly unknown[];
}

/**
 * The refusal that a recorded registration ought to have got. What an import brings along is decided after the enrolment
 * itself; a part that other parts came before is not decided again (`undefined`), because their ids were never recorded.
 */
export function refuseRegistrationAgain(
  recorded: { readonly command: unknown; readonly inputs: unknown; readonly field?: string },
  coverage: Coverage | undefined,
): Decided | undefined {
  const { qualifications, filings, ...command } = recorded.command as RegisterEnrolment &
    RegisteredTogether;
  const inputs = recorded.inputs as RegisterInputs & GrantInputs & FilingInputs;
  const part = PART.exec(recorded.field ?? '');
  if (part === null) return decideEnrolment(coverage, command, inputs);
  const change = firstPart(part, { qualifications, filings });
  if (change === undefined) return undefined;
  const { personKey } = inputs;
  const version = (coverage?.version ?? 0) + 1;
  const enrolled = evolveCoverage(
    coverage,
    { type: 'EnrolmentChanged.v1', result: { personKey, ...command } },
    { version, recordedAt: inputs.decidedAt },
  );
  return placed(decideChangeAgain({ ...change, inputs }, enrolled), change.path);
}

/** The part that was refused, where no other part came before it. */
function firstPart(
  [, list, place]: RegExpExecArray,
  { qualifications = [], filings = [] }: Optional<RegisteredTogether>,
): { readonly kind: ChangeKind; readonly command: unknown; readonly path: string } | undefined {
  if (place !== '0') return undefined;
  if (list === 'qualifications') {
    return { kind: 'grant', command: qualifications[0], path: 'qualifications[0]' };
  }
  if (qualifications.length > 0) return undefined;
  return { kind: 'file', command: filings[0], path: 'filings[0]' };
}

type Optional<T> = { readonly [Key in keyof T]: T[Key] | undefined };

function placed(decided: Decided, path: string): Decided {
  if (!('refused' in decided)) return decided;
  const { field } = decided;
  return { ...decided, field: field === undefined ? path : `${path}.${field}` };
}

/** What is answered where the person is not known, or is not this city's: about an id, that there is no such thing. */
export function refuseUnknownPersonAgain(kind: string): Refusal {
  if (kind === 'end') return refuseEnrolment('enrolment.qualification.not-found');
  if (kind === 'cancel') return refuseEnrolment('enrolment.filing.not-found');
  return refuseEnrolment('enrolment.person-unknown');
}

export const isChangeKind = (kind: string): kind is ChangeKind =>
  Object.keys(DECISIONS).includes(kind);
