import { crossCheckContracts } from '@lib/contracts';
import { Endpoint } from '@lib/edge';
import { Controller } from '@nestjs/common';
import { RuleBook } from '../../use-cases/rule-book';

/** Which rules judge, and what became of every published row. */
@Controller()
export class RuleSetsController {
  constructor(private readonly rules: RuleBook) {}

  @Endpoint(crossCheckContracts.ruleSets)
  list() {
    const { hash: active } = this.rules.activeRef;
    return {
      ruleSets: this.rules.list().map(({ ruleSet, report, title }) => ({
        id: ruleSet.id,
        version: ruleSet.version,
        hash: ruleSet.hash,
        title,
        effectiveFrom: ruleSet.effectiveFrom,
        active: ruleSet.hash === active,
        ...report,
      })),
    };
  }
}
