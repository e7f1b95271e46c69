import { createHash, hash } from 'node:crypto';
import { formatInstant } from '@domain/kernel';
import type { Actor, FactDraft } from './types';

/** What stands before the first fact of a stream: 32 zero bytes. */
export const GENESIS_HASH = '0'.repeat(64);

/** What a hash covers, beside the payload. */
export interface HashedFact extends FactDraft {
  readonly version: number;
  readonly previousHash: string;
}

/**
 * The hash of a fact, lower-case hex: SHA-256 over the UTF-8 bytes of these fields in this order, so that an auditor
 * can work it out again with any tool:
 *
 *     previousHash (64 hex digits)   stream   version (decimal)   type
 *     actor.role   actor.subject   actor.city
 *     command.scope   command.key   command.inputHash (hex)
 *     recordedAt (as `formatInstant` writes it: RFC 3339, +08:00, milliseconds only when there are any)
 *     payload (the stored text, byte for byte)
 *
 * Each field is framed as `<length in bytes, decimal>:<bytes>,` and an absent one is `-,`. So no two different facts
 * give the same bytes.
 */
export function hashOf(fact: HashedFact): string {
  const { payload } = fact;
  // Encoded once, into bytes that are used again, behind room for the head, which names their number: a quarter cheaper
  // than encoding for the length and for the hash apart. An audit makes millions of these.
  const most = payload.length * 3;
  if (scratch.byteLength < HEAD_ROOM + most + 1) scratch = Buffer.alloc(2 * (HEAD_ROOM + most));
  const length = scratch.write(payload, HEAD_ROOM);
  const head = Buffer.from(`${headOf(fact)}${length}:`);
  if (head.byteLength > HEAD_ROOM) return hashOfBytes(fact, Buffer.from(payload));
  const start = HEAD_ROOM - head.byteLength;
  head.copy(scratch, start);
  scratch.write(',', HEAD_ROOM + length);
  return hash('sha256', scratch.subarray(start, HEAD_ROOM + length + 1), 'hex');
}

const HEAD_ROOM = 4096;
let scratch = Buffer.alloc(2 * HEAD_ROOM);

/** The same over payload bytes that are already at hand. */
export function hashOfBytes(fact: Omit<HashedFact, 'payload'>, payload: Uint8Array): string {
  const whole = createHash('sha256').update(`${headOf(fact)}${payload.byteLength}:`);
  return whole.update(payload).update(',').digest('hex');
}

function headOf(fact: Omit<HashedFact, 'payload'>): string {
  const { actor, command } = fact;
  return (
    frame(fact.previousHash) +
    frame(fact.stream) +
    frame(String(fact.version)) +
    frame(fact.type) +
    frame(actor.role) +
    frame(actor.subject) +
    frame(actor.city) +
    frame(command?.scope) +
    frame(command?.key) +
    frame(command?.inputHash) +
    frame(formatInstant(fact.recordedAt))
  );
}

/** The actor as one column: `["role","subject"]` or `["role","subject","city"]`. */
export const actorText = (actor: Actor): string =>
  JSON.stringify(
    actor.city === undefined
      ? [actor.role, actor.subject]
      : [actor.role, actor.subject, actor.city],
  );

/** The inverse of `actorText`. Throws when the column holds anything else. */
export function actorOf(text: string): Actor {
  const parts: unknown = JSON.parse(text);
  if (!Array.isArray(parts)) throw new TypeError('an actor column is not a list');
  const list: readonly unknown[] = parts;
  const [role, subject, city] = list;
  if (typeof role !== 'string' || typeof subject !== 'string') {
    throw new TypeError('an actor column lacks its role or subject');
  }
  return typeof city === 'string' ? { role, subject, city } : { role, subject };
}

function frame(field: string | undefined): string {
  return field === undefined ? '-,' : `${Buffer.byteLength(field)}:${field},`;
}
