import type { AuditedStream, StoredFact } from '@lib/journal';
import type { Client } from 'pg';
import { type Difference, differenceOf } from './difference';

/** A sum, and of how many amounts. */
export interface Sum {
  amount: bigint;
  entries: number;
}

/** What was counted and summed on the way; sums of ranges are added up. */
export class Tally {
  /** Facts decided again, and facts of which only the chain can be proved. */
  decided = 0;
  chainOnly = 0;
  readonly sums = new Map<string, Sum>();

  add(name: string, amount: bigint, entries = 1): void {
    const sum = this.sums.get(name);
    if (sum === undefined) this.sums.set(name, { amount, entries });
    else {
      sum.amount += amount;
      sum.entries += entries;
    }
  }

  merge({ decided, chainOnly, sums }: Pick<Tally, 'decided' | 'chainOnly' | 'sums'>): void {
    this.decided += decided;
    this.chainOnly += chainOnly;
    for (const [name, { amount, entries }] of sums) this.add(name, amount, entries);
  }
}

type Verdict = Difference | undefined | Promise<Difference | undefined>;

/** Judges the streams of one service, in ascending order, after their chains proved sound. */
export interface Judge {
  readonly tally: Tally;
  stream(audited: AuditedStream): Verdict;
  /** What was left waiting for company is judged now. */
  end(): Promise<Difference | undefined>;
}

/** What is known of one service: how its streams are judged, and what is proved once, before and after them. */
export interface ServiceAudit {
  /** Documents and the like, which decisions are made again with. */
  before(client: Client): Promise<Difference | undefined>;
  /** A judge with a connection of its own to the snapshot that is audited. */
  judge(client: Client): Promise<Judge>;
  /** What the sums over the whole journal say of the tables. */
  after(client: Client, tally: Tally): Promise<Difference | undefined>;
}

/** A payload as JSON with its three parts. */
export interface ParsedPayload {
  readonly command: unknown;
  readonly inputs: unknown;
  readonly result: unknown;
}

/** Runs the judgement of one fact on its payload; one that cannot even be read or decided is a difference. */
export function judged<T>(fact: StoredFact, work: (payload: ParsedPayload) => T): T | Difference {
  return guarded(fact, () => work(JSON.parse(fact.payload) as ParsedPayload));
}

/** Runs the judgement of one fact; what it throws over is a difference of the fact, not a fault of ours. */
export function guarded<T>(fact: StoredFact, work: () => T): T | Difference {
  try {
    return work();
  } catch (cause) {
    const { stream, version } = fact;
    // The message may quote the payload; the kind of error does not.
    const kind = cause instanceof Error ? cause.name : 'unknown';
    return { stream, version, what: `it cannot be decided again (${kind})` };
  }
}

const RESULT = ',"result":';

/** A payload read without its result, and where the result begins in the text. */
export interface PayloadHead {
  readonly command: unknown;
  readonly inputs: unknown;
  readonly resultAt: number;
}

/**
 * Reads a payload up to its result, which an auditor who decides again need only compare as text. Undefined where the text
 * does not come apart so: then the whole of it has to be read.
 */
export function headOf(payload: string): PayloadHead | undefined {
  const end = payload.lastIndexOf(RESULT);
  try {
    const head = JSON.parse(`${payload.slice(0, end)}}`) as Omit<PayloadHead, 'resultAt'>;
    return { ...head, resultAt: end + RESULT.length };
  } catch {
    return undefined;
  }
}

/** Whether the result that a payload ends with is exactly this one. */
export function endsWithResult(
  payload: string,
  { resultAt }: PayloadHead,
  result: unknown,
): boolean {
  const text = JSON.stringify(result);
  return payload.length === resultAt + text.length + 1 && payload.endsWith(`${text}}`);
}

/**
 * Compares the result of a fact, byte for byte as it stands in the payload, with the one that its decision gives again.
 */
export function resultDifference(
  fact: StoredFact,
  result: unknown,
  expected: unknown,
): Difference | undefined {
  const text = JSON.stringify(expected);
  if (fact.payload.endsWith(`,"result":${text}}`)) return undefined;
  return differenceOf(fact, { what: 'result', expected: text, found: JSON.stringify(result) });
}

/** Compares the folded state with that of the head; the chain has proved that the head is the last fact. */
export function stateDifference(
  { stream, head }: AuditedStream,
  expected: string | undefined,
): Difference | undefined {
  if (head === undefined || head.state === expected) return undefined;
  const fault = {
    what: 'state',
    expected: asJson(expected),
    found: asJson(head.state),
  };
  return differenceOf({ stream, version: head.version }, fault);
}

/** A state that is no JSON at all is compared as a text. */
function asJson(state: string | undefined): string {
  if (state === undefined) return 'null';
  try {
    JSON.parse(state);
    return state;
  } catch {
    return JSON.stringify(state);
  }
}
