import { type CivilDate, parseCivilDate } from '@domain/kernel';
import { readAgeRange } from './conditions/age-range';
import { readChildOnly } from './conditions/child-only';
import { readGender } from './conditions/gender';
import { readInstitutionLevel } from './conditions/institution-level';
import { readInsurance } from './conditions/insurance-type';
import type {
  CompileReport,
  Condition,
  KnowledgePointRow,
  Limit,
  RuleSet,
  RuleSetHeader,
  RuleSetTables,
} from './rule-set';

type Reader = (value: string) => Limit | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['gender', readGender],
  ['child_only', readChildOnly],
  ['age_range', readAgeRange],
  ['insurance_type', readInsurance],
  ['institution_level_min', readInstitutionLevel],
]);

/** `inferred` was guessed from a sentence that may mean something else: it never stops anything. */
const CERTAIN_SOURCES: ReadonlySet<string> = new Set(['given', 'text']);

interface Draft {
  readonly condition?: Condition;
  readonly waiting?: string;
  readonly notUnderstood?: string;
}

/**
 * Reads the published tables into an index from item code to conditions, and says what became of every row. Rows that
 * cannot be read are reported, not guessed. A row named in `supersedes` is in force until the day before its successor.
 */
export function compileRuleSet(
  header: RuleSetHeader,
  tables: RuleSetTables,
): { readonly ruleSet: RuleSet; readonly report: CompileReport } {
  const replacedOn = successionDays(tables.knowledgePoints);
  const conditions = new Map<string, Condition>();
  const waiting: Record<string, number> = {};
  const notUnderstood: { kpId: string; reason: string }[] = [];
  for (const row of tables.knowledgePoints) {
    const draft = readRow(row, replacedOn.get(row.kpId));
    if (draft.condition !== undefined) conditions.set(row.kpId, draft.condition);
    if (draft.waiting !== undefined) waiting[draft.waiting] = (waiting[draft.waiting] ?? 0) + 1;
    if (draft.notUnderstood !== undefined) {
      notUnderstood.push({ kpId: row.kpId, reason: draft.notUnderstood });
    }
  }
  const { index, codeRules, used } = indexByItem(tables, conditions);
  for (const kpId of conditions.keys()) {
    if (!used.has(kpId)) notUnderstood.push({ kpId, reason: 'names no item code' });
  }
  return {
    ruleSet: { ...header, conditionsByItem: index, knownClasses: new Set(tables.classes) },
    report: {
      rows: tables.knowledgePoints.length,
      rowsUsed: used.size,
      codeRules,
      itemCodes: index.size,
      waiting,
      notUnderstood,
    },
  };
}

function readRow(row: KnowledgePointRow, replacedOn: CivilDate | undefined): Draft {
  const read = READERS.get(row.condType);
  if (row.condSource === 'unresolved') return { notUnderstood: 'the limit was not resolved' };
  if (read === undefined) return { waiting: row.condType };
  const limit = read(row.condValue);
  if (limit === undefined) return { notUnderstood: `value ${row.condValue} of ${row.condType}` };
  const from = parseCivilDate(row.effectiveFrom);
  if (from === undefined) return { notUnderstood: 'the day it takes effect is not a day' };
  return {
    condition: {
      knowledgePoint: row.kpId,
      limit,
      certain: CERTAIN_SOURCES.has(row.condSource),
      from,
      ...(replacedOn === undefined ? {} : { replacedOn }),
    },
  };
}

/** The day from which each superseded row is replaced; the earliest, where several rows replace it. */
function successionDays(rows: readonly KnowledgePointRow[]): ReadonlyMap<string, CivilDate> {
  const days = new Map<string, CivilDate>();
  for (const row of rows) {
    const day = parseCivilDate(row.effectiveFrom);
    if (row.supersedes === '' || day === undefined) continue;
    const known = days.get(row.supersedes);
    if (known === undefined || day < known) days.set(row.supersedes, day);
  }
  return days;
}

function indexByItem(
  tables: RuleSetTables,
  conditions: ReadonlyMap<string, Condition>,
): {
  index: ReadonlyMap<string, readonly Condition[]>;
  codeRules: number;
  used: ReadonlySet<string>;
} {
  const index = new Map<string, Condition[]>();
  const used = new Set<string>();
  let codeRules = 0;
  for (const { kpId, itemCode } of tables.codes) {
    const condition = conditions.get(kpId);
    if (condition === undefined) continue;
    const listed = index.get(itemCode);
    if (listed === undefined) index.set(itemCode, [condition]);
    else listed.push(condition);
    used.add(kpId);
    codeRules += 1;
  }
  return { index, codeRules, used };
}
