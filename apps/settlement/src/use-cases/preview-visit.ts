import type { Instant } from '@domain/kernel';
import { type BenefitYear, decideVisit, EMPTY_YEAR } from '@domain/settlement';
import { lookAtVisits, visitKey } from '../storage/settlements';
import type { SettleVisit } from './commands';
import { gather, type GatherSources } from './gather';
import { type Outcome, refusedOutcome } from './outcomes';
import { inputsOf } from './visit-inputs';

export interface PreviewDependencies extends GatherSources {
  readonly now: () => Instant;
}

/** 预结算: the same reading and the same decision as settling, without a lock, a fact or a number that is kept. */
export class PreviewVisit {
  constructor(private readonly dependencies: PreviewDependencies) {}

  async execute(command: SettleVisit): Promise<Outcome> {
    const { pool, now } = this.dependencies;
    const [gathered] = await gather(this.dependencies, [command]);
    if (gathered === undefined) throw new Error('nothing was gathered for the visit');
    const { period, settled } = await lookAtVisits(pool, [command.visit]);
    const year = await this.yearOf(gathered.stream);
    const inputs = inputsOf(gathered, {
      decidedAt: now(),
      period,
      alreadySettled: settled.get(visitKey(command.visit)),
      version: year.version,
    });
    const decision = decideVisit({
      visit: command.visit,
      inputs,
      year: year.state,
      pack: gathered.pack?.document,
      agreement: gathered.agreement?.document,
    });
    if (decision.outcome === 'refused') return refusedOutcome(decision.result);
    const fact = { command: command.visit, inputs, result: decision.result };
    return { type: 'settled', fact, benefits: decision.benefits, replayed: false };
  }

  private async yearOf(
    stream: string | undefined,
  ): Promise<{ readonly version: number; readonly state: BenefitYear }> {
    const [row] = await this.dependencies.pool.query<{ version: string; state: string | null }>({
      name: 'year-peek',
      text: 'select version, state from stream_head where stream = $1',
      values: [stream ?? ''],
    });
    if (row?.state == null) return { version: 0, state: EMPTY_YEAR };
    return { version: Number(row.version), state: JSON.parse(row.state) as BenefitYear };
  }
}
