import type { Instant, Refusal } from '@domain/kernel';
import { checkVisit, type HashedNumber, type RecordedVisit } from '@domain/settlement';
import { type Caller, actorOf, scopeOf, type Visit } from '@lib/contracts';
import type { PersonalDataKeys } from '@lib/edge';
import type { SettleVisit } from '../use-cases/commands';

/** A city that has no key here has no person here either: such a visit is refused for its pair. */
const UNKNOWN_HASH: HashedNumber = { keyId: 'none', hash: '' };

/** Who hands the visit in, when, and under which idempotency key. */
export interface Handover {
  readonly caller: Caller;
  readonly key: string;
  readonly receivedAt: Instant;
}

/**
 * Turns a visit that fits its schema into the command that all doors share: checks what a schema cannot say and replaces
 * the person's number by its keyed hash, so that no number goes further. Refuses with `settlement.visit-invalid` (400).
 */
export function visitCommand(
  visit: Visit,
  { caller, key, receivedAt }: Handover,
  keys: PersonalDataKeys,
): SettleVisit | Refusal {
  const fault = checkVisit(visit);
  if (fault !== undefined) {
    return { refused: 'settlement.visit-invalid', field: fault.field, reason: fault.code };
  }
  const { personNo, familyPayerPersonNo, ...rest } = visit;
  const candidates = keys.personNo.candidates(visit.insuredCity, personNo);
  const payer =
    familyPayerPersonNo === undefined
      ? undefined
      : (keys.personNo.hash(visit.insuredCity, familyPayerPersonNo) ?? UNKNOWN_HASH);
  const recorded: RecordedVisit = {
    ...rest,
    personNoHash: candidates[0] ?? UNKNOWN_HASH,
    ...(payer === undefined ? {} : { familyPayerPersonNoHash: payer }),
  };
  return {
    key: { scope: scopeOf(caller), key, inputHash: keys.inputHash(visit) },
    actor: actorOf(caller),
    visit: recorded,
    candidates,
    receivedAt,
  };
}
