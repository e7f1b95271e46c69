import { randomBytes } from 'node:crypto';
import type { Instant } from '@domain/kernel';

/**
 * Numbers of settlements, visit groups and reversals: a letter, the care city, the moment, and chance. They grow with
 * time, so that the newest rows lie together in an index, and two replicas need not ask each other.
 */
export function newNumber(kind: 'S' | 'G' | 'R', careCity: string, at: Instant): string {
  const moment = at.toString(36).padStart(9, '0');
  return `${kind}${careCity}${moment}${randomBytes(6).toString('hex')}`.toUpperCase();
}
