import { randomFillSync } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const POOL = Buffer.alloc(24 * 256);
let used = POOL.length;

/** 24 random bytes in hex, drawn from a pool: one call to the system serves 256 requests. */
function randomHex(): string {
  if (used === POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  used += 24;
  return POOL.toString('hex', used - 24, used);
}

/** The W3C trace context of a request: the caller's trace continued in a span of ours, or a new trace. */
export function traceparentOf(given: string | undefined): string {
  const random = randomHex();
  const match = given === undefined ? null : TRACEPARENT.exec(given);
  const traceId = match?.[1];
  if (traceId === undefined || /^0+$/.test(traceId)) {
    return `00-${random.slice(0, 32)}-${random.slice(32)}-01`;
  }
  return `00-${traceId}-${random.slice(32)}-${match?.[3] ?? '01'}`;
}

/** The trace id within a traceparent. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);
