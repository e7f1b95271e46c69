import type { VisitSettled } from '@domain/settlement';
import type { Pool } from '@lib/journal';

/** A settlement as it stands, with the fact that made it. */
export interface FoundSettlement {
  readonly settlementNo: string;
  readonly reversalNo: string | undefined;
  readonly insuredCity: string;
  readonly careCity: string;
  readonly institutionCode: string;
  readonly visitNo: string;
  readonly settledAt: string;
  readonly period: string;
  readonly fact: VisitSettled;
}

interface Row {
  readonly settlement_no: string;
  readonly reversal_no: string | null;
  readonly insured_city: string;
  readonly care_city: string;
  readonly institution_code: string;
  readonly visit_no: string;
  readonly period: string;
  readonly payload: string;
}

const COLUMNS = `s.settlement_no, s.reversal_no, s.insured_city, s.care_city, s.institution_code, s.visit_no, s.period,
  j.payload from settlement s join journal j on j.stream = s.stream and j.version = s.version`;

/** One settlement by its number. */
export async function findSettlement(
  pool: Pool,
  settlementNo: string,
): Promise<FoundSettlement | undefined> {
  const [row] = await pool.query<Row>({
    name: 'settlement-find',
    text: `select ${COLUMNS} where s.settlement_no = $1`,
    values: [settlementNo],
  });
  return row === undefined ? undefined : foundOf(row);
}

/** The settlements ever made under a visit's number, reversed ones included, oldest first. */
export async function findVisit(
  pool: Pool,
  visit: { readonly careCity: string; readonly institutionCode: string; readonly visitNo: string },
): Promise<readonly FoundSettlement[]> {
  const rows = await pool.query<Row>({
    name: 'settlement-find-visit',
    text: `select ${COLUMNS} where s.institution_code = $1 and s.visit_no = $2 and s.care_city = $3
      order by s.stream, s.version, s.part limit 200`,
    values: [visit.institutionCode, visit.visitNo, visit.careCity],
  });
  return rows.map(foundOf);
}

function foundOf(row: Row): FoundSettlement {
  const fact = JSON.parse(row.payload) as VisitSettled;
  return {
    settlementNo: row.settlement_no,
    reversalNo: row.reversal_no ?? undefined,
    insuredCity: row.insured_city,
    careCity: row.care_city,
    institutionCode: row.institution_code,
    visitNo: row.visit_no,
    settledAt: fact.command.settledAt,
    period: row.period,
    fact,
  };
}
