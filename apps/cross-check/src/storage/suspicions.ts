import type { Pool, Transaction } from '@lib/journal';

export type SuspicionState = 'open' | 'withdrawn';

/** A suspicion as the table keeps it; `suspicion` is the result of the fact that raised it, as JSON. */
export interface SuspicionRow {
  readonly id: string;
  readonly stream: string;
  readonly checkKind: string;
  readonly subject: string;
  readonly rule: string;
  readonly personKey: string;
  readonly settlementNos: readonly string[];
  readonly tags: readonly string[];
  readonly raisedAt: string;
  readonly suspicion: string;
}

export interface KnownSuspicion {
  readonly id: string;
  readonly stream: string;
  readonly checkKind: string;
  readonly subject: string;
  readonly rule: string;
  readonly personKey: string;
  readonly settlementNos: readonly string[];
  readonly state: SuspicionState;
}

export interface Subject {
  readonly checkKind: string;
  readonly subject: string;
}

/** All suspicions ever raised about these subjects. */
export async function knownAbout(
  tx: Transaction,
  subjects: readonly Subject[],
): Promise<readonly KnownSuspicion[]> {
  if (subjects.length === 0) return [];
  const rows = await tx.query<StoredRow>({
    name: 'suspicions-about',
    text: 'select * from suspicions_about($1::text[], $2::text[])',
    values: [subjects.map(({ checkKind }) => checkKind), subjects.map(({ subject }) => subject)],
  });
  return rows.map((row) => ({
    id: row.id,
    stream: row.stream,
    checkKind: row.check_kind,
    subject: row.subject,
    rule: row.rule,
    personKey: row.person_key,
    settlementNos: row.settlement_nos,
    state: row.state,
  }));
}

/** Keeps raised suspicions; one that was withdrawn before is open again, with its new evidence. */
export async function keepRaised(tx: Transaction, rows: readonly SuspicionRow[]): Promise<void> {
  for (const row of rows) {
    await tx.query({
      name: 'keep-suspicion',
      text: `insert into suspicion (id, stream, check_kind, subject, rule, state, person_key, settlement_nos, tags,
          raised_at, suspicion)
        values ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10)
        on conflict (id) do update set state = 'open', settlement_nos = excluded.settlement_nos,
          tags = excluded.tags, raised_at = excluded.raised_at, suspicion = excluded.suspicion,
          withdrawn_reason = null`,
      values: [
        row.id,
        row.stream,
        row.checkKind,
        row.subject,
        row.rule,
        row.personKey,
        row.settlementNos,
        row.tags,
        row.raisedAt,
        row.suspicion,
      ],
    });
  }
}

export async function keepWithdrawn(
  tx: Transaction,
  ids: readonly string[],
  reason: string,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: 'withdraw-suspicions',
    text: `update suspicion set state = 'withdrawn', withdrawn_reason = $2 where id = any ($1::text[])`,
    values: [ids, reason],
  });
}

/** A suspicion as it is read. */
export interface ReadSuspicion {
  readonly id: string;
  readonly seq: string;
  readonly state: SuspicionState;
  readonly raisedAt: string;
  readonly withdrawnReason: string | undefined;
  readonly suspicion: string;
}

export interface SuspicionFilter {
  /** Every tag must be there. */
  readonly tags: readonly string[];
  /** One of these must be there; undefined for callers who may see all. */
  readonly places: readonly string[] | undefined;
  readonly rule: string | undefined;
  readonly state: SuspicionState | undefined;
  /** Only what is older than this sequence number. */
  readonly before: bigint | undefined;
  readonly limit: number;
}

/** Suspicions, newest first. */
export async function listSuspicions(
  reader: Pool,
  filter: SuspicionFilter,
): Promise<readonly ReadSuspicion[]> {
  const rows = await reader.query<StoredRow>({
    text: `select * from suspicion
      where ($1::text[] = '{}' or tags @> $1::text[]) and ($2::text[] is null or tags && $2::text[])
        and ($3::text is null or rule = $3) and ($4::text is null or state = $4)
        and ($5::bigint is null or seq < $5)
      order by seq desc limit $6`,
    values: [
      filter.tags,
      filter.places ?? null,
      filter.rule ?? null,
      filter.state ?? null,
      filter.before?.toString() ?? null,
      filter.limit,
    ],
  });
  return rows.map(readOf);
}

export async function findSuspicion(reader: Pool, id: string): Promise<ReadSuspicion | undefined> {
  const [row] = await reader.query<StoredRow>({
    name: 'suspicion-by-id',
    text: 'select * from suspicion where id = $1',
    values: [id],
  });
  return row === undefined ? undefined : readOf(row);
}

interface StoredRow {
  readonly id: string;
  readonly seq: string;
  readonly stream: string;
  readonly check_kind: string;
  readonly subject: string;
  readonly rule: string;
  readonly state: SuspicionState;
  readonly person_key: string;
  readonly settlement_nos: string[];
  readonly raised_at: string;
  readonly withdrawn_reason: string | null;
  readonly suspicion: string;
}

const readOf = (row: StoredRow): ReadSuspicion => ({
  id: row.id,
  seq: row.seq,
  state: row.state,
  raisedAt: row.raised_at,
  withdrawnReason: row.withdrawn_reason ?? undefined,
  suspicion: row.suspicion,
});
