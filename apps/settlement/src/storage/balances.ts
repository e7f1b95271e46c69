import type { RecordedPosting } from '@domain/settlement';
import type { Transaction } from '@lib/journal';

const ADD = {
  name: 'balance-add',
  text: `insert into balance as b (account, period, shard, amount_fen, entries)
    select account, $3, $4, amount, entries
    from unnest($1::text[], $2::bigint[], $5::bigint[]) as r (account, amount, entries)
    on conflict (account, period, shard)
    do update set amount_fen = b.amount_fen + excluded.amount_fen, entries = b.entries + excluded.entries`,
};

/**
 * Adds a micro-batch's postings to the balances of the period, one row per account. Each writer has a shard of its own,
 * so that no account becomes a row that everybody waits for; rows are touched in the order of their accounts.
 */
export async function addToBalances(
  tx: Transaction,
  postings: readonly RecordedPosting[],
  { period, shard }: { readonly period: string; readonly shard: number },
): Promise<void> {
  if (postings.length === 0) return;
  const sums = new Map<string, { amount: number; entries: number }>();
  for (const { account, amountFen } of postings) {
    const sum = sums.get(account);
    if (sum === undefined) sums.set(account, { amount: amountFen, entries: 1 });
    else {
      sum.amount += amountFen;
      sum.entries += 1;
    }
  }
  const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  await tx.query({
    ...ADD,
    values: [
      sorted.map(([account]) => account),
      sorted.map(([, sum]) => sum.amount),
      period,
      shard,
      sorted.map(([, sum]) => sum.entries),
    ],
  });
}
