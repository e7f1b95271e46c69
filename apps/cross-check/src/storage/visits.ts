import type { Pool, Transaction } from '@lib/journal';

/** One visit as it is kept: what is asked of it, and its record as JSON. */
export interface VisitRow {
  readonly visitGroupNo: string;
  readonly invoiceMark: bigint | undefined;
  readonly linesMark: bigint;
  readonly supplyMarks: readonly bigint[];
  readonly careCity: string;
  readonly record: string;
}

/** Visits that share a mark, or the sales of one box. */
export interface Alike {
  readonly kind: 'invoice' | 'lines' | 'supply';
  readonly mark: bigint;
  readonly visitGroupNos: readonly string[];
}

export interface BoxSales {
  readonly code: string;
  readonly visitGroupNos: readonly string[];
}

export interface KeptVisit {
  readonly visitGroupNo: string;
  /** The settlements of the visit that were reversed. */
  readonly reversed: readonly string[];
  readonly record: string;
}

/**
 * Adds sales to boxes and locks the boxes until the transaction ends, in one order everywhere; a box with no new
 * visits is only locked. Returns the boxes with more than one visit: of a single sale nobody can be suspicious.
 */
export async function keepSales(
  tx: Transaction,
  sales: ReadonlyMap<string, readonly string[]>,
): Promise<readonly BoxSales[]> {
  if (sales.size === 0) return [];
  const rows = await tx.query<{ code: string; visit_group_nos: string[] }>({
    name: 'keep-sales',
    text: 'select code, visit_group_nos from keep_sales($1::text[], $2::text[])',
    values: [[...sales.keys()], [...sales.values()].map((visits) => visits.join(','))],
  });
  return rows.map((row) => ({ code: row.code, visitGroupNos: row.visit_group_nos }));
}

/** Keeps visits; one that is already kept stays as it is. */
export async function keepVisits(tx: Transaction, visits: readonly VisitRow[]): Promise<void> {
  if (visits.length === 0) return;
  const supplies = visits.flatMap((visit) => visit.supplyMarks.map((mark) => ({ mark, visit })));
  await tx.query({
    name: 'keep-visits',
    text: 'select keep_visits($1::text[], $2::bigint[], $3::bigint[], $4, $5::bigint[], $6::integer[], $7::text[])',
    values: [
      visits.map(({ visitGroupNo }) => visitGroupNo),
      visits.map(({ invoiceMark }) => invoiceMark?.toString()),
      visits.map(({ linesMark }) => linesMark.toString()),
      visits.map(({ record }) => record).join('\n'),
      supplies.map(({ mark }) => mark.toString()),
      supplies.map(({ visit }) => visit.careCity),
      supplies.map(({ visit }) => visit.visitGroupNo),
    ],
  });
}

/** Notes that settlements of visits were reversed. */
export async function markReversed(
  tx: Transaction,
  reversals: readonly { readonly visitGroupNo: string; readonly settlementNo: string }[],
): Promise<void> {
  if (reversals.length === 0) return;
  await tx.query({
    name: 'mark-reversed',
    text: `update settled_visit v set reversed = v.reversed || r.settlements
      from (select visit, array_agg(settlement order by settlement) as settlements
        from unnest($1::text[], $2::text[]) as u (visit, settlement) group by visit) r
      where v.visit_group_no = r.visit and not v.reversed @> r.settlements`,
    values: [
      reversals.map(({ visitGroupNo }) => visitGroupNo),
      reversals.map(({ settlementNo }) => settlementNo),
    ],
  });
}

export interface Marks {
  readonly invoice: readonly bigint[];
  readonly lines: readonly bigint[];
  readonly supply: readonly bigint[];
}

/** The marks that more than one visit carries; for supplies, visits of more than one city. */
export async function findAlike(tx: Transaction, marks: Marks): Promise<readonly Alike[]> {
  const rows = await tx.query<{ kind: Alike['kind']; mark: string; visit_group_nos: string[] }>({
    name: 'find-alike',
    text: 'select kind, mark, visit_group_nos from find_alike($1::bigint[], $2::bigint[], $3::bigint[])',
    values: [marks.invoice.map(String), marks.lines.map(String), marks.supply.map(String)],
  });
  return rows.map((row) => ({
    kind: row.kind,
    mark: BigInt(row.mark),
    visitGroupNos: row.visit_group_nos,
  }));
}

/** The visits of these numbers, in no order; those not kept are left out. */
export async function loadVisits(
  reader: Pool,
  visitGroupNos: readonly string[],
): Promise<readonly KeptVisit[]> {
  if (visitGroupNos.length === 0) return [];
  const rows = await reader.query<{ visit_group_no: string; reversed: string[]; record: string }>({
    name: 'load-visits',
    text: 'select visit_group_no, reversed, record from load_visits($1::text[])',
    values: [visitGroupNos],
  });
  return rows.map((row) => ({
    visitGroupNo: row.visit_group_no,
    reversed: row.reversed,
    record: row.record,
  }));
}
