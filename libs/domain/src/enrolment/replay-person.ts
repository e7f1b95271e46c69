import { isRefusal, type Refusal } from '@domain/kernel';
import type { RegisterEnrolment } from './commands';
import type { Coverage } from './coverage';
import { type ChangeWithInputs, decideChange } from './decide-change';
import { decideEnrolment, type RegisterInputs } from './decide-enrolment';
import {
  decideRegistration,
  type RecordedRegistration,
  type RefusedRegistration,
} from './decide-registration';
import { evolveCoverage } from './evolve-coverage';
import type { EnrolmentFact } from './facts';
import { type EnrolmentRefusalCode, refuseEnrolment } from './refusals';

/** The rules by which facts are decided; recorded with each, and every version that wrote one stays callable. */
export const ENROLMENT_DECISION_VERSION = 1;

/** A payload of a person's stream as it stands in the journal. */
export interface RecordedPersonFact {
  readonly type: EnrolmentFact['type'];
  readonly command: object;
  readonly inputs: object;
  readonly result: EnrolmentFact['result'];
}

/** A payload of a stream of refusals: `command.kind` says what was asked. */
export interface RecordedRefusal {
  readonly command: { readonly kind: string };
  readonly inputs: {
    readonly person?: { readonly stream: string; readonly version: number };
  };
}

const KINDS = {
  'QualificationGranted.v1': 'grant',
  'QualificationEnded.v1': 'end',
  'FilingMade.v1': 'file',
  'FilingCancelled.v1': 'cancel',
  'ContributionPosted.v1': 'contribute',
} as const satisfies Readonly<Record<string, ChangeWithInputs['kind']>>;

/** What a change of somebody unknown is answered with. Another city's is unknown too (api.md, Parties). */
const UNKNOWN: ReadonlyMap<string, EnrolmentRefusalCode> = new Map([
  ['grant', 'enrolment.person-unknown'],
  ['file', 'enrolment.person-unknown'],
  ['contribute', 'enrolment.person-unknown'],
  ['query', 'enrolment.person-unknown'],
  ['end', 'enrolment.qualification.not-found'],
  ['cancel', 'enrolment.filing.not-found'],
]);

/** The refusal of a change whose person or id is unknown to the caller. Throws a RangeError for a kind that nobody asks. */
export function refuseUnknown(kind: string): Refusal {
  const code = UNKNOWN.get(kind);
  if (code === undefined) throw new RangeError('a refusal of an unknown kind');
  return refuseEnrolment(code);
}

/**
 * Replays one person's stream: decides each fact again from what the facts before it left, then folds it. For auditors
 * (architecture §4): what comes out must equal what was stored.
 */
export class PersonReplay {
  private folded: Coverage | undefined;

  /** Undefined before the first fact. */
  get coverage(): Coverage | undefined {
    return this.folded;
  }

  /** The result that the next fact ought to have. */
  decideAgain(recorded: RecordedPersonFact): EnrolmentFact['result'] | Refusal {
    const { type, command, inputs } = recorded;
    if (type === 'EnrolmentChanged.v1') {
      return decideEnrolment(this.folded, command as RegisterEnrolment, inputs as RegisterInputs);
    }
    const change = { kind: KINDS[type], command, inputs } as ChangeWithInputs;
    const decided = decideChange(this.folded, change);
    return isRefusal(decided) ? decided : decided.result;
  }

  /** Takes the next fact, whether it is what it ought to be or not. */
  fold({ type, result }: RecordedPersonFact, recordedAt: string): void {
    const version = (this.folded?.version ?? 0) + 1;
    this.folded = evolveCoverage(this.folded, { type, result } as EnrolmentFact, {
      version,
      recordedAt,
    });
  }

  /**
   * The refusal that a command ought to have got from here; undefined when it ought to have been accepted. The stream must be
   * folded to the version that the refusal's inputs name; for one that names none, a person without facts.
   */
  refuseAgain({ command, inputs }: RecordedRefusal): Refusal | undefined {
    if (command.kind === 'register') {
      return this.refuseRegistration(
        command as RecordedRegistration & typeof command,
        inputs as RefusedRegistration['inputs'],
      );
    }
    if (inputs.person === undefined) return refuseUnknown(command.kind);
    const { kind, ...asked } = command;
    // The journal wrote it as it was decided: kind, command and inputs belong together.
    const change = { kind, command: asked, inputs } as unknown as ChangeWithInputs;
    const decided = decideChange(this.folded, change);
    return isRefusal(decided) ? decided : undefined;
  }

  private refuseRegistration(
    {
      kind: _kind,
      qualifications = [],
      filings = [],
      ...command
    }: RecordedRegistration & {
      readonly kind: string;
    },
    inputs: RefusedRegistration['inputs'],
  ): Refusal | undefined {
    const { reference, qualificationIds = [], filingIds = [], lookaheadDays, ...rest } = inputs;
    const decided = decideRegistration(
      {
        command,
        grants: qualifications.map((granted, at) => ({
          command: granted,
          qualificationId: qualificationIds[at] ?? '',
        })),
        filings: filings.map((filed, at) => ({ command: filed, filingId: filingIds[at] ?? '' })),
      },
      this.folded,
      rest,
      {
        cities: new Set(reference?.cities),
        diseases: new Set(reference?.diseases),
        parameters: reference?.parameters ?? { ...NO_PARAMETERS, lookaheadDays },
      },
    );
    return 'refusal' in decided ? decided.refusal : undefined;
  }
}

/** A registration without qualifications and filings reads no others. */
const NO_PARAMETERS = { temporaryFilingMonths: 0, minimumTermTypes: [], withheldDiseases: [] };
