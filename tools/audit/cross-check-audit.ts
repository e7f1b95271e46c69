import { fenFromJson } from '@domain/kernel';
import {
  checkFromWire,
  involvedFromWire,
  runCheck,
  type Suspicion,
  type SuspicionWire,
} from '@domain/screening';
import type { CheckInputs, SuspicionRaised, SuspicionWithdrawn } from '@lib/contracts';
import type { AuditedStream, StoredFact } from '@lib/journal';
import type { Client } from 'pg';
import type { KnownSuspicion } from '../../apps/cross-check/src/storage/suspicions';
import {
  hashOfRuleSet,
  type RuleSetTexts,
} from '../../apps/cross-check/src/storage/rule-set-files';
import {
  type DecisionContext,
  raiseOf,
  suspicionIdOf,
  withdrawalOf,
} from '../../apps/cross-check/src/use-cases/suspicion-facts';
import { type Difference, differenceOf } from './difference';
import { type Judge, judged, type ServiceAudit, stateDifference, Tally } from './judge';
import { JudgeKinds } from './judge-kinds';
import { type Cell, RowCheck, type TableShape } from './row-check';
import { keyDifference, rowCountDifference } from './tables';

/** cross-check: suspicions, decided again from the evidence that their facts keep, and the rule sets that judged. */
export const crossCheckAudit: ServiceAudit = {
  before: ruleSetDifference,
  async judge(client) {
    const { rows } = await client.query<{ hash: string }>('select hash from rule_set');
    const ruleSets = new Set(rows.map(({ hash }) => hash));
    return new JudgeKinds(new Map([['suspicion', new JudgeSuspicions(client, ruleSets)]]));
  },
  after: async (client, tally) =>
    (await rowCountDifference(client, tally, ['suspicion'])) ?? (await keyDifference(client)),
};

async function ruleSetDifference(client: Client): Promise<Difference | undefined> {
  const { rows } = await client.query<{ hash: string; id: string; version: string; files: string }>(
    'select hash, id, version, files from rule_set order by id, version',
  );
  for (const { hash, id, version, files } of rows) {
    const found = hashOfRuleSet(JSON.parse(files) as RuleSetTexts);
    if (found === hash) continue;
    const what = `the stored files of rule set ${id} ${version}`;
    return { what, expected: `sha256:${hash}`, found: `sha256:${found}` };
  }
  return undefined;
}

const SUSPICIONS: TableShape = {
  table: 'suspicion',
  key: 'id',
  stream: 'stream',
  order: 'id',
  columns: [
    { name: 'stream' },
    { name: 'check_kind' },
    { name: 'subject' },
    { name: 'rule' },
    { name: 'state' },
    { name: 'person_key' },
    { name: 'settlement_nos', sql: `array_to_string(settlement_nos, ',')` },
    { name: 'tags', sql: `array_to_string(tags, ',')` },
    { name: 'raised_at' },
    { name: 'withdrawn_reason' },
    { name: 'suspicion' },
  ],
};

/** What the facts of a suspicion so far say of it. */
interface Standing {
  readonly known: KnownSuspicion;
  readonly cells: readonly Cell[];
}

/** Suspicions: what was considered is decided again, and the whole fact written again from it. */
class JudgeSuspicions implements Judge {
  readonly tally = new Tally();
  private readonly rows: RowCheck;

  constructor(
    client: Client,
    private readonly ruleSets: ReadonlySet<string>,
  ) {
    this.rows = new RowCheck(client, SUSPICIONS);
  }

  stream(audited: AuditedStream): Promise<Difference | undefined> | Difference | undefined {
    const { stream, facts, head, whole } = audited;
    // What a suspicion was before the range is not read, so only whole streams are decided again.
    if (!whole) {
      this.tally.chainOnly += facts.length;
      return undefined;
    }
    let standing: Standing | undefined;
    for (const fact of facts) {
      const next = this.fact(fact, standing);
      if ('what' in next) return next;
      standing = next;
    }
    const difference = stateDifference(audited, undefined);
    if (difference !== undefined || standing === undefined) return difference;
    this.tally.add('rows suspicion', 1n);
    const place = { stream, version: head?.version ?? 0 };
    return this.rows.expect(standing.known.id, place, [standing.cells]);
  }

  end(): Promise<Difference | undefined> {
    return this.rows.flush();
  }

  private fact(fact: StoredFact, standing: Standing | undefined): Standing | Difference {
    return judged(fact, (payload) => {
      this.tally.decided += 1;
      const { stream, version } = fact;
      const { inputs } = payload as SuspicionRaised;
      if (!this.ruleSets.has(inputs.ruleSet.hash)) {
        const found = `sha256:${inputs.ruleSet.hash}`;
        return { stream, version, what: 'inputs.ruleSet', expected: 'a stored rule set', found };
      }
      if (fact.type === 'SuspicionRaised.v1') {
        return raisedAgain(fact, payload as SuspicionRaised, standing);
      }
      if (fact.type === 'SuspicionWithdrawn.v1' && standing !== undefined) {
        return withdrawnAgain(fact, payload as SuspicionWithdrawn, standing);
      }
      return { stream, version, what: 'its type' };
    });
  }
}

