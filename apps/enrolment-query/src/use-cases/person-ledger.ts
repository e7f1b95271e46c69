import { type Accepted, type Coverage, evolveCoverage } from '@domain/enrolment';
import { dateOf, formatInstant, type Instant, type Refusal } from '@domain/kernel';
import type { Actor, CommandKey, StreamHead, Transaction } from '@lib/journal';
import { coverageOfHead, coverageText } from '../storage/person-streams';
import { type Outcome, REFUSED } from './outcome';
import { personStream, refusalStream } from './streams';

/** Who does it, and the key that makes it happen once; only one fact of a command carries the key. */
export interface Origin {
  readonly actor: Actor;
  readonly key?: CommandKey;
}

/** The locked streams of some persons within one transaction: facts are added and folded as they come. */
export class PersonLedger {
  private readonly coverages = new Map<string, Coverage>();
  private readonly changed = new Set<string>();

  private constructor(
    private readonly tx: Transaction,
    private readonly heads: ReadonlyMap<string, StreamHead>,
    private readonly at: Instant,
  ) {}

  /** Locks the persons' streams in order. */
  static async lock(
    tx: Transaction,
    personKeys: readonly string[],
    at: Instant,
  ): Promise<PersonLedger> {
    return new PersonLedger(tx, await tx.lock(personKeys.map(personStream)), at);
  }

  coverageOf(personKey: string): Coverage | undefined {
    const folded = this.coverages.get(personKey);
    return folded ?? coverageOfHead(this.heads.get(personStream(personKey)));
  }

  /** Adds an accepted decision to its person's stream. Returns its version there. */
  append({ fact, command, inputs }: Accepted, { actor, key }: Origin): number {
    const { personKey } = fact.result;
    const stream = personStream(personKey);
    const version = this.tx.append({
      stream,
      type: fact.type,
      payload: JSON.stringify({ command, inputs, result: fact.result }),
      actor,
      recordedAt: this.at,
      ...(key === undefined ? {} : { command: key }),
    });
    const place = { version, recordedAt: formatInstant(this.at) };
    this.coverages.set(personKey, evolveCoverage(this.coverageOf(personKey), fact, place));
    this.changed.add(personKey);
    return version;
  }

  /** Keeps the folded states. Called once, after the last fact. */
  saveStates(): void {
    for (const personKey of this.changed) {
      const coverage = this.coverages.get(personKey);
      if (coverage !== undefined) this.tx.setState(personStream(personKey), coverageText(coverage));
    }
  }
}

/** A refusal as a fact of its own stream (architecture §4), with the stream and version it was decided from. */
export function recordRefusal(
  tx: Transaction,
  refused: {
    readonly insuredCity: string;
    readonly command: object;
    readonly inputs: object;
    readonly refusal: Refusal;
  },
  { actor, key, at }: Origin & { readonly at: Instant },
): Outcome {
  const { insuredCity, command, inputs, refusal } = refused;
  const payload = JSON.stringify({ command, inputs, result: refusal });
  tx.append({
    stream: refusalStream(insuredCity, dateOf(at), key?.key ?? payload),
    type: REFUSED,
    payload,
    actor,
    recordedAt: at,
    ...(key === undefined ? {} : { command: key }),
  });
  return { type: REFUSED, result: refusal, replayed: false };
}
