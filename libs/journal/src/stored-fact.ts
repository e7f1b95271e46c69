import { instant } from '@domain/kernel';
import { actorOf } from './fact-hash';
import type { StoredFact } from './types';

/** The columns of a journal row `j` that make a stored fact. */
export const FACT_COLUMNS = `j.position, j.stream, j.version, j.type, j.payload, j.actor, j.command_scope, j.command_key,
  j.input_hash, j.previous_hash, j.hash, (extract(epoch from j.recorded_at) * 1000)::bigint as recorded_ms`;

/** A journal row as the driver gives it: bigint as text. */
export interface FactRow {
  readonly position: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly payload: string;
  readonly actor: string;
  readonly command_scope: string | null;
  readonly command_key: string | null;
  readonly input_hash: Buffer | null;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
  readonly recorded_ms: string;
}

/** A journal row as a fact. Throws when the actor column is damaged. */
export function factOf(row: FactRow): StoredFact {
  const fact = {
    position: BigInt(row.position),
    stream: row.stream,
    version: row.version,
    type: row.type,
    payload: row.payload,
    actor: actorOf(row.actor),
    recordedAt: instant(Number(row.recorded_ms)),
    previousHash: row.previous_hash.toString('hex'),
    hash: row.hash.toString('hex'),
  };
  if (row.command_scope === null || row.command_key === null || row.input_hash === null)
    return fact;
  const inputHash = row.input_hash.toString('hex');
  return { ...fact, command: { scope: row.command_scope, key: row.command_key, inputHash } };
}