const contextOf = (fact: StoredFact, { ruleSet, cityNames }: CheckInputs): DecisionContext => ({
  now: fact.recordedAt,
  ruleSet,
  cityName: (city) => cityNames[city] ?? city,
});

function raisedAgain(
  fact: StoredFact,
  { command, inputs, result }: SuspicionRaised,
  standing: Standing | undefined,
): Standing | Difference {
  const context = contextOf(fact, inputs);
  const considered = inputs.considered && checkFromWire(inputs.considered);
  const supported =
    considered === undefined
      ? [foundByLine({ command, inputs, result })]
      : runCheck(considered, {
          subject: command.subject,
          ruleVersion: inputs.ruleSet.version,
          cityName: context.cityName,
        });
  const id = fact.stream.slice(fact.stream.lastIndexOf('/') + 1);
  const suspicion = supported.find((each) => each !== undefined && suspicionIdOf(each) === id);
  if (suspicion === undefined) return outcomeDifference(fact, 'no such suspicion');
  const { finding } = inputs;
  const found = {
    suspicion,
    command,
    ...(considered === undefined ? {} : { considered }),
    ...(finding === undefined ? {} : { finding }),
  };
  const { draft, row } = raiseOf(id, found, standing?.known, context);
  const difference = payloadDifference(fact, draft);
  if (difference !== undefined) return difference;
  const { checkKind, subject, rule, personKey, settlementNos, tags, raisedAt } = row;
  return {
    known: { ...row, state: 'open' },
    cells: [
      ...[row.stream, checkKind, subject, rule, 'open', personKey],
      ...[settlementNos.join(','), tags.join(','), raisedAt, undefined, row.suspicion],
    ],
  };
}

/** A suspicion about lines of one visit: what its finding says, about the lines that the fact shows. */
function foundByLine({ inputs, result }: SuspicionRaised): Suspicion | undefined {
  const { finding } = inputs;
  const [visit] = result.involved;
  if (finding === undefined || visit === undefined) return undefined;
  const { suspicionId: _id, personKey: _person, ...wire } = result;
  const lines = visit.lines.filter(({ lineNo }) => finding.lineNos.includes(lineNo));
  return {
    ...(wire satisfies SuspicionWire),
    rule: finding.rule,
    ruleVersion: finding.ruleVersion,
    subject: `${visit.visitGroupNo}|${finding.lineNos.join(',')}|${finding.knowledgePoint ?? ''}`,
    certainty: finding.certainty,
    severity: 'medium',
    observed: finding.observed,
    limit: finding.limit,
    amountFen: fenFromJson(lines.reduce((sum, { amountFen }) => sum + amountFen, 0)),
    text: finding.text,
    involved: [involvedFromWire({ ...visit, lines })],
  };
}

function withdrawnAgain(
  fact: StoredFact,
  { command, inputs, result }: SuspicionWithdrawn,
  { known, cells }: Standing,
): Standing | Difference {
  const context = contextOf(fact, inputs);
  const considered = inputs.considered && checkFromWire(inputs.considered);
  const left =
    considered === undefined
      ? []
      : runCheck(considered, {
          subject: command.subject,
          ruleVersion: inputs.ruleSet.version,
          cityName: context.cityName,
        });
  if (left.some((each) => suspicionIdOf(each) === known.id)) {
    return outcomeDifference(fact, 'the suspicion stands');
  }
  const difference = payloadDifference(
    fact,
    withdrawalOf(known, considered, result.reason, context),
  );
  if (difference !== undefined) return difference;
  const withdrawn = [...cells];
  withdrawn[STATE] = 'withdrawn';
  withdrawn[REASON] = result.reason;
  return { known: { ...known, state: 'withdrawn' }, cells: withdrawn };
}

const STATE = SUSPICIONS.columns.findIndex(({ name }) => name === 'state');
const REASON = SUSPICIONS.columns.findIndex(({ name }) => name === 'withdrawn_reason');

function outcomeDifference({ stream, version, type }: StoredFact, expected: string): Difference {
  return { stream, version, what: 'its outcome', expected, found: type };
}

/** The fact as it would be written again, stream and payload. */
function payloadDifference(
  fact: StoredFact,
  draft: { readonly stream: string; readonly payload: string },
): Difference | undefined {
  const { stream, version, payload } = fact;
  if (draft.stream !== stream) return { stream, version, what: 'its stream' };
  if (draft.payload === payload) return undefined;
  return differenceOf(fact, { what: 'payload', expected: draft.payload, found: payload });
}
