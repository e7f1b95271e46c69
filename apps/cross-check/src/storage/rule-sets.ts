import type { DataSource } from 'typeorm';
import type { RuleSetTexts } from './rule-set-files';

export interface RuleSetIdentity {
  readonly id: string;
  readonly version: string;
  readonly hash: string;
}

/** A version of a rule set that already judged was changed in place. */
export class RuleSetChanged extends Error {
  constructor(readonly ruleSet: RuleSetIdentity) {
    super(
      `version ${ruleSet.version} of rule set ${ruleSet.id} was loaded before with other content`,
    );
    this.name = 'RuleSetChanged';
  }
}

/** Keeps the texts of a rule set by hash, so that what it once judged can be judged again. Throws RuleSetChanged. */
export async function keepRuleSet(
  dataSource: DataSource,
  ruleSet: RuleSetIdentity,
  texts: RuleSetTexts,
  loadedAt: string,
): Promise<void> {
  await dataSource.query(
    `insert into rule_set (hash, id, version, loaded_at, files) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [ruleSet.hash, ruleSet.id, ruleSet.version, loadedAt, JSON.stringify(texts)],
  );
  const rows: { hash: string }[] = await dataSource.query(
    'select hash from rule_set where id = $1 and version = $2',
    [ruleSet.id, ruleSet.version],
  );
  if (rows[0]?.hash !== ruleSet.hash) throw new RuleSetChanged(ruleSet);
}
