import type { PoolClient } from 'pg';
import { CommandKeyTaken, NotForTheJournal, TransactionOver } from './faults';
import { GENESIS_HASH, actorText, hashOfBytes } from './fact-hash';
import { numberArray, textArray } from './pg-text';
import type {
  CommandKey,
  FactDraft,
  Statement,
  StoredFact,
  StreamHead,
  Transaction,
} from './types';

/** One statement carries at most so many facts and bytes, so that an import does not build a text of gigabytes. */
const PIECE_FACTS = 1_000;
const PIECE_BYTES = 8_000_000;
const HEX = /^(?:[0-9a-f]{2})+$/;

/** A fact waiting for the end of its transaction; version 0 until its stream is locked. */
interface PendingFact {
  readonly draft: FactDraft;
  /** Encoded once, for the hash and for the wire. */
  readonly bytes: Buffer;
  version: number;
  previousHash: string;
  hash: string;
}

interface Head {
  version: number;
  hash: string;
  state: string | undefined;
  changed: boolean;
}

/** One database transaction: buffers facts and states, and writes them in one statement when it is flushed. */
export class JournalTransaction implements Transaction {
  private readonly heads = new Map<string, Head>();
  private readonly pending: PendingFact[] = [];
  private readonly pendingByKey = new Map<string, PendingFact>();
  private over = false;

  constructor(private readonly client: PoolClient) {}

  async query<Row extends object>(statement: Statement): Promise<Row[]> {
    if (this.over) throw new TransactionOver('the transaction has ended');
    const result = await this.client.query<Row>({
      ...(statement.name === undefined ? {} : { name: statement.name }),
      text: statement.text,
      values: [...(statement.values ?? [])],
    });
    return result.rows;
  }

  async lock(streams: readonly string[]): Promise<ReadonlyMap<string, StreamHead>> {
    const wanted = [...new Set(streams)];
    const missing = wanted.filter((stream) => !this.heads.has(stream));
    if (missing.length > 0) await this.lockMissing(missing);
    return new Map(wanted.map((stream) => [stream, this.headOf(stream)]));
  }

  append(draft: FactDraft): number {
    if (this.over) throw new TransactionOver('the transaction has ended');
    refuseUnstorable(draft);
    const bytes = Buffer.from(draft.payload, 'utf8');
    const fact = { draft, bytes, version: 0, previousHash: '', hash: '' };
    if (draft.command !== undefined) this.remember(draft.command, fact);
    this.pending.push(fact);
    const head = this.heads.get(draft.stream);
    if (head !== undefined) chain(head, fact);
    return fact.version;
  }

  setState(stream: string, state: string): void {
    const head = this.heads.get(stream);
    if (head === undefined)
      throw new NotForTheJournal('a state is set on a stream that is not locked');
    if (state === '' || state.includes('\n'))
      throw new NotForTheJournal('a state is not one line of JSON');
    head.state = state;
    head.changed = true;
  }

  /** The fact appended in this transaction under a key, if any; its position is not known yet and reads 0. */
  pendingAnswer(key: CommandKey): StoredFact | undefined {
    const fact = this.pendingByKey.get(keyText(key));
    if (fact === undefined) return undefined;
    const { version, previousHash, hash } = fact;
    return { ...fact.draft, position: 0n, version, previousHash, hash };
  }

  /** Writes what was appended. Throws `CommandKeyTaken` when another transaction answered one of the commands. */
  async flush(): Promise<void> {
    const loose = this.pending
      .filter(({ version }) => version === 0)
      .map(({ draft }) => draft.stream);
    if (loose.length > 0) await this.lock(loose);
    const changed = [...this.heads].filter(([, head]) => head.changed);
    if (this.pending.length === 0 && changed.length === 0) return;
    let from = 0;
    do {
      const until = endOfPiece(this.pending, from);
      const last = until >= this.pending.length;
      await this.write(this.pending.slice(from, until), last ? changed : []);
      from = until;
    } while (from < this.pending.length);
  }

  /** From here on every use is a fault. */
  close(): void {
    this.over = true;
  }

  private headOf(stream: string): StreamHead {
    const head = this.heads.get(stream);
    if (head === undefined)
      throw new Error('the database did not return a stream head that it locked');
    const { version, hash, state } = head;
    return state === undefined ? { stream, version, hash } : { stream, version, hash, state };
  }

