import type { AuditedStream, StoredFact } from '@lib/journal';
import type { Client } from 'pg';
import type { Difference } from './difference';
import { type Judge, judged, type ParsedPayload, Tally } from './judge';
import { type Fold, foldStreams, type StreamAt } from './stream-history';

const COMPANY = 100;

/** A refusal that waits until the stream it was decided from is folded to the version it names. */
interface Waiting extends StreamAt {
  readonly fact: StoredFact;
}

/** How the refusals of a service are decided again. */
export interface RefusalRules<Replay> {
  readonly fold: Fold<Replay>;
  /** The stream and version that a refusal was decided from; undefined where it read none. */
  readonly decidedFrom: (payload: ParsedPayload) => StreamAt | undefined;
  /** What is wrong with a refusal that was decided from here. */
  readonly judge: (
    fact: StoredFact,
    payload: ParsedPayload,
    replay: Replay,
  ) => Difference | undefined;
}

/** Refusals: each decided again from the stream that its inputs name, at the version they name. */
export class JudgeRefusals<Replay> implements Judge {
  readonly tally = new Tally();
  private waiting: Waiting[] = [];

  constructor(
    private readonly client: Client,
    private readonly rules: RefusalRules<Replay>,
  ) {}

  async stream({ facts }: AuditedStream): Promise<Difference | undefined> {
    for (const fact of facts) {
      const difference = this.fact(fact);
      if (difference !== undefined) return difference;
      if (this.waiting.length >= COMPANY) {
        const found = await this.end();
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  async end(): Promise<Difference | undefined> {
    const { waiting, rules } = this;
    this.waiting = [];
    const reached = new Set<Waiting>();
    const found = await foldStreams(this.client, waiting, rules.fold, (asked, replay) => {
      reached.add(asked);
      return this.judge(asked.fact, replay);
    });
    if (found !== undefined) return found;
    const missed = waiting.find((each) => !reached.has(each));
    if (missed === undefined) return undefined;
    const { stream, version } = missed.fact;
    return { stream, version, what: 'its inputs name a version that the stream does not have' };
  }

  private fact(fact: StoredFact): Difference | undefined {
    return judged(fact, (payload) => {
      const from = this.rules.decidedFrom(payload);
      if (from === undefined) return this.judge(fact, this.rules.fold.start(''));
      this.waiting.push({ ...from, fact });
      return undefined;
    });
  }

  private judge(fact: StoredFact, replay: Replay): Difference | undefined {
    this.tally.decided += 1;
    return judged(fact, (payload) => this.rules.judge(fact, payload, replay));
  }
}
