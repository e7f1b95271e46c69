import type { PoolClient } from 'pg';
import { FACT_COLUMNS, type FactRow, factOf } from './stored-fact';
import type { StoredFact, StreamHead } from './types';

const CHUNK = 2_000;

export interface Selection {
  readonly stream?: string;
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

async function* headsOf(client: PoolClient, { stream }: Selection): AsyncGenerator<StreamHead> {
  const rows = rowsOf<HeadRow>(client, 'audit_heads', {
    text: `select stream, version, hash, state from stream_head
      where ${stream === undefined ? '$1::text is null' : 'stream = $1'} order by stream`,
    values: [stream ?? null],
  });
  for await (const { stream: name, version, hash, state } of rows) {
    const head = { stream: name, version, hash: hash.toString('hex') };
    yield state === null ? head : { ...head, state };
  }
}

interface HeadRow {
  readonly stream: string;
  readonly version: number;
  readonly hash: Buffer;
  readonly state: string | null;
}

async function* factsByStream(
  client: PoolClient,
  selection: Selection,
): AsyncGenerator<readonly StoredFact[]> {
  let facts: StoredFact[] = [];
  for await (const row of rowsOf<FactRow>(client, 'audit_facts', factsOf(selection))) {
    if (facts.length > 0 && facts[0]?.stream !== row.stream) {
      yield facts;
      facts = [];
    }
    facts.push(factOf(row));
  }
  if (facts.length > 0) yield facts;
}

/** Only the conditions that are asked for: each has an index that serves it. */
function factsOf({ stream, from, to }: Selection): Query {
  const asked: readonly (readonly [string, string | bigint | undefined])[] = [
    ['j.stream =', stream],
    ['j.position >=', from],
    ['j.position <=', to],
  ];
  const given = asked.filter(([, value]) => value !== undefined);
  const where = given.map(([condition], index) => `${condition} $${index + 1}`).join(' and ');
  return {
    text: `select ${FACT_COLUMNS} from journal j ${where === '' ? '' : `where ${where}`} order by j.stream, j.version`,
    values: given.map(([, value]) => value),
  };
}

interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The rows of a query through a cursor of the running transaction, so that a journal of any size passes by. */
async function* rowsOf<Row extends object>(
  client: PoolClient,
  cursor: string,
  { text, values }: Query,
): AsyncGenerator<Row> {
  await client.query(`declare ${cursor} no scroll cursor for ${text}`, [...values]);
  for (;;) {
    const { rows } = await client.query<Row>(`fetch ${CHUNK} from ${cursor}`);
    yield* rows;
    if (rows.length < CHUNK) return;
  }
}

/** The order of the database's collation "C", which is that of the UTF-8 bytes. */
const isBefore = (left: string, right: string): boolean =>
  Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
