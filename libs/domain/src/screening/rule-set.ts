import type { CivilDate } from '@domain/kernel';
import type { AgeRangeLimit, WorkingAge } from './conditions/age-range';
import type { ChildAge, ChildLimit } from './conditions/child-only';
import type { GenderLimit } from './conditions/gender';
import type { InstitutionLevelLimit } from './conditions/institution-level';
import type { InsuranceLimit, InsurancesMeeting } from './conditions/insurance-type';
import type { Action, LineRule } from './finding';

export type Stage = 'before' | 'during';

/** What a published row limits, read into values. */
export type Limit =
  GenderLimit | ChildLimit | AgeRangeLimit | InsuranceLimit | InstitutionLevelLimit;

/** One knowledge point, ready to be judged; shared by all item codes that it names. */
export interface Condition {
  readonly knowledgePoint: string;
  readonly limit: Limit;
  /** `given` by the published table; otherwise read out of the limiting sentence. */
  readonly certain: boolean;
  readonly from: CivilDate;
  /** The first day on which a later row stands in its place. */
  readonly replacedOn?: CivilDate;
}

/** Care that is never stopped (domain-rules §0.4 (9)): a dated list of disease and item codes. */
export interface ProtectedCare {
  readonly name: string;
  readonly from: CivilDate;
  readonly until?: CivilDate;
  readonly diseaseCodes: ReadonlySet<string>;
  readonly itemCodes: ReadonlySet<string>;
}

export type UnknownCodes = 'off' | 'class' | 'all';

/** Figures that no publication gives; each carries its source in the data. */
export interface RuleParameters {
  readonly childAge: ChildAge;
  readonly workingAge: WorkingAge;
  readonly insurancesMeeting: InsurancesMeeting;
  readonly unknownCodes: UnknownCodes;
  readonly supplyGraceDays: number;
}

/** A dated set of rules, compiled: one look-up per line. */
export interface RuleSet {
  readonly id: string;
  readonly version: string;
  /** Of everything it was loaded from. */
  readonly hash: string;
  readonly effectiveFrom: CivilDate;
  readonly actions: Readonly<Record<Stage, Readonly<Record<LineRule, Action>>>>;
  readonly parameters: RuleParameters;
  readonly protectedCare: readonly ProtectedCare[];
  readonly conditionsByItem: ReadonlyMap<string, readonly Condition[]>;
  readonly knownClasses: ReadonlySet<string>;
}

/** Everything of a rule set but its tables, as read from its file. */
export type RuleSetHeader = Omit<RuleSet, 'conditionsByItem' | 'knownClasses'>;

/** A row of the published list of knowledge points. */
export interface KnowledgePointRow {
  readonly kpId: string;
  readonly condType: string;
  readonly condValue: string;
  readonly condSource: string;
  readonly effectiveFrom: string;
  /** The knowledge point that this row replaces; empty when it replaces none. */
  readonly supersedes: string;
}

/** One item code that a knowledge point names. */
export interface KnowledgePointCode {
  readonly kpId: string;
  readonly itemCode: string;
}

export interface RuleSetTables {
  readonly knowledgePoints: readonly KnowledgePointRow[];
  readonly codes: readonly KnowledgePointCode[];
  readonly classes: readonly string[];
}

/** What became of every published row: nothing is dropped unseen. */
export interface CompileReport {
  readonly rows: number;
  readonly rowsUsed: number;
  /** Executable code-level rules: pairs of a used row and an item code. */
  readonly codeRules: number;
  readonly itemCodes: number;
  /** Rows whose kind of condition is not judged yet, by kind. */
  readonly waiting: Readonly<Record<string, number>>;
  readonly notUnderstood: readonly { readonly kpId: string; readonly reason: string }[];
}
