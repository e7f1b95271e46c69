import type { Instant } from '@domain/kernel';

/** Who acts, taken from the credential and nothing else. */
export interface Actor {
  readonly role: string;
  /** The credential's subject: a person of the agency or a machine, never an insured person's identity. */
  readonly subject: string;
  readonly city?: string;
}

/**
 * Makes a command happen once. `scope` is role and city of the actor, so that the same key means the same over
 * HTTP, batch and Kafka; `inputHash` is a keyed hash (hex) over the canonical command without its key.
 */
export interface CommandKey {
  readonly scope: string;
  readonly key: string;
  readonly inputHash: string;
}

/** A fact about to be written. `payload` is the exact JSON text that is hashed, stored and sent. */
export interface FactDraft {
  readonly stream: string;
  readonly type: string;
  readonly payload: string;
  readonly actor: Actor;
  readonly recordedAt: Instant;
  /** Present on the fact that answers a command; at most one fact per command carries it. */
  readonly command?: CommandKey;
}

/** A fact as it stands in the journal. */
export interface StoredFact {
  readonly position: bigint;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly payload: string;
  readonly actor: Actor;
  readonly command?: CommandKey;
  readonly recordedAt: Instant;
  readonly previousHash: string;
  readonly hash: string;
}

/** The end of a stream, locked: version 0 and no state for one that has no fact yet. */
export interface StreamHead {
  readonly stream: string;
  readonly version: number;
  readonly hash: string;
  /** The folded state as JSON text, for streams that keep one. */
  readonly state?: string;
}

export interface Statement {
  /** Named statements are prepared once per connection. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/**
 * One transaction. State, postings and facts written through it are kept together or not at all. Locks are taken
 * in one order everywhere: streams by name in ascending order within and across `lock` calls, then what the
 * service's own storage locks.
 */
export interface Transaction {
  /** Runs a statement on the transaction's connection and returns its rows. */
  query<Row extends object>(statement: Statement): Promise<Row[]>;
  /** Locks the heads of streams FOR NO KEY UPDATE in ascending order, creating those that are missing. */
  lock(streams: readonly string[]): Promise<ReadonlyMap<string, StreamHead>>;
  /**
   * Adds a fact to a locked stream and returns its version there. Written at the end of the transaction, with the
   * hash chain, the command key and the new head. A stream that was not locked is locked then: allowed for streams
   * without state (refusals, access logs), whose version nobody needs before; 0 is returned for these.
   */
  append(draft: FactDraft): number;
  /** Replaces the folded state of a locked stream. */
  setState(stream: string, state: string): void;
}

/** What is known of a command key before the command is decided. */
export type KeyLookup =
  | { readonly status: 'new' }
  /** Same key, same input: answer from this fact, again. */
  | { readonly status: 'answered'; readonly fact: StoredFact }
  /** Same key, other input: 422 `idempotency.key-reused`. */
  | { readonly status: 'reused' };

/** Runs use cases in transactions. */
export interface UnitOfWork {
  /**
   * Runs `work` in one transaction (read committed) and commits. Runs it again, a bounded number of times, after a
   * deadlock, a serialization failure, a lost connection with unknown outcome, or when another transaction took one
   * of its command keys meanwhile: so `work` must look its keys up inside. Any other error rolls back and is thrown.
   */
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Looks keys up, in the order asked, inside a transaction or (without one) on a connection of its own. */
  lookUp(keys: readonly CommandKey[], tx?: Transaction): Promise<readonly KeyLookup[]>;
}

/** A fact that arrived over Kafka, decoded. */
export interface ReceivedFact {
  /** CloudEvents source: `enrolment-query`, `settlement`, `cross-check`. */
  readonly producer: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly recordedAt: string;
  /** The payload as its exact text, and parsed. */
  readonly text: string;
  readonly payload: unknown;
}

/** What a service does with facts of others. Called inside the inbox's transaction, once per fact that is new. */
export interface FactHandler {
  /** Names the consumer: its group, and its rows in the inbox. */
  readonly name: string;
  readonly topics: readonly string[];
  /** Facts in order per stream, without repeats and gaps. Throwing parks the culprit after a bounded number of attempts. */
  handle(tx: Transaction, facts: readonly ReceivedFact[]): Promise<void>;
}

/** A message as it goes to or comes from Kafka, free of any client library. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface IncomingMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** Broker time in epoch milliseconds. */
  readonly timestampMs: number;
  readonly key: string | undefined;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends messages with acks=all; resolves when all are acknowledged. Order is kept per key. */
export interface Publisher {
  publish(messages: readonly OutgoingMessage[]): Promise<void>;
}

/** Where a stream's facts go: one topic and key per stream, or nowhere (`undefined`). Pure. */
export type Route = (
  stream: string,
) => { readonly topic: string; readonly key: string } | undefined;
