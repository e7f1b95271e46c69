import type { Agreement, PolicyPack } from '@domain/benefit';
import { decideVisit, type VisitCase, type VisitDecision } from './decide-visit';
import type { DocumentRef, VisitInputs } from './records';
import type { RecordedVisit } from './visit';
import type { BenefitYear } from './year';

/** What a stored fact says and what it ought to say; both JSON texts, which may hold personal keys. */
export interface ReplayFault {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export const isReplayFault = (value: object): value is ReplayFault =>
  'what' in value && 'expected' in value;

/** The documents that facts name, by the hash of their text. */
export interface ReplayDocuments {
  packByHash(hash: string): PolicyPack | undefined;
  agreementByHash(hash: string): Agreement | undefined;
}

/** Every version of the rules that ever wrote a fact, still callable (architecture §11, versions of code). */
const DECISIONS: ReadonlyMap<number, (visitCase: VisitCase) => VisitDecision> = new Map([
  [1, decideVisit],
]);

/**
 * Decides a recorded visit again: with the recorded inputs, the documents that they name by hash, and the benefit year
 * folded to the version from which it was decided. A fault where the version of the rules or a document is not known.
 */
export function decideVisitAgain(
  recorded: { readonly command: RecordedVisit; readonly inputs: VisitInputs },
  year: BenefitYear,
  documents: ReplayDocuments,
): VisitDecision | ReplayFault {
  const { command: visit, inputs } = recorded;
  const decide = DECISIONS.get(inputs.decisionVersion);
  if (decide === undefined) return unknownVersion(inputs.decisionVersion, DECISIONS);
  const pack = inputs.pack && documents.packByHash(inputs.pack.hash);
  const agreement = inputs.agreement && documents.agreementByHash(inputs.agreement.hash);
  const fault =
    documentFault('inputs.pack', inputs.pack, pack) ??
    documentFault('inputs.agreement', inputs.agreement, agreement);
  return fault ?? decide({ visit, inputs, year, pack, agreement });
}

/** Says that a fact was decided by rules that the auditor does not have. */
export function unknownVersion(version: number, known: ReadonlyMap<number, unknown>): ReplayFault {
  return {
    what: 'inputs.decisionVersion',
    expected: JSON.stringify(Math.max(...known.keys())),
    found: JSON.stringify(version),
  };
}

function documentFault(
  what: string,
  named: DocumentRef | undefined,
  found: { readonly id: string; readonly version: string } | undefined,
): ReplayFault | undefined {
  if (named === undefined) return undefined;
  if (found === undefined) {
    return {
      what: `${what}.hash`,
      expected: '"a stored document"',
      found: JSON.stringify(named.hash),
    };
  }
  if (found.id === named.id && found.version === named.version) return undefined;
  return {
    what,
    expected: JSON.stringify({ id: found.id, version: found.version }),
    found: JSON.stringify({ id: named.id, version: named.version }),
  };
}
