import { instant } from '@domain/kernel';
import type { PoolClient } from 'pg';
import { actorOf, actorText } from './fact-hash';
import type { Actor, StoredFact, StreamHead } from './types';

/** Small pages die young: with thousands of rows at once, half of the time goes to the garbage collector. */
const PAGE = 500;

export interface Selection {
  readonly stream?: string;
  /** A stretch of streams in the order of their bytes: from this one on, and before that one. */
  readonly fromStream?: string;
  readonly beforeStream?: string;
  /** Positions, both included. With either, heads are compared only where a stream's newest fact is in the range. */
  readonly from?: bigint;
  readonly to?: bigint;
}

/** All facts of a stream that were selected, in order, and its head if it has one. */
export interface AuditedStream {
  readonly stream: string;
  readonly facts: readonly StoredFact[];
  readonly head: StreamHead | undefined;
  /** False when a range of positions cut facts off: such a stream cannot be folded from its beginning to its end. */
  readonly whole: boolean;
}

/**
 * Streams in ascending order, from heads and journal side by side: one without a head and one without facts must both be
 * noticed.
 */
export async function* streamsOf(
  client: PoolClient,
  selection: Selection,
): AsyncGenerator<AuditedStream> {
  const whole = selection.from === undefined && selection.to === undefined;
  const heads = new HeadQueue(headsOf(client, selection));
  for await (const facts of factsByStream(client, selection)) {
    const stream = facts[0]?.stream ?? '';
    for await (const head of heads.before(stream)) {
      if (whole) yield { stream: head.stream, facts: [], head, whole };
    }
    yield { stream, facts, head: await heads.take(stream), whole };
  }
  for await (const head of heads.before(undefined)) {
    if (whole) yield { stream: head.stream, facts: [], head, whole };
  }
}

/** Heads in ascending order, one looked at ahead. */
class HeadQueue {
  private ahead: { readonly head: StreamHead | undefined } | undefined;

  constructor(private readonly heads: AsyncGenerator<StreamHead>) {}

  /** Takes the heads before a stream, or all that are left. */
  async *before(stream: string | undefined): AsyncGenerator<StreamHead> {
    for (let head = await this.peek(); head !== undefined; head = await this.peek()) {
      if (stream !== undefined && !isBefore(head.stream, stream)) return;
      this.ahead = undefined;
      if (head.version > 0) yield head;
    }
  }

  /** Takes the head of this stream if it comes next. */
  async take(stream: string): Promise<StreamHead | undefined> {
    const head = await this.peek();
    if (head?.stream !== stream) return undefined;
    this.ahead = undefined;
    return head;
  }

  private async peek(): Promise<StreamHead | undefined> {
    if (this.ahead === undefined) {
      const next = await this.heads.next();
      this.ahead = { head: next.done === true ? undefined : next.value };
    }
    return this.ahead.head;
  }
}

async function* headsOf(client: PoolClient, selection: Selection): AsyncGenerator<StreamHead> {
  const { where, values } = conditions(streamConditions('stream', selection));
  const pages = pagesOf<HeadRow>(client, 'audit_heads', {
    text: `select stream, version, hash, state from stream_head ${where} order by stream`,
    values,
  });
  for await (const rows of pages) {
    for (const { stream, version, hash, state } of rows) {
      const head = { stream, version: Number(version), hash: hexOf(hash) };
      yield state === null ? head : { ...head, state };
    }
  }
}

async function* factsByStream(
  client: PoolClient,
  selection: Selection,
): AsyncGenerator<readonly StoredFact[]> {
  let facts: StoredFact[] = [];
  for await (const rows of pagesOf<FactRow>(client, 'audit_facts', factsOf(selection))) {
    for (const row of rows) {
      if (facts.length > 0 && facts[0]?.stream !== row.stream) {
        yield facts;
        facts = [];
      }
      facts.push(factOf(row));
    }
  }
  if (facts.length > 0) yield facts;
}

type Condition = readonly [left: string, right: string | bigint | undefined];

