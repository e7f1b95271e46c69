import type { SettledPart } from '@domain/settlement';
import type { Transaction } from '@lib/journal';

/** The order in which a settlement row keeps its amounts. Appending is allowed, reordering never. */
export const AMOUNT_FIELDS = [
  'totalFen',
  'ownPayFen',
  'overLimitFen',
  'firstPayFen',
  'eligibleFen',
  'remoteFirstPayFen',
  'deductibleFen',
  'poolFen',
  'majorIllnessFen',
  'largeAmountFen',
  'civilServantFen',
  'enterpriseFen',
  'assistanceFen',
  'otherFen',
  'fundFen',
  'personFen',
  'accountFen',
  'familyAccountFen',
  'hospitalFen',
  'cashFen',
] as const;

/** The amounts of a settlement in the order of `AMOUNT_FIELDS`. */
export function amountsOf(
  part: Pick<SettledPart, 'totals' | 'payments' | 'remoteFirstPayFen' | 'deductibleFen'>,
): readonly number[] {
  const { totals, payments } = part;
  return AMOUNT_FIELDS.map((field) => {
    if (field in totals) return totals[field as keyof typeof totals];
    if (field in payments) return payments[field as keyof typeof payments];
    return part[field as 'remoteFirstPayFen' | 'deductibleFen'];
  });
}

/** A settlement about to be written. */
export interface SettlementRow {
  readonly settlementNo: string;
  readonly stream: string;
  readonly version: number;
  readonly part: number;
  readonly visitGroupNo: string;
  readonly careCity: string;
  readonly institutionCode: string;
  readonly visitNo: string;
  readonly insuredCity: string;
  readonly insurance: string;
  readonly diseaseCode: string;
  readonly settledAt: string;
  readonly period: string;
  readonly amounts: readonly number[];
}

/** Another transaction took a visitNo between look-up and insert: the batch is decided again. */
export class VisitTaken extends Error {}

const LOOK = {
  name: 'visit-look',
  text: `with asked as materialized (
      select * from unnest($1::text[], $2::text[], $3::text[]) as a (institution_code, visit_no, care_city)
    )
    select s.institution_code, s.visit_no, s.care_city, s.visit_group_no, p.period
    from clearing_pointer p
    left join (
      asked a join settlement s on s.institution_code = a.institution_code and s.visit_no = a.visit_no
        and s.care_city = a.care_city and s.part = 0 and s.reversal_no is null
    ) on true`,
};

/** Names one visit of one institution. */
export interface VisitName {
  readonly institutionCode: string;
  readonly visitNo: string;
  readonly careCity: string;
}

export const visitKey = ({ institutionCode, visitNo, careCity }: VisitName): string =>
  JSON.stringify([careCity, institutionCode, visitNo]);

/** The visits among those asked that stand settled, by `visitKey`, and the clearing period open now. */
export async function lookAtVisits(
  tx: Pick<Transaction, 'query'>,
  visits: readonly VisitName[],
): Promise<{ readonly period: string; readonly settled: Map<string, string> }> {
  const rows = await tx.query<{
    institution_code: string | null;
    visit_no: string;
    care_city: string;
    visit_group_no: string;
    period: string;
  }>({
    ...LOOK,
    values: [
      visits.map((visit) => visit.institutionCode),
      visits.map((visit) => visit.visitNo),
      visits.map((visit) => visit.careCity),
    ],
  });
  const settled = new Map<string, string>();
  for (const row of rows) {
    if (row.institution_code === null) continue;
    const name = {
      institutionCode: row.institution_code,
      visitNo: row.visit_no,
      careCity: row.care_city,
    };
    settled.set(visitKey(name), row.visit_group_no);
  }
  return { period: rows[0]?.period ?? '', settled };
}

const INSERT = {
  name: 'settlement-insert',
  text: `insert into settlement (settlement_no, stream, version, part, visit_group_no, care_city, institution_code,
      visit_no, insured_city, insurance, disease_code, settled_at, period, amounts)
    select no, stream, version, part, visit_group_no, care_city, institution_code, visit_no, insured_city,
      insurance, disease_code, settled_at, period, amounts::bigint[]
    from unnest($1::text[], $2::text[], $3::int[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[], $14::text[])
      as r (no, stream, version, part, visit_group_no, care_city, institution_code, visit_no, insured_city,
        insurance, disease_code, settled_at, period, amounts)
    on conflict do nothing
    returning settlement_no`,
};

/** Writes the settlements of a micro-batch. Throws `VisitTaken` when a visitNo was taken meanwhile. */
export async function insertSettlements(
  tx: Transaction,
  rows: readonly SettlementRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const inserted = await tx.query<{ settlement_no: string }>({
    ...INSERT,
    values: [
      rows.map((row) => row.settlementNo),
      rows.map((row) => row.stream),
      rows.map((row) => row.version),
      rows.map((row) => row.part),
      rows.map((row) => row.visitGroupNo),
      rows.map((row) => row.careCity),
      rows.map((row) => row.institutionCode),
      rows.map((row) => row.visitNo),
      rows.map((row) => row.insuredCity),
      rows.map((row) => row.insurance),
      rows.map((row) => row.diseaseCode),
      rows.map((row) => row.settledAt),
      rows.map((row) => row.period),
      rows.map((row) => `{${row.amounts.join(',')}}`),
    ],
  });
  if (inserted.length !== rows.length) throw new VisitTaken();
}
