import { type Instant, formatInstant, instant } from '@domain/kernel';
import { numberArray, textArray } from '../pg-text';
import type { Transaction } from '../types';
import { type MessagePlace, sealBody } from './sealed-body';
import type { InboxStream, ParkedKind, ToPark } from './sort-arrivals';

/** A parked message as operators see it: where it came from, why it stands there, never what it says. */
export interface ParkedFact extends MessagePlace {
  readonly id: string;
  readonly consumer: string;
  readonly producer?: string;
  readonly stream?: string;
  readonly version?: number;
  readonly type?: string;
  readonly kind: ParkedKind;
  readonly cause: string;
  readonly attempts: number;
  readonly state: 'parked' | 'retried' | 'dropped';
  readonly reason?: string;
  readonly parkedAt: Instant;
}

export const PARKED_COLUMNS = `id, consumer, topic, partition, "offset", (extract(epoch from message_at) * 1000)::bigint as message_ms,
  producer, stream, version, type, kind, cause, attempts, state, reason, (extract(epoch from parked_at) * 1000)::bigint as parked_ms`;

export interface ParkedRow {
  readonly id: string;
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly message_ms: string;
  readonly producer: string | null;
  readonly stream: string | null;
  readonly version: number | null;
  readonly type: string | null;
  readonly kind: ParkedKind;
  readonly cause: string;
  readonly attempts: number;
  readonly state: ParkedFact['state'];
  readonly reason: string | null;
  readonly parked_ms: string;
}

export const parkedOf = (row: ParkedRow): ParkedFact => ({
  id: row.id,
  consumer: row.consumer,
  topic: row.topic,
  partition: row.partition,
  offset: row.offset,
  timestampMs: Number(row.message_ms),
  ...(row.producer === null ? {} : { producer: row.producer }),
  ...(row.stream === null ? {} : { stream: row.stream }),
  ...(row.version === null ? {} : { version: row.version }),
  ...(row.type === null ? {} : { type: row.type }),
  kind: row.kind,
  cause: row.cause,
  attempts: row.attempts,
  state: row.state,
  ...(row.reason === null ? {} : { reason: row.reason }),
  parkedAt: instant(Number(row.parked_ms)),
});

/** Locks the inbox rows of streams in one ascending order and reads them. */
export async function lockInboxStreams(
  tx: Transaction,
  consumer: string,
  streams: readonly { readonly producer: string; readonly stream: string }[],
): Promise<readonly InboxStream[]> {
  if (streams.length === 0) return [];
  return await tx.query<InboxStream>({
    name: 'inbox-lock',
    text: 'select producer, stream, version, parked, dropped from inbox_lock($1, $2::text[], $3::text[])',
    values: [
      consumer,
      textArray(streams.map(({ producer }) => producer)),
      textArray(streams.map(({ stream }) => stream)),
    ],
  });
}

/** Parks messages, encrypted. One that is parked already stays as it is. */
export async function insertParked(
  tx: Transaction,
  facts: readonly ToPark[],
  context: {
    readonly consumer: string;
    readonly key: Buffer;
    readonly now: Instant;
    readonly attempts: number;
  },
): Promise<void> {
  const { consumer, key, now, attempts } = context;
  await tx.query({
    name: 'inbox-park',
    text: `insert into parked_fact (consumer, topic, partition, "offset", message_at, producer, stream, version, type,
        kind, cause, attempts, body, parked_at)
      select $1, p.topic, p.partition, p.message_offset, timestamptz 'epoch' + p.ms * interval '1 millisecond',
        p.producer, p.stream, p.version, p.type, p.kind, p.cause, $2, decode(p.body, 'hex'), $3
      from unnest($4::text[], $5::int[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::int[], $11::text[],
        $12::text[], $13::text[], $14::text[])
        as p(topic, partition, message_offset, ms, producer, stream, version, type, kind, cause, body)
      on conflict do nothing`,
    values: [
      consumer,
      attempts,
      formatInstant(now),
      textArray(facts.map(({ arrival }) => arrival.message.topic)),
      numberArray(facts.map(({ arrival }) => arrival.message.partition)),
      numberArray(facts.map(({ arrival }) => BigInt(arrival.message.offset))),
      numberArray(facts.map(({ arrival }) => arrival.message.timestampMs)),
      textArray(facts.map(({ arrival }) => arrival.identity?.producer)),
      textArray(facts.map(({ arrival }) => arrival.identity?.stream)),
      textArray(facts.map(({ arrival }) => arrival.identity?.version.toString())),
      textArray(
        facts.map(({ arrival }) => (arrival.status === 'fact' ? arrival.fact.type : undefined)),
      ),
      textArray(facts.map(({ kind }) => kind)),
      textArray(facts.map(({ cause }) => cause)),
      textArray(
        facts.map(({ arrival }) => sealBody(key, consumer, arrival.message).toString('hex')),
      ),
    ],
  });
}
