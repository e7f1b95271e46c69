import type { Transaction } from '@lib/journal';

/** A visit that was settled unscreened; `settled` is its fact as JSON. */
export interface ScreeningDue {
  readonly visitGroupNo: string;
  readonly personKey: string;
  readonly settled: string;
}

/** Keeps visits until their persons are known. */
export async function keepDue(tx: Transaction, due: readonly ScreeningDue[]): Promise<void> {
  if (due.length === 0) return;
  await tx.query({
    name: 'keep-screening-due',
    text: `insert into screening_due (visit_group_no, person_key, settled)
      select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing`,
    values: [
      due.map((each) => each.visitGroupNo),
      due.map((each) => each.personKey),
      due.map((each) => each.settled),
    ],
  });
}

/** Takes the visits that wait for these persons: they are due no longer. */
export async function takeDue(
  tx: Transaction,
  personKeys: readonly string[],
): Promise<readonly string[]> {
  if (personKeys.length === 0) return [];
  const rows = await tx.query<{ settled: string }>({
    name: 'take-screening-due',
    text: 'delete from screening_due where person_key = any ($1::text[]) returning settled',
    values: [personKeys],
  });
  return rows.map((row) => row.settled);
}
