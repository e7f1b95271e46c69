import { randomFillSync } from 'node:crypto';
import type { Instant } from '@domain/kernel';

/**
 * Numbers of settlements, visit groups and reversals: a letter, the care city, the moment, and chance. They grow with
 * time, so that the newest rows lie together in an index, and two replicas need not ask each other.
 */
export function newNumber(kind: 'S' | 'G' | 'R', careCity: string, at: Instant): string {
  const moment = at.toString(36).padStart(9, '0');
  return `${kind}${careCity}${moment}${chance()}`.toUpperCase();
}

const CHANCE_BYTES = 6;
/** Drawn in one go for several hundred numbers: a call for each would cost more than the rest of the number. */
const drawn = Buffer.alloc(CHANCE_BYTES * 512);
let next = drawn.length;

function chance(): string {
  if (next === drawn.length) {
    randomFillSync(drawn);
    next = 0;
  }
  next += CHANCE_BYTES;
  return drawn.toString('hex', next - CHANCE_BYTES, next);
}
