import { parseInstant } from '@domain/kernel';
import type { IncomingMessage, ReceivedFact } from '../types';

/** Which fact a message carries: what a repeat is recognised by. */
export interface FactIdentity {
  readonly producer: string;
  readonly stream: string;
  readonly version: number;
}

/** A message with what could be read of it. */
export type Arrival =
  | {
      readonly status: 'fact';
      readonly message: IncomingMessage;
      readonly identity: FactIdentity;
      readonly fact: ReceivedFact;
    }
  | {
      readonly status: 'malformed';
      readonly message: IncomingMessage;
      /** Known when the headers were readable and the rest was not: then the stream waits. */
      readonly identity: FactIdentity | undefined;
      /** What is wrong, without the values. */
      readonly cause: string;
    };

const LARGEST_VERSION = 2_147_483_647;

/** Reads a CloudEvent in binary mode. Never throws: what cannot be read is `malformed`. */
export function decode(message: IncomingMessage): Arrival {
  const { headers, value } = message;
  const identity = identityOf(headers);
  const malformed = (cause: string): Arrival => ({ status: 'malformed', message, identity, cause });
  if (identity === undefined)
    return malformed('ce_source, ce_subject or ce_sequence is missing or malformed');
  const type = headers['ce_type'] ?? '';
  const recordedAt = headers['ce_time'] ?? '';
  if (headers['ce_specversion'] !== '1.0') return malformed('ce_specversion is not 1.0');
  if (!/^[\w.-]{1,100}$/.test(type)) return malformed('ce_type is missing or malformed');
  if (parseInstant(recordedAt) === undefined) return malformed('ce_time is not a moment');
  if (value === null) return malformed('the body is missing');
  const text = value.toString('utf8');
  const body = parse(text);
  if (body === undefined) return malformed('the body is not JSON');
  const fact = { ...identity, type, recordedAt, text, payload: body.payload };
  return { status: 'fact', message, identity, fact };
}

function identityOf(headers: IncomingMessage['headers']): FactIdentity | undefined {
  const producer = headers['ce_source'] ?? '';
  const stream = headers['ce_subject'] ?? '';
  const sequence = headers['ce_sequence'] ?? '';
  if (!isName(producer) || !isName(stream) || !/^[1-9]\d{0,9}$/.test(sequence)) return undefined;
  const version = Number(sequence);
  return version > LARGEST_VERSION ? undefined : { producer, stream, version };
}

/** Names come from outside: what the database cannot store or index must not make parking itself fail. */
const isName = (text: string): boolean =>
  text !== '' && text.length <= 400 && !/[\u0000-\u001f]/.test(text);

function parse(text: string): { readonly payload: unknown } | undefined {
  try {
    return { payload: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
