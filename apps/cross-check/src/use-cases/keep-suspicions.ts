import { reconcile, type Suspicion } from '@domain/screening';
import type { CheckCommand } from '@lib/contracts';
import type { Transaction } from '@lib/journal';
import { keepRaised, keepWithdrawn, knownAbout, type KnownSuspicion } from '../storage/suspicions';
import {
  type DecisionContext,
  type Found,
  type Raise,
  raiseOf,
  suspicionIdOf,
  withdrawalOf,
} from './suspicion-facts';

/** Everything that the facts now support about one subject. */
export interface Answered {
  readonly command: CheckCommand;
  readonly found: readonly Found[];
  /** What the check considered, for the fact that withdraws. */
  readonly considered?: Found['considered'];
}

/** What a batch of facts says about suspicions. */
export interface Outcome {
  readonly answers: readonly Answered[];
  /** Open suspicions whose settlements are all reversed. */
  readonly explained: readonly KnownSuspicion[];
}

const NO_LONGER = '相关结算已冲正，或补到的结算记录说明了原因，疑点撤回';

/**
 * Brings the suspicions about the subjects asked in step with what the facts support: raises what is new, withdraws
 * what is explained, and leaves alone what stands. A repeat of a fact changes nothing.
 */
export async function keepSuspicions(
  tx: Transaction,
  { answers, explained }: Outcome,
  context: DecisionContext,
): Promise<void> {
  const known = await knownAbout(
    tx,
    answers.map(({ command }) => ({ checkKind: command.check, subject: command.subject })),
  );
  const changes = [
    ...answers.flatMap((answer) => changesOf(answer, known.filter(isAbout(answer)), context)),
    ...explained.map((each) => withdrawn(each, undefined, context)),
  ];
  if (changes.length === 0) return;
  await tx.lock([...new Set(changes.map(({ draft }) => draft.stream))].sort());
  for (const { draft } of changes) tx.append(draft);
  await keepRaised(
    tx,
    changes.flatMap((change) => change.row ?? []),
  );
  await keepWithdrawn(
    tx,
    changes.flatMap((change) => change.withdrawn ?? []),
    NO_LONGER,
  );
}

const isAbout =
  ({ command }: Answered) =>
  ({ checkKind, subject }: KnownSuspicion): boolean =>
    checkKind === command.check && subject === command.subject;

interface Change {
  readonly draft: Raise['draft'];
  readonly row?: Raise['row'];
  readonly withdrawn?: string;
}

const withdrawn = (
  known: KnownSuspicion,
  considered: Found['considered'],
  context: DecisionContext,
): Change => ({
  draft: withdrawalOf(known, considered, NO_LONGER, context),
  withdrawn: known.id,
});

function changesOf(
  { found, considered }: Answered,
  known: readonly KnownSuspicion[],
  context: DecisionContext,
): readonly Change[] {
  const byId = new Map(found.map((each) => [suspicionIdOf(each.suspicion), each]));
  const supported = new Map<string, Suspicion>();
  for (const [id, { suspicion }] of byId) supported.set(id, suspicion);
  const open = new Set(known.filter(({ state }) => state === 'open').map(({ id }) => id));
  const { raise, withdraw } = reconcile(supported, open);
  const knownById = new Map(known.map((each) => [each.id, each]));
  return [
    ...[...raise.keys()].flatMap((id) => {
      const each = byId.get(id);
      return each === undefined ? [] : [raiseOf(id, each, knownById.get(id), context)];
    }),
    ...withdraw.flatMap((id) => {
      const each = knownById.get(id);
      return each === undefined ? [] : [withdrawn(each, considered, context)];
    }),
  ];
}
