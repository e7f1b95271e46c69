import type { ContributionPosted } from '@domain/enrolment';
import type { Pool, Transaction } from '@lib/journal';

/** Keeps what was paid, by the version of the fact that says so: two payments for a month are two rows. */
export async function keepContribution(
  tx: Transaction,
  posted: ContributionPosted,
  version: number,
): Promise<void> {
  await tx.query({
    name: 'contribution-keep',
    text: `insert into contribution
      (person_key, insured_city, month, version, base_fen, amount_fen, account_credit_fen, payer)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      posted.personKey,
      posted.insuredCity,
      posted.month,
      version,
      posted.baseFen,
      posted.amountFen,
      posted.accountCreditFen ?? 0,
      posted.payer,
    ],
  });
}

/** The months paid at a city in order, as far as facts up to a version say. */
export async function contributionMonths(
  pool: Pool,
  of: { readonly personKey: string; readonly insuredCity: string; readonly version: number },
): Promise<readonly string[]> {
  const rows = await pool.query<{ month: string }>({
    name: 'contribution-months',
    text: `select distinct month from contribution
      where person_key = $1 and insured_city = $2 and version <= $3 order by month`,
    values: [of.personKey, of.insuredCity, of.version],
  });
  return rows.map(({ month }) => month);
}
