import { hash } from 'node:crypto';
import {
  type Check,
  checkToWire,
  identityOf,
  LINE_RULES,
  type LineRule,
  STREAM_CHECK_VERSION,
  STREAM_RULES,
  type StreamRule,
  type Suspicion,
  suspicionToWire,
} from '@domain/screening';
import { formatInstant, type Instant, provinceOf } from '@domain/kernel';
import type {
  CheckCommand,
  CheckInputs,
  DocumentRef,
  Finding,
  SuspicionRaised,
  SuspicionRaisedResult,
  SuspicionWithdrawn,
} from '@lib/contracts';
import type { Actor, FactDraft, Route } from '@lib/journal';
import type { KnownSuspicion, SuspicionRow } from '../storage/suspicions';

const STREAMS = 'suspicion/';
const ID_DIGITS = 32;

/** The checks act by themselves: nobody's credential stands behind a suspicion. */
export const CHECKS: Actor = { role: 'service', subject: 'cross-check' };

/** Suspicions go to `crosscheck.facts` by person; other streams of cross-check are not published. */
export const suspicionRoute: Route = (stream) => {
  if (!stream.startsWith(STREAMS)) return undefined;
  return {
    topic: 'crosscheck.facts',
    key: stream.slice(STREAMS.length, stream.lastIndexOf('/')),
  };
};

/** The same suspicion has the same id, however often its facts arrive. */
export const suspicionIdOf = (suspicion: Suspicion): string =>
  hash('sha256', identityOf(suspicion), 'hex').slice(0, ID_DIGITS);

/** What a check found, with what it read. */
export interface Found {
  readonly suspicion: Suspicion;
  readonly command: CheckCommand;
  readonly considered?: Check;
  readonly finding?: Finding;
}

export interface DecisionContext {
  readonly now: Instant;
  readonly ruleSet: DocumentRef;
  readonly cityName: (city: string) => string;
}

/** A suspicion ready to be written: the fact, and the row that follows from it. */
export interface Raise {
  readonly draft: FactDraft;
  readonly row: SuspicionRow;
}

/**
 * The fact that raises a suspicion. One raised before and withdrawn stays in its stream; a new one belongs to the person of the
 * later visit.
 */
export function raiseOf(
  id: string,
  found: Found,
  known: KnownSuspicion | undefined,
  context: DecisionContext,
): Raise {
  const { suspicion, command } = found;
  const personKey = known?.personKey ?? suspicion.involved.at(-1)?.personKey ?? '';
  const stream = known?.stream ?? `${STREAMS}${personKey}/${id}`;
  const result: SuspicionRaisedResult = {
    suspicionId: id,
    personKey,
    ...suspicionToWire(suspicion),
    rule: ruleOf(suspicion.rule),
  };
  const payload: SuspicionRaised = { command, inputs: inputsOf(found, context), result };
  return {
    draft: {
      stream,
      type: 'SuspicionRaised.v1',
      payload: JSON.stringify(payload),
      actor: CHECKS,
      recordedAt: context.now,
    },
    row: {
      id,
      stream,
      checkKind: command.check,
      subject: command.subject,
      rule: suspicion.rule,
      personKey,
      settlementNos: suspicion.involved.flatMap(({ settlementNos }) => settlementNos),
      tags: tagsOf(suspicion),
      raisedAt: formatInstant(context.now),
      suspicion: JSON.stringify(result),
    },
  };
}

/** The fact that takes a suspicion back, with what is left of the evidence. */
export function withdrawalOf(
  known: KnownSuspicion,
  considered: Check | undefined,
  reason: string,
  context: DecisionContext,
): FactDraft {
  const command: CheckCommand = { check: checkKindOf(known.checkKind), subject: known.subject };
  const payload: SuspicionWithdrawn = {
    command,
    inputs: inputsOf({ ...(considered === undefined ? {} : { considered }) }, context),
    result: { suspicionId: known.id, personKey: known.personKey, rule: known.rule, reason },
  };
  return {
    stream: known.stream,
    type: 'SuspicionWithdrawn.v1',
    payload: JSON.stringify(payload),
    actor: CHECKS,
    recordedAt: context.now,
  };
}

function inputsOf(
  read: Pick<Found, 'considered' | 'finding'>,
  { now, ruleSet, cityName }: DecisionContext,
): CheckInputs {
  const cities = new Set(
    read.considered?.considered.flatMap(({ visit }) => [visit.careCity, visit.insuredCity]) ?? [],
  );
  return {
    decisionVersion: STREAM_CHECK_VERSION,
    decidedAt: formatInstant(now),
    ruleSet,
    cityNames: Object.fromEntries([...cities].map((city) => [city, cityName(city)])),
    ...(read.considered === undefined ? {} : { considered: checkToWire(read.considered) }),
    ...(read.finding === undefined ? {} : { finding: read.finding }),
  };
}

/** What lists filter by, and who may see it: every city involved and its province. */
function tagsOf(suspicion: Suspicion): readonly string[] {
  const tags = new Set<string>();
  for (const { insuredCity, careCity, settlementNos } of suspicion.involved) {
    tags.add(`insured:${insuredCity}`).add(`care:${careCity}`);
    for (const city of [insuredCity, careCity]) {
      tags.add(placeTag(city)).add(placeTag(provinceOf(city)));
    }
    for (const no of settlementNos) tags.add(`settlement:${no}`);
  }
  return [...tags];
}

/** Names a city or a province among the tags. */
export const placeTag = (place: string): string => `place:${place}`;

const RULES: readonly (StreamRule | LineRule)[] = [...STREAM_RULES, ...LINE_RULES];
const CHECK_KINDS: readonly CheckCommand['check'][] = [
  'invoice',
  'lines',
  'supply',
  'trace-code',
  'line-rules',
];

function ruleOf(text: string): StreamRule | LineRule {
  const rule = RULES.find((each) => each === text);
  if (rule === undefined) throw new RangeError('a suspicion names a rule that does not exist');
  return rule;
}

function checkKindOf(text: string): CheckCommand['check'] {
  const kind = CHECK_KINDS.find((each) => each === text);
  if (kind === undefined) throw new RangeError('a suspicion names a check that does not exist');
  return kind;
}