const streamConditions = (
  column: string,
  { stream, fromStream, beforeStream }: Selection,
): readonly Condition[] => [
  [`${column} =`, stream],
  [`${column} >=`, fromStream],
  [`${column} <`, beforeStream],
];

/** Only the conditions that are asked for: each has an index that serves it. */
function conditions(asked: readonly Condition[]): {
  readonly where: string;
  readonly values: readonly unknown[];
} {
  const given = asked.filter(([, right]) => right !== undefined);
  const where = given.map(([left], index) => `${left} $${index + 1}`).join(' and ');
  return { where: where === '' ? '' : `where ${where}`, values: given.map(([, right]) => right) };
}

function factsOf(selection: Selection): Query {
  const { where, values } = conditions([
    ...streamConditions('j.stream', selection),
    ['j.position >=', selection.from],
    ['j.position <=', selection.to],
  ]);
  return {
    text: `select ${COLUMNS} from journal j ${where} order by j.stream, j.version`,
    values,
  };
}

/** Milliseconds with whatever stands behind them: the microseconds of a moment that was tampered with must show. */
const COLUMNS = `j.position, j.stream, j.version, j.type, j.payload, j.actor, j.command_scope, j.command_key,
  j.input_hash, j.previous_hash, j.hash, extract(epoch from j.recorded_at) * 1000 as recorded_ms`;

interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Columns as the text in which the server sends them: the driver's own conversions cost more than the rest of the audit. */
const AS_TEXT = { getTypeParser: () => (text: unknown) => text };

interface HeadRow {
  readonly stream: string;
  readonly version: string;
  readonly hash: string;
  readonly state: string | null;
}

interface FactRow {
  readonly position: string;
  readonly stream: string;
  readonly version: string;
  readonly type: string;
  readonly payload: string;
  readonly actor: string;
  readonly command_scope: string | null;
  readonly command_key: string | null;
  readonly input_hash: string | null;
  readonly previous_hash: string;
  readonly hash: string;
  readonly recorded_ms: string;
}

/** A journal row as a fact. What is damaged is kept in a form that cannot give the fact's hash. */
function factOf(row: FactRow): StoredFact {
  const fact = {
    position: BigInt(row.position),
    stream: row.stream,
    version: Number(row.version),
    type: row.type,
    payload: row.payload,
    actor: actorAsWritten(row.actor),
    recordedAt: instant(Number(row.recorded_ms)),
    previousHash: hexOf(row.previous_hash),
    hash: hexOf(row.hash),
  };
  const { command_scope: scope, command_key: key, input_hash: inputHash } = row;
  if (scope === null && key === null && inputHash === null) return fact;
  const command = {
    scope: scope ?? '',
    key: key ?? '',
    inputHash: inputHash === null ? '' : hexOf(inputHash),
  };
  return { ...fact, command };
}

function actorAsWritten(text: string): Actor {
  try {
    const actor = actorOf(text);
    if (actorText(actor) === text) return actor;
  } catch {
    // Not even JSON: damaged all the more.
  }
  return { role: text, subject: '' };
}

/** Bytes as the server writes them, `\\x00ff`, without the mark in front. */
const hexOf = (bytes: string): string => bytes.slice(2);

/** The rows of a query, page by page, through a cursor of the running transaction: a journal of any size passes by. */
async function* pagesOf<Row extends object>(
  client: PoolClient,
  cursor: string,
  { text, values }: Query,
): AsyncGenerator<readonly Row[]> {
  await client.query(`declare ${cursor} no scroll cursor for ${text}`, [...values]);
  for (;;) {
    const { rows } = await client.query<Row>({
      text: `fetch ${PAGE} from ${cursor}`,
      types: AS_TEXT,
    });
    yield rows;
    if (rows.length < PAGE) break;
  }
  await client.query(`close ${cursor}`);
}

/** The order of the database's collation "C", which is that of the UTF-8 bytes. */
const isBefore = (left: string, right: string): boolean =>
  Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
