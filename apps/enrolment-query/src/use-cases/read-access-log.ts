import type { Refusal } from '@domain/kernel';
import { type Caller, type CoverageRead, holdsCity } from '@lib/contracts';
import { actorOf, type Pool } from '@lib/journal';
import { listAccesses } from '../storage/accesses';
import { readCoverage } from '../storage/person-streams';
import { accessStream } from './streams';

const NOT_FOUND: Refusal = { refused: 'edge.not-found' };
const CURSOR_INVALID: Refusal = { refused: 'edge.cursor-invalid', field: 'after' };
const NEWEST = 2_147_483_647;

/** Who read a person, when and why. */
export class ReadAccessLog {
  constructor(private readonly pool: Pool) {}

  /** A page, newest first. An agency that never insured the person is answered as if there were no such person. */
  async execute(
    caller: Caller,
    { personKey, after, limit }: { personKey: string; after?: string; limit: number },
  ) {
    if (after !== undefined && !/^\d{1,9}$/.test(after)) return CURSOR_INVALID;
    if (caller.role === 'agency' && !(await this.isInsuredWith(caller, personKey))) {
      return NOT_FOUND;
    }
    const below = after === undefined ? NEWEST : Number(after);
    const found = await listAccesses(this.pool, accessStream(personKey), below, limit);
    const last = found.at(-1);
    return {
      accesses: found.map(({ at, actor, payload }) => {
        const { by: _by, ...command } = (JSON.parse(payload) as CoverageRead).command;
        return { at, actor: actorOf(actor), ...command };
      }),
      ...(last !== undefined && found.length === limit ? { next: String(last.version) } : {}),
    };
  }

  private async isInsuredWith(caller: Caller, personKey: string): Promise<boolean> {
    const coverage = await readCoverage(this.pool, personKey);
    return coverage?.enrolments.some((one) => holdsCity(caller, one.insuredCity)) ?? false;
  }
}
