import type { Client } from 'pg';
import type { Difference } from './difference';
import type { ServiceAudit, Tally } from './judge';
import { JudgeKinds } from './judge-kinds';
import { JudgeRefusals } from './judge-refusals';
import { JudgeDocuments, judgeInstitutions, judgePractitioners } from './judge-registry';
import { JudgeYears } from './judge-years';
import { documentDifference, readReplayDocuments } from './settlement-documents';
import { settlementRefusals } from './settlement-refusals';
import { keyDifference, rowCountDifference } from './tables';

/** settlement: benefit years, refusals, registry and documents; rows, balances and what they sum to. */
export const settlementAudit: ServiceAudit = {
  before: documentDifference,
  async judge(client) {
    const documents = await readReplayDocuments(client);
    return new JudgeKinds(
      new Map([
        ['benefit-year', new JudgeYears(client, documents)],
        ['refusals', new JudgeRefusals(client, settlementRefusals(documents))],
        ['institution', judgeInstitutions(client)],
        ['practitioner', judgePractitioners(client)],
        ['documents', new JudgeDocuments(client)],
      ]),
    );
  },
  async after(client, tally) {
    const tables = ['settlement', 'institution', 'practitioner', 'policy_document'];
    return (
      (await rowCountDifference(client, tally, tables)) ??
      (await balanceDifference(client, tally)) ??
      (await keyDifference(client))
    );
  },
};

interface BalanceRow {
  readonly account: string;
  readonly period: string;
  readonly amount: string;
  readonly entries: string;
}

/** Balances are the postings of the facts, added up per account and period; the ledger of a period sums to zero. */
async function balanceDifference(client: Client, tally: Tally): Promise<Difference | undefined> {
  const { rows } = await client.query<BalanceRow>(`
    select account, period, sum(amount_fen)::text as amount, sum(entries)::text as entries
    from balance group by account, period order by period, account`);
  const left = new Set([...tally.sums.keys()].filter((name) => name.startsWith('balance ')));
  const periods = new Map<string, bigint>();
  for (const { account, period, amount, entries } of rows) {
    left.delete(`balance ${period} ${account}`);
    periods.set(period, (periods.get(period) ?? 0n) + BigInt(amount));
    const sum = tally.sums.get(`balance ${period} ${account}`);
    const figures = [
      { name: 'balance', expected: String(sum?.amount ?? 0n), found: amount },
      { name: 'entries', expected: String(sum?.entries ?? 0), found: entries },
    ];
    const wrong = figures.find(({ expected, found }) => expected !== found);
    if (wrong !== undefined) {
      const { name, expected, found } = wrong;
      return { what: `${name} of account ${account} in period ${period}`, expected, found };
    }
  }
  const [missing] = left;
  if (missing !== undefined) {
    const expected = String(tally.sums.get(missing)?.amount ?? 0n);
    return { what: missing, expected, found: 'absent' };
  }
  const open = [...periods].find(([, sum]) => sum !== 0n);
  if (open === undefined) return undefined;
  const [period, sum] = open;
  return { what: `the ledger of period ${period}`, expected: '0', found: String(sum) };
}
