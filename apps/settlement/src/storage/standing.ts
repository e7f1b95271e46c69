import type { StandingSettlement } from '@domain/settlement';
import type { Transaction } from '@lib/journal';

/** Where a settlement stands: its benefit year and its place there. */
export interface SettlementPlace {
  readonly stream: string;
  readonly version: number;
  readonly part: number;
  readonly insuredCity: string;
  readonly careCity: string;
}

/** Finds a settlement by its number, reversed or not. */
export async function findPlace(
  tx: Pick<Transaction, 'query'>,
  settlementNo: string,
): Promise<SettlementPlace | undefined> {
  const [row] = await tx.query<{
    stream: string;
    version: number;
    part: number;
    insured_city: string;
    care_city: string;
  }>({
    name: 'settlement-place',
    text: 'select stream, version, part, insured_city, care_city from settlement where settlement_no = $1',
    values: [settlementNo],
  });
  if (row === undefined) return undefined;
  const { stream, version, part } = row;
  return { stream, version, part, insuredCity: row.insured_city, careCity: row.care_city };
}

/** The settlements of a benefit year that stand, from a place on, in the order in which they were made. */
export async function standingFrom(
  tx: Transaction,
  { stream, version, part }: SettlementPlace,
): Promise<readonly StandingSettlement[]> {
  const rows = await tx.query<{
    settlement_no: string;
    care_city: string;
    disease_code: string;
    version: number;
    part: number;
  }>({
    name: 'settlement-standing',
    text: `select settlement_no, care_city, disease_code, version, part from settlement
      where stream = $1 and (version, part) >= ($2::int, $3::smallint) and reversal_no is null
      order by version, part`,
    values: [stream, version, part],
  });
  return rows.map((row) => ({
    settlementNo: row.settlement_no,
    careCity: row.care_city,
    diseaseCode: row.disease_code,
    version: row.version,
    part: row.part,
  }));
}

/** The fact that settled it, as its exact text. */
export async function settledPayload(
  tx: Pick<Transaction, 'query'>,
  { stream, version }: { readonly stream: string; readonly version: number },
): Promise<string | undefined> {
  const [row] = await tx.query<{ payload: string }>({
    name: 'settlement-payload',
    text: 'select payload from journal where stream = $1 and version = $2',
    values: [stream, version],
  });
  return row?.payload;
}

/** Marks a settlement reversed; its visitNo is free when it was the first part. */
export async function markReversed(
  tx: Transaction,
  { settlementNo, reversalNo }: { readonly settlementNo: string; readonly reversalNo: string },
): Promise<void> {
  await tx.query({
    name: 'settlement-reversed',
    text: 'update settlement set reversal_no = $2 where settlement_no = $1',
    values: [settlementNo, reversalNo],
  });
}
