import type { CompileReport, RuleSet } from '@domain/screening';
import type { DocumentRef } from '@lib/contracts';

export interface LoadedRuleSet {
  readonly ruleSet: RuleSet;
  readonly report: CompileReport;
  readonly title: string;
}

/** The rule sets in memory, and the one that judges. Changing it is one assignment: no call sees half of two. */
export class RuleBook {
  private current: LoadedRuleSet;
  private readonly byHash = new Map<string, LoadedRuleSet>();

  /** The newest version judges. Throws when there is none: a service without rules would pass everything. */
  constructor(loaded: readonly LoadedRuleSet[]) {
    const [newest] = [...loaded].sort((a, b) =>
      a.ruleSet.version < b.ruleSet.version ? 1 : a.ruleSet.version > b.ruleSet.version ? -1 : 0,
    );
    if (newest === undefined) throw new Error('no rule set was found in the data folder');
    this.current = newest;
    for (const each of loaded) this.byHash.set(each.ruleSet.hash, each);
  }

  get active(): RuleSet {
    return this.current.ruleSet;
  }

  get activeRef(): DocumentRef {
    const { id, version, hash } = this.current.ruleSet;
    return { id, version, hash };
  }

  list(): readonly LoadedRuleSet[] {
    return [...this.byHash.values()];
  }
}
