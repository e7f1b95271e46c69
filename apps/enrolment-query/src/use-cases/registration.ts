import type { NumberHash, RegistrationCommand } from '@domain/enrolment';
import type { Actor, CommandKey } from '@lib/journal';
import type { SealedCertificate, SealedNumber } from '../storage/persons';

export type { NumberQuestion, SealedCertificate, SealedNumber } from '../storage/persons';

/** One person to register at one city, with direct identifiers sealed at the door. */
export interface Registration extends RegistrationCommand {
  readonly key: CommandKey;
  readonly actor: Actor;
  readonly certificate: SealedCertificate;
  readonly number: SealedNumber;
  /** The number as hashed by every key of the city that is in use. */
  readonly candidates: readonly NumberHash[];
  /** The key that the person gets if the certificate was never seen. */
  readonly proposedPersonKey: string;
}
