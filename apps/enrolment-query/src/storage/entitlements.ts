import type { Transaction } from '@lib/journal';

export interface Entitlement {
  readonly id: string;
  readonly kind: 'qualification' | 'filing';
  readonly personKey: string;
  readonly insuredCity: string;
}

/** Remembers whose qualifications and filings are, by the ids given out. */
export async function keepEntitlements(
  tx: Transaction,
  given: readonly Entitlement[],
): Promise<void> {
  if (given.length === 0) return;
  await tx.query({
    name: 'entitlements-keep',
    text: `insert into entitlement (id, kind, person_key, insured_city)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])`,
    values: [
      given.map(({ id }) => id),
      given.map(({ kind }) => kind),
      given.map(({ personKey }) => personKey),
      given.map(({ insuredCity }) => insuredCity),
    ],
  });
}

/** Whose an id is; undefined for one that was never given out as that kind. */
export async function findEntitlement(
  tx: Transaction,
  kind: Entitlement['kind'],
  id: string,
): Promise<Entitlement | undefined> {
  const [row] = await tx.query<{ person_key: string; insured_city: string }>({
    name: 'entitlement-find',
    text: 'select person_key, insured_city from entitlement where id = $1 and kind = $2',
    values: [id, kind],
  });
  if (row === undefined) return undefined;
  return { id, kind, personKey: row.person_key, insuredCity: row.insured_city };
}