  private async lockMissing(streams: readonly string[]): Promise<void> {
    const rows = await this.query<HeadRow>({
      name: 'lock-stream-heads',
      text: 'select stream, version, hash, state from lock_stream_heads($1::text[])',
      values: [textArray(streams)],
    });
    for (const { stream, version, hash, state } of rows) {
      const head = {
        version,
        hash: hash.toString('hex'),
        state: state ?? undefined,
        changed: false,
      };
      this.heads.set(stream, head);
    }
    for (const fact of this.pending) {
      const head = this.heads.get(fact.draft.stream);
      if (fact.version === 0 && head !== undefined) chain(head, fact);
    }
  }

  private remember(key: CommandKey, fact: PendingFact): void {
    const text = keyText(key);
    if (this.pendingByKey.has(text)) {
      throw new NotForTheJournal('two facts of one transaction answer the same command');
    }
    this.pendingByKey.set(text, fact);
  }

  private async write(
    facts: readonly PendingFact[],
    heads: readonly [string, Head][],
  ): Promise<void> {
    const commands = facts.filter(({ draft }) => draft.command !== undefined).length;
    const rows = await this.query<{ kept: string }>({
      name: 'append-to-journal',
      text: `select append_to_journal($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::bigint[], $11, $12::text[], $13::int[], $14::text[], $15) as kept`,
      values: [...factColumns(facts), ...headColumns(heads)],
    });
    if (Number(rows[0]?.kept) !== commands) {
      throw new CommandKeyTaken('another transaction took a command key');
    }
  }
}

interface HeadRow {
  readonly stream: string;
  readonly version: number;
  readonly hash: Buffer;
  readonly state: string | null;
}

export const keyText = ({ scope, key }: CommandKey): string => `${scope}\n${key}`;

function chain(head: Head, fact: PendingFact): void {
  fact.version = head.version + 1;
  fact.previousHash = head.version === 0 ? GENESIS_HASH : head.hash;
  const { version, previousHash } = fact;
  fact.hash = hashOfBytes({ ...fact.draft, version, previousHash }, fact.bytes);
  head.version = fact.version;
  head.hash = fact.hash;
  head.changed = true;
}

function refuseUnstorable(draft: FactDraft): void {
  if (draft.payload === '' || draft.payload.includes('\n')) {
    throw new NotForTheJournal('a payload is not one line of JSON');
  }
  if (draft.stream === '' || draft.type === '')
    throw new NotForTheJournal('a fact lacks stream or type');
  if (draft.command !== undefined && !HEX.test(draft.command.inputHash)) {
    throw new NotForTheJournal('an input hash is not lower-case hex');
  }
}

function endOfPiece(facts: readonly PendingFact[], from: number): number {
  let size = 0;
  let until = from;
  for (const { bytes } of facts.slice(from, from + PIECE_FACTS)) {
    size += bytes.byteLength;
    if (until > from && size > PIECE_BYTES) break;
    until += 1;
  }
  return until;
}

const factColumns = (facts: readonly PendingFact[]): (string | Buffer)[] => [
  textArray(facts.map(({ draft }) => draft.stream)),
  numberArray(facts.map(({ version }) => version)),
  textArray(facts.map(({ draft }) => draft.type)),
  textArray(facts.map(({ draft }) => actorText(draft.actor))),
  textArray(facts.map(({ draft }) => draft.command?.scope)),
  textArray(facts.map(({ draft }) => draft.command?.key)),
  textArray(facts.map(({ draft }) => draft.command?.inputHash)),
  textArray(facts.map(({ previousHash }) => previousHash)),
  textArray(facts.map(({ hash }) => hash)),
  numberArray(facts.map(({ draft }) => draft.recordedAt)),
  lines(facts.map(({ bytes }) => bytes)),
];

const headColumns = (heads: readonly [string, Head][]): string[] => [
  textArray(heads.map(([stream]) => stream)),
  numberArray(heads.map(([, { version }]) => version)),
  textArray(heads.map(([, { hash }]) => hash)),
  heads.map(([, { state }]) => state ?? '').join('\n'),
];

const NEWLINE = Buffer.from('\n');

/** The driver sends a buffer in binary format, which for text is the same bytes: no second encoding. */
const lines = (texts: readonly Buffer[]): Buffer =>
  Buffer.concat(texts.flatMap((text, index) => (index === 0 ? [text] : [NEWLINE, text])));
