import type { Client } from 'pg';
import { type Instant, instant } from '@domain/kernel';

/** A stream at a version, as refusals name what they were decided from. */
export interface StreamAt {
  readonly stream: string;
  readonly version: number;
}

/** A fact of the history: sound, for its own stream is judged by the same audit. */
export interface PastFact {
  readonly type: string;
  readonly payload: unknown;
  readonly recordedAt: Instant;
}

/** How a stream is folded from its beginning. */
export interface Fold<Replay> {
  readonly start: (stream: string) => Replay;
  readonly next: (replay: Replay, fact: PastFact) => void;
}

interface FactRow {
  readonly stream: string;
  readonly type: string;
  readonly payload: string;
  readonly recorded_ms: string;
}

const FACTS = {
  name: 'audit-history',
  text: `select j.stream, j.type, j.payload, (extract(epoch from j.recorded_at) * 1000)::bigint as recorded_ms
    from unnest($1::text[], $2::int[]) as w (stream, version)
    join journal j on j.stream = w.stream and j.version <= w.version
    order by j.stream, j.version`,
};

/**
 * Folds streams from their beginning and calls `at` at every version asked for, those of one stream in ascending order.
 * A version that the stream does not reach is never called. What `at` finds ends the walk.
 */
export async function foldStreams<Asked extends StreamAt, Replay, Found>(
  client: Client,
  asked: readonly Asked[],
  { start, next }: Fold<Replay>,
  at: (asked: Asked, replay: Replay) => Found | undefined,
): Promise<Found | undefined> {
  if (asked.length === 0) return undefined;
  const wanted = groupBy([...asked].sort((a, b) => a.version - b.version));
  const streams = [...wanted.keys()];
  const { rows } = await client.query<FactRow>({
    ...FACTS,
    values: [streams, streams.map((stream) => wanted.get(stream)?.at(-1)?.version ?? 0)],
  });
  const facts = groupBy(rows);
  for (const [stream, versions] of wanted) {
    const replay = start(stream);
    const past = facts.get(stream) ?? [];
    let folded = 0;
    for (const each of versions) {
      for (; folded < Math.min(each.version, past.length); folded += 1) {
        next(replay, factOf(past[folded]));
      }
      const found = folded === each.version ? at(each, replay) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function groupBy<T extends { readonly stream: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.stream);
    if (group === undefined) groups.set(item.stream, [item]);
    else group.push(item);
  }
  return groups;
}

function factOf(row: FactRow | undefined): PastFact {
  if (row === undefined) throw new RangeError('a fact is folded that was not read');
  const recordedAt = instant(Number(row.recorded_ms));
  return { type: row.type, payload: JSON.parse(row.payload), recordedAt };
}
