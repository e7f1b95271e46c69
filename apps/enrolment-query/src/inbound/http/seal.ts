import type { Refusal } from '@domain/kernel';
import type { PersonalDataKeys } from '@lib/edge';
import type { NumberQuestion, SealedCertificate, SealedNumber } from '../../use-cases/registration';

/** A number at a city as the service looks it up and records it. */
export interface HashedNumber {
  readonly question: NumberQuestion;
  readonly personNoHash: { readonly keyId: string; readonly hash: string };
}

const CITY_UNKNOWN: Refusal = {
  refused: 'enrolment.city-unknown',
  title: '该统筹区未纳入十城合作',
  field: 'insuredCity',
};

/** Hashes a person's number; refuses a city for which this service has no key. Behind the door only hashes are spoken. */
export function hashNumber(
  keys: PersonalDataKeys,
  { insuredCity, personNo }: { readonly insuredCity: string; readonly personNo: string },
): HashedNumber | Refusal {
  const personNoHash = keys.personNo.hash(insuredCity, personNo);
  if (personNoHash === undefined) return CITY_UNKNOWN;
  const candidates = keys.personNo.candidates(insuredCity, personNo);
  return { question: { insuredCity, candidates }, personNoHash };
}

/** Encrypts number and name for their row; the encryption is bound to the row, so that rows cannot be swapped. */
export function sealNumber(
  keys: PersonalDataKeys,
  { question, personNoHash: hash }: HashedNumber,
  { personNo, name }: { readonly personNo: string; readonly name: string },
): SealedNumber {
  const { insuredCity } = question;
  return {
    insuredCity,
    hash,
    sealedNo: keys.cipher.encrypt(personNo, rowOf('person_no', insuredCity, hash.hash)),
    sealedName: keys.cipher.encrypt(name, rowOf('name', insuredCity, hash.hash)),
  };
}

export function sealCertificate(
  keys: PersonalDataKeys,
  { certificateType, certificateNo }: { certificateType: string; certificateNo: string },
): SealedCertificate {
  const { keyId, hash } = hashCertificate(keys, { certificateType, certificateNo });
  const text = `${certificateType}\n${certificateNo}`;
  return { hash, keyId, sealed: keys.cipher.encrypt(text, `person.certificate/${hash}`) };
}

/** A certificate is the same however its letters are written: `…12x` and `…12X`. */
export const hashCertificate = (
  keys: PersonalDataKeys,
  { certificateType, certificateNo }: { certificateType: string; certificateNo: string },
) => keys.certificateHash(certificateType, certificateNo.toUpperCase());

/** Opens a name of `person_number`. */
export const openName =
  (keys: PersonalDataKeys) =>
  (insuredCity: string, sealed: { readonly hash: string; readonly name: string }): string =>
    keys.cipher.decrypt(sealed.name, rowOf('name', insuredCity, sealed.hash));

const rowOf = (column: string, insuredCity: string, hash: string): string =>
  `person_number.${column}/${insuredCity}/${hash}`;

const LONG_NUMBER = /\d{11,}/;
/** What is shorter names nobody, and stands in half of all texts. */
const SHORTEST_IDENTITY = 6;

/**
 * Refuses free text that would carry an identity into the journal: what the same request names as identity, and in texts
 * written by people any run of digits long enough to be one.
 */
export function identityInText(
  texts: Readonly<Record<string, string | undefined>>,
  identities: readonly (string | undefined)[],
): Refusal | undefined {
  for (const [field, text] of Object.entries(texts)) {
    if (text === undefined) continue;
    const named = identities.some(
      (identity = '') => identity.length >= SHORTEST_IDENTITY && text.includes(identity),
    );
    if (!named && !(field !== 'reference' && LONG_NUMBER.test(text))) continue;
    return {
      refused: 'enrolment.identity-in-text',
      title: '说明文字中含有身份信息',
      field,
      remedy: '请删除人员编号或证件号码后重新提交。',
    };
  }
  return undefined;
}
