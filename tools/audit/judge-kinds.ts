import type { AuditedStream } from '@lib/journal';
import type { Difference } from './difference';
import { type Judge, Tally } from './judge';

/** Sends each stream to the judge of its kind, the name up to the first `/`. Of other kinds the chain alone is proved. */
export class JudgeKinds implements Judge {
  private readonly chainOnly = new Tally();

  constructor(private readonly judges: ReadonlyMap<string, Judge>) {}

  get tally(): Tally {
    const all = new Tally();
    for (const { tally } of [...this.judges.values(), { tally: this.chainOnly }]) all.merge(tally);
    return all;
  }

  stream(audited: AuditedStream): Difference | undefined | Promise<Difference | undefined> {
    const { stream, facts } = audited;
    const judge = this.judges.get(stream.slice(0, stream.indexOf('/')));
    if (judge !== undefined) return judge.stream(audited);
    this.chainOnly.chainOnly += facts.length;
    return undefined;
  }

  async end(): Promise<Difference | undefined> {
    for (const judge of this.judges.values()) {
      const difference = await judge.end();
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
}
