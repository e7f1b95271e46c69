import { createHash, type Hash } from 'node:crypto';
import type { StoredFact } from '@lib/journal';
import type { Client } from 'pg';

/**
 * The name of the range that a stream belongs to: benefit years by insured city and year, refusals by insured city, what
 * belongs to a person by the first character of the key, everything else by its kind. The same pattern serves JavaScript
 * and the database.
 */
const RANGE =
  '^(?:benefit-year/[^/]*/[^/]*|refusals/[^/]*|(?:person|access|suspicion)/.|documents/[^/]*|[^/]*)';
const PATTERN = new RegExp(RANGE);

export const rangeOf = (stream: string): string => PATTERN.exec(stream)?.[0] ?? '';

/** What was found of a range. */
export interface RangeResult {
  readonly range: string;
  readonly streams: number;
  readonly facts: number;
  /** SHA-256, hex, over the hashes of its facts as bytes: streams in ascending order, versions in ascending order. */
  readonly digest: string;
}

/** Streams from one on, up to but not including another. */
export interface Stretch {
  readonly fromStream: string;
  readonly beforeStream?: string;
  /** As many facts as its heads say, to begin with the longest. */
  readonly facts: number;
}

/**
 * All streams there can be, cut where ranges begin: stretches tile the whole order, so that a stream without a head is in
 * one of them too.
 */
export async function stretchesOf(client: Client): Promise<readonly Stretch[]> {
  const { rows } = await client.query<{ first: string; facts: string }>(
    `select min(stream) as first, sum(version)::text as facts from stream_head
     group by substring(stream from $1) order by 1`,
    [RANGE],
  );
  return rows.map(({ first, facts }, index): Stretch => {
    const next = rows[index + 1]?.first;
    return {
      fromStream: index === 0 ? '' : first,
      ...(next === undefined ? {} : { beforeStream: next }),
      facts: Number(facts),
    };
  });
}

/** Adds up the ranges of a stretch as their streams pass by. */
export class RangeDigests {
  private readonly ranges = new Map<string, { streams: number; facts: number; hash: Hash }>();

  add(stream: string, facts: readonly StoredFact[]): void {
    const range = rangeOf(stream);
    const known = this.ranges.get(range) ?? { streams: 0, facts: 0, hash: createHash('sha256') };
    this.ranges.set(range, known);
    known.streams += 1;
    known.facts += facts.length;
    for (const fact of facts) known.hash.update(fact.hash, 'hex');
  }

  results(): readonly RangeResult[] {
    return [...this.ranges].map(([range, { streams, facts, hash }]) => {
      return { range, streams, facts, digest: hash.copy().digest('hex') };
    });
  }
}

/** The digest of a service: SHA-256 over the digests of its ranges as bytes, ranges in ascending order. */
export function digestOfRanges(ranges: readonly RangeResult[]): string {
  const whole = createHash('sha256');
  for (const { digest } of ranges) whole.update(digest, 'hex');
  return whole.digest('hex');
}
