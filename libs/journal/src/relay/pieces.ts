import type { StoredFact } from '../types';

export interface PieceLimits {
  readonly rows: number;
  /** Of payloads, in bytes; a single larger fact goes alone. */
  readonly bytes: number;
}

/**
 * Cuts facts into pieces that a broker takes: a send above one megabyte per partition is refused for ever, and an
 * unbounded one never recovers from a long outage.
 */
export function piecesOf(
  facts: readonly StoredFact[],
  limits: PieceLimits,
): readonly (readonly StoredFact[])[] {
  const pieces: StoredFact[][] = [];
  let piece: StoredFact[] = [];
  let bytes = 0;
  for (const fact of facts) {
    const size = Buffer.byteLength(fact.payload);
    if (piece.length > 0 && (piece.length >= limits.rows || bytes + size > limits.bytes)) {
      pieces.push(piece);
      piece = [];
      bytes = 0;
    }
    piece.push(fact);
    bytes += size;
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}
