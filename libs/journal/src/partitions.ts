import { type Instant, dateOf } from '@domain/kernel';
import type { DataSource } from 'typeorm';

/**
 * Makes the journal's partitions for the month of `now` and `months` after it; returns how many were new. To be called on
 * start and whenever business time reaches a new month (the relay's owner does that). A month whose first facts already
 * lie in the default partition stays there: nothing is lost, and the next month has a partition of its own again.
 */
export async function ensurePartitions(
  dataSource: DataSource,
  now: Instant,
  months = 3,
): Promise<number> {
  let made = 0;
  for (const first of monthsFrom(now, months + 1)) {
    if (await ensureMonth(dataSource, first)) made += 1;
  }
  return made;
}

/** The first days of `count` months from the one in which a moment falls in China. */
export function monthsFrom(now: Instant, count: number): readonly string[] {
  const today = dateOf(now);
  const start = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1;
  return Array.from({ length: count }, (_, index) => {
    const month = start + index;
    const year = String(Math.floor(month / 12)).padStart(4, '0');
    return `${year}-${String((month % 12) + 1).padStart(2, '0')}-01`;
  });
}

async function ensureMonth(dataSource: DataSource, first: string): Promise<boolean> {
  try {
    const rows: { made: boolean }[] = await dataSource.query(
      'select journal_ensure_month($1::date) as made',
      [first],
    );
    return rows[0]?.made ?? false;
  } catch (error) {
    if (isHeldByDefaultPartition(error)) return false;
    throw error;
  }
}

/** 23514: the default partition already holds facts of that month. */
const isHeldByDefaultPartition = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'code') === '23514';
