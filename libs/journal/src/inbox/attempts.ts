import type { DataSource } from 'typeorm';
import { withClient } from '../connection';
import { numberArray, textArray } from '../pg-text';
import type { IncomingMessage, Transaction } from '../types';
import type { FactIdentity } from './decode';

/** Offsets of one partition, both ends included. */
export interface OffsetRange {
  readonly topic: string;
  readonly partition: number;
  readonly first: string;
  readonly last: string;
}

/** The span of a batch in each of its partitions. */
export function rangesOf(messages: readonly IncomingMessage[]): readonly OffsetRange[] {
  const ranges = new Map<string, OffsetRange>();
  for (const { topic, partition, offset } of messages) {
    const place = `${topic}\n${partition}`;
    const known = ranges.get(place) ?? { topic, partition, first: offset, last: offset };
    ranges.set(place, {
      ...known,
      first: BigInt(offset) < BigInt(known.first) ? offset : known.first,
      last: BigInt(offset) > BigInt(known.last) ? offset : known.last,
    });
  }
  return [...ranges.values()];
}

/** Counts the attempt at a batch before it is made. True when attempts are left over: the last one ended the process. */
export async function beginAttempt(
  dataSource: DataSource,
  consumer: string,
  ranges: readonly OffsetRange[],
): Promise<boolean> {
  return await withClient(dataSource, async (client) => {
    const { rowCount } = await client.query({
      name: 'inbox-begin',
      text: 'select 1 from inbox_begin($1, $2::text[], $3::int[], $4::bigint[], $5::bigint[])',
      values: [consumer, ...rangeColumns(ranges)],
    });
    return rowCount !== 0;
  });
}

/** Counts the attempt at one message and tells how many there were, this one included. */
export async function countAttempt(
  dataSource: DataSource,
  consumer: string,
  { topic, partition, offset }: IncomingMessage,
): Promise<number> {
  const rows: { attempts: number }[] = await dataSource.query(
    'select inbox_count($1, $2, $3, $4) as attempts',
    [consumer, topic, partition, offset],
  );
  return rows[0]?.attempts ?? 1;
}

/** Writes inside a transaction how far streams are handled, and takes back the attempts in the ranges. */
export async function advanceInbox(
  tx: Transaction,
  consumer: string,
  moved: readonly FactIdentity[],
  ranges: readonly OffsetRange[],
): Promise<void> {
  if (moved.length === 0 && ranges.length === 0) return;
  await tx.query({
    name: 'inbox-advance',
    text: `select inbox_advance($1, $2::text[], $3::text[], $4::int[], $5::text[], $6::int[], $7::bigint[], $8::bigint[])`,
    values: [
      consumer,
      textArray(moved.map(({ producer }) => producer)),
      textArray(moved.map(({ stream }) => stream)),
      numberArray(moved.map(({ version }) => version)),
      ...rangeColumns(ranges),
    ],
  });
}

const rangeColumns = (ranges: readonly OffsetRange[]): readonly string[] => [
  textArray(ranges.map(({ topic }) => topic)),
  numberArray(ranges.map(({ partition }) => partition)),
  numberArray(ranges.map(({ first }) => BigInt(first))),
  numberArray(ranges.map(({ last }) => BigInt(last))),
];
