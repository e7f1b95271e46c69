import { isRefusal, type Refusal } from '@domain/kernel';
import { actorOf, type Caller, type EnrolmentBody, type ImportLine, scopeOf } from '@lib/contracts';
import type { PersonalDataKeys } from '@lib/edge';
import { v7 as newId } from 'uuid';
import type { Registration } from '../../use-cases/registration';
import { hashNumber, sealCertificate, sealNumber } from './seal';

export interface RegistrationOrigin {
  readonly caller: Caller;
  /** The idempotency key, and its scope where that is not the caller's own. */
  readonly key: string;
  readonly scope?: string;
}

/**
 * A body or a line of an import as a registration: identities hashed and sealed, ids drawn, the key bound to the input.
 * Refuses `enrolment.city-unknown`.
 */
export function registrationOf(
  body: EnrolmentBody | ImportLine,
  { caller, key, scope = scopeOf(caller) }: RegistrationOrigin,
  keys: PersonalDataKeys,
): Registration | Refusal {
  const { personNo, certificateType, certificateNo, name, ...rest } = body;
  const { qualifications = [], filings = [], ...enrolment }: Extras<typeof rest> = rest;
  const { insuredCity } = enrolment;
  const number = hashNumber(keys, { insuredCity, personNo });
  if (isRefusal(number)) return number;
  const { personNoHash, question } = number;
  const person = { insuredCity, personNoHash };
  return {
    key: { scope, key, inputHash: keys.inputHash(body) },
    actor: actorOf(caller),
    command: { ...enrolment, personNoHash },
    certificate: sealCertificate(keys, { certificateType, certificateNo }),
    number: sealNumber(keys, number, { personNo, name }),
    candidates: question.candidates,
    proposedPersonKey: newId(),
    grants: qualifications.map((granted) => ({
      command: { ...person, ...granted },
      qualificationId: newId(),
    })),
    filings: filings.map((filed) => ({ command: { ...person, ...filed }, filingId: newId() })),
  };
}

/** What only a line of an import has. */
type Extras<Rest> = Rest & Pick<ImportLine, 'qualifications' | 'filings'>;
