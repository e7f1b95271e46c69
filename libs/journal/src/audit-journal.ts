import { createHash, type Hash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { type AuditedStream, type Selection, streamsOf } from './audit-streams';
import { GENESIS_HASH, hashOf } from './fact-hash';
import type { StoredFact } from './types';
import { withClient } from './connection';

/** The first thing found that is not as it must be. */
export interface JournalDifference {
  readonly stream: string;
  readonly version?: number;
  readonly what: string;
}

/** Streams of one kind: their name up to the first `/`. */
export interface StreamRange {
  readonly kind: string;
  readonly streams: number;
  readonly facts: number;
  /** SHA-256, hex, over the facts' hashes (as bytes), streams in ascending order, versions in ascending order. */
  readonly digest: string;
}

export interface JournalAudit {
  readonly streams: number;
  readonly facts: number;
  readonly ranges: readonly StreamRange[];
  readonly digest: string;
  /** Absent when everything is as it must be; the audit ends at the first one. */
  readonly difference?: JournalDifference;
}

export interface AuditOptions extends Selection {
  /** A snapshot exported by a transaction that is still open, so that several audits see the same moment. */
  readonly snapshot?: string;
  /** Called per stream after its chain proved sound; returns what is wrong with it, or undefined. */
  readonly onStream?: (
    audited: AuditedStream,
  ) => JournalDifference | undefined | Promise<JournalDifference | undefined>;
}

/**
 * Reads the journal stream by stream in one snapshot and proves it: versions without a gap from 1, positions
 * rising, every hash worked
 * out again from the stored columns (`hashOf`), every fact chained to the one before, and the chain ending in
 * `stream_head` by version and hash. What the facts mean is for `onStream` to judge. Changes nothing.
 */
export async function auditJournal(
  dataSource: DataSource,
  options: AuditOptions = {},
): Promise<JournalAudit> {
  return await withClient(dataSource, async (client) => {
    await client.query('begin isolation level repeatable read read only');
    try {
      if (options.snapshot !== undefined) await client.query(adopt(options.snapshot));
      await client.query(
        'set local enable_seqscan = off; set local enable_bitmapscan = off; set local bytea_output = hex',
      );
      return await audit(client, options);
    } finally {
      await client.query('rollback');
    }
  });
}

/** The statement takes no parameter. */
function adopt(snapshot: string): string {
  if (!/^[0-9A-F-]+$/i.test(snapshot)) throw new RangeError('not the name of a snapshot');
  return `set transaction snapshot '${snapshot}'`;
}

async function audit(client: PoolClient, options: AuditOptions): Promise<JournalAudit> {
  const digests = new Digests();
  for await (const audited of streamsOf(client, options)) {
    const difference = chainDifference(audited) ?? (await options.onStream?.(audited));
    if (difference !== undefined) return { ...digests.result(), difference };
    digests.add(audited);
  }
  return digests.result();
}

/** What is wrong with the chain of a stream, by itself and against its head. */
function chainDifference(audited: AuditedStream): JournalDifference | undefined {
  const { facts, whole } = audited;
  const [first] = facts;
  const start =
    whole || first === undefined
      ? { version: 0, hash: GENESIS_HASH, position: 0n }
      : { version: first.version - 1, hash: first.previousHash, position: 0n };
  let end: ChainEnd = start;
  for (const fact of facts) {
    const what = linkDifference(fact, end);
    if (what !== undefined) return { stream: fact.stream, version: fact.version, what };
    end = fact;
  }
  return headDifference(audited, end);
}

interface ChainEnd {
  readonly version: number;
  readonly hash: string;
  readonly position: bigint;
}

function linkDifference(fact: StoredFact, end: ChainEnd): string | undefined {
  if (fact.version !== end.version + 1) return `version ${end.version + 1} is missing`;
  if (fact.previousHash !== end.hash) return 'is not chained to the fact before it';
  // Rows are written after the stream is locked, so that positions rise with versions.
  if (fact.position <= end.position) return 'its position is not after that of the fact before it';
  return hashOf(fact) === fact.hash ? undefined : 'its columns do not give its hash';
}

function headDifference(
  { stream, head, whole }: AuditedStream,
  end: ChainEnd,
): JournalDifference | undefined {
  if (head === undefined) return { stream, version: end.version, what: 'the stream has no head' };
  const { version } = head;
  if (version === end.version) {
    if (version === 0 || head.hash === end.hash) return undefined;
    return { stream, version, what: 'the head has another hash than the last fact' };
  }
  const what = `the head names version ${version}, the last fact is ${end.version}`;
  return whole ? { stream, version, what } : undefined;
}

/** Adds hashes up, per kind of stream and in all. */
class Digests {
  private readonly all: Hash = createHash('sha256');
  private readonly kinds = new Map<string, { streams: number; facts: number; hash: Hash }>();

  add({ stream, facts }: AuditedStream): void {
    const [kind = ''] = stream.split('/', 1);
    const known = this.kinds.get(kind) ?? { streams: 0, facts: 0, hash: createHash('sha256') };
    this.kinds.set(kind, known);
    known.streams += 1;
    known.facts += facts.length;
    for (const fact of facts) {
      const bytes = Buffer.from(fact.hash, 'hex');
      known.hash.update(bytes);
      this.all.update(bytes);
    }
  }

  result(): JournalAudit {
    const ranges = [...this.kinds].map(([kind, { streams, facts, hash }]) => ({
      kind,
      streams,
      facts,
      digest: hash.copy().digest('hex'),
    }));
    return {
      streams: ranges.reduce((sum, { streams }) => sum + streams, 0),
      facts: ranges.reduce((sum, { facts }) => sum + facts, 0),
      ranges,
      digest: this.all.copy().digest('hex'),
    };
  }
}
