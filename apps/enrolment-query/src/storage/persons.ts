import type { NumberHash } from '@domain/enrolment';
import type { Pool, Transaction } from '@lib/journal';

/** A certificate, found by its keyed hash. */
export interface SealedCertificate {
  readonly hash: string;
  readonly keyId: string;
  /** Type and number, encrypted. */
  readonly sealed: string;
}

/** A person's number at a city with the name there, found by its keyed hash. */
export interface SealedNumber {
  readonly insuredCity: string;
  readonly hash: NumberHash;
  readonly sealedNo: string;
  readonly sealedName: string;
}

/**
 * Gives certificates that were never seen the keys proposed, in the order of their hashes so that batches do not wait for each
 * other in a circle, and returns whose each is. Two cities registering one person at once get one key.
 */
export async function reservePersons(
  tx: Transaction,
  wanted: readonly { readonly certificate: SealedCertificate; readonly personKey: string }[],
): Promise<{ readonly keys: ReadonlyMap<string, string>; readonly fresh: ReadonlySet<string> }> {
  const distinct = firstOfEach(wanted, ({ certificate }) => certificate.hash);
  const fresh = await tx.query<{ person_key: string }>({
    name: 'persons-reserve',
    text: `insert into person (person_key, certificate_hash, certificate_key_id, certificate)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as w (person_key, hash, key_id, certificate)
      order by hash collate "C" on conflict (certificate_hash) do nothing returning person_key`,
    values: [
      distinct.map(({ personKey }) => personKey),
      distinct.map(({ certificate }) => certificate.hash),
      distinct.map(({ certificate }) => certificate.keyId),
      distinct.map(({ certificate }) => certificate.sealed),
    ],
  });
  // A statement of its own: it sees what another transaction committed while ours waited.
  const rows = await tx.query<{ certificate_hash: string; person_key: string }>({
    name: 'persons-by-certificate',
    text: 'select certificate_hash, person_key from person where certificate_hash = any ($1::text[])',
    values: [distinct.map(({ certificate }) => certificate.hash)],
  });
  return {
    keys: new Map(rows.map((row) => [row.certificate_hash, row.person_key])),
    fresh: new Set(fresh.map((row) => row.person_key)),
  };
}

/** One item for each key: the first to name it. */
function firstOfEach<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const first = new Map<string, T>();
  for (const item of items) if (!first.has(keyOf(item))) first.set(keyOf(item), item);
  return [...first.values()];
}

/** Takes numbers that nobody has for their persons, in the order of city and hash. Returns the keys of those taken now. */
export async function reserveNumbers(
  tx: Transaction,
  wanted: readonly { readonly number: SealedNumber; readonly personKey: string }[],
): Promise<ReadonlySet<string>> {
  const distinct = firstOfEach(wanted, ({ number }) => numberKey(number));
  const rows = await tx.query<{ insured_city: string; hash: string }>({
    name: 'numbers-reserve',
    text: `insert into person_number (insured_city, hash, key_id, person_key, person_no, name)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
        as w (insured_city, hash, key_id, person_key, person_no, name)
      order by insured_city collate "C", hash collate "C"
      on conflict (insured_city, hash) do nothing returning insured_city, hash`,
    values: [
      distinct.map(({ number }) => number.insuredCity),
      distinct.map(({ number }) => number.hash.hash),
      distinct.map(({ number }) => number.hash.keyId),
      distinct.map(({ personKey }) => personKey),
      distinct.map(({ number }) => number.sealedNo),
      distinct.map(({ number }) => number.sealedName),
    ],
  });
  return new Set(rows.map((row) => `${row.insured_city}/${row.hash}`));
}

export const numberKey = ({ insuredCity, hash }: Pick<SealedNumber, 'insuredCity' | 'hash'>) =>
  `${insuredCity}/${hash.hash}`;

/** A number as it is asked for: every key of the city that is in use may have made its hash. */
export interface NumberQuestion {
  readonly insuredCity: string;
  readonly candidates: readonly NumberHash[];
}

/** Whose the numbers are, by city and hash. */
export async function ownersOf(
  on: Pick<Pool, 'query'>,
  questions: readonly NumberQuestion[],
): Promise<ReadonlyMap<string, string>> {
  const pairs = questions.flatMap(({ insuredCity, candidates }) =>
    candidates.map(({ hash }) => ({ insuredCity, hash })),
  );
  const rows = await on.query<{ insured_city: string; hash: string; person_key: string }>({
    name: 'number-owners',
    text: `select n.insured_city, n.hash, n.person_key from unnest($1::text[], $2::text[]) as w (insured_city, hash)
      join person_number n on n.insured_city = w.insured_city and n.hash = w.hash`,
    values: [pairs.map(({ insuredCity }) => insuredCity), pairs.map(({ hash }) => hash)],
  });
  return new Map(rows.map((row) => [`${row.insured_city}/${row.hash}`, row.person_key]));
}

/** The person behind a number, whichever key made its hash. */
export function ownerOf(
  owners: ReadonlyMap<string, string>,
  { insuredCity, candidates }: NumberQuestion,
): string | undefined {
  for (const { hash } of candidates) {
    const owner = owners.get(`${insuredCity}/${hash}`);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** Writes numbers and names anew where they were known before: the newest writing counts. */
export async function renewNumbers(
  tx: Transaction,
  numbers: readonly SealedNumber[],
): Promise<void> {
  if (numbers.length === 0) return;
  const distinct = [...new Map(numbers.map((one) => [numberKey(one), one])).values()];
  await tx.query({
    name: 'numbers-renew',
    text: `update person_number n set person_no = w.person_no, name = w.name
      from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as w (insured_city, hash, person_no, name)
      where n.insured_city = w.insured_city and n.hash = w.hash`,
    values: [
      distinct.map(({ insuredCity }) => insuredCity),
      distinct.map(({ hash }) => hash.hash),
      distinct.map(({ sealedNo }) => sealedNo),
      distinct.map(({ sealedName }) => sealedName),
    ],
  });
}

/** Gives back what was reserved for commands that were then refused: a refusal leaves no person. */
export async function releaseReserved(
  tx: Transaction,
  personKeys: readonly string[],
  numbers: readonly SealedNumber[],
): Promise<void> {
  if (numbers.length > 0) {
    await tx.query({
      text: `delete from person_number n using unnest($1::text[], $2::text[]) as w (insured_city, hash)
        where n.insured_city = w.insured_city and n.hash = w.hash`,
      values: [numbers.map((one) => one.insuredCity), numbers.map((one) => one.hash.hash)],
    });
  }
  if (personKeys.length > 0) {
    await tx.query({
      text: 'delete from person where person_key = any ($1::text[])',
      values: [personKeys],
    });
  }
}

/** The person that a certificate belongs to. */
export async function personOfCertificate(pool: Pool, hash: string): Promise<string | undefined> {
  const [row] = await pool.query<{ person_key: string }>({
    name: 'person-of-certificate',
    text: 'select person_key from person where certificate_hash = $1',
    values: [hash],
  });
  return row?.person_key;
}

/** A person's name as a city writes it, still encrypted, with the hash that its encryption is bound to. */
export async function sealedNameOf(
  pool: Pool,
  personKey: string,
  insuredCity: string,
): Promise<{ readonly hash: string; readonly name: string } | undefined> {
  const [row] = await pool.query<{ hash: string; name: string }>({
    name: 'name-of-person',
    text: `select hash, name from person_number where person_key = $1 and insured_city = $2
      order by hash limit 1`,
    values: [personKey, insuredCity],
  });
  return row;
}
