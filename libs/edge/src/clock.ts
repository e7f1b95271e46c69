import { type Instant, instant, type Refusal, formatInstant } from '@domain/kernel';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { ConfigError } from './config';

/** Business time (architecture §5): the real clock, moved forward by an offset that never shrinks. */
export abstract class Clock {
  abstract now(): Instant;
  /** Moves business time forward to a moment and returns the new now, or a refusal when it would go back or may not move. */
  abstract advanceTo(at: Instant): Instant | Refusal;
}

/** A second service that is told the same moment a little later has nothing to move. */
const BACKWARD_GRACE_MS = 60_000;
/** Reading a line once a second costs less than knowing whether it changed. */
const LOOK_AT_FILE_MS = 1_000;

/**
 * A clock whose offset is kept in a file, so that business time goes on from where it was after a restart. Several clocks may
 * share the file, in one process or many: the greater offset wins, and each knows of it within a second.
 */
export class OffsetClock extends Clock {
  private offsetMs: number;
  private last = 0;
  private lookedAt = 0;

  /** Throws a ConfigError when the file is not `{ "offsetMs": n }`. Without a file the clock is the real one. */
  constructor(
    private readonly file: string | undefined,
    private readonly movable: boolean,
    private readonly realMs: () => number = Date.now,
  ) {
    super();
    this.offsetMs = file === undefined ? 0 : readOffset(file);
  }

  now(): Instant {
    const realMs = this.realMs();
    if (this.movable && this.file !== undefined && realMs - this.lookedAt >= LOOK_AT_FILE_MS) {
      this.lookedAt = realMs;
      this.offsetMs = Math.max(this.offsetMs, readOffset(this.file));
    }
    // The real clock may be set back under us; business time then stands still until it has caught up.
    this.last = Math.max(this.last, realMs + this.offsetMs);
    return instant(this.last);
  }

  advanceTo(at: Instant): Instant | Refusal {
    if (!this.movable || this.file === undefined) return { refused: 'edge.clock-not-movable' };
    this.offsetMs = Math.max(this.offsetMs, readOffset(this.file));
    const now = this.now();
    if (at < now - BACKWARD_GRACE_MS) {
      return { refused: 'edge.clock-backwards', field: 'now', now: formatInstant(now) };
    }
    if (at > now) {
      const offsetMs = at - this.realMs();
      writeOffset(this.file, offsetMs);
      this.offsetMs = offsetMs;
    }
    return this.now();
  }
}

function readOffset(file: string): number {
  if (!existsSync(file)) return 0;
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const offsetMs: unknown = Reflect.get(Object(read) as object, 'offsetMs');
    if (typeof offsetMs !== 'number' || !Number.isSafeInteger(offsetMs))
      throw new TypeError('offset');
    return offsetMs;
  } catch (cause) {
    throw new ConfigError('CLOCK_FILE must name a file like { "offsetMs": 0 }.', { cause });
  }
}

/** Atomic and durable: a reader sees the old offset or the new one, and a crash loses neither. */
function writeOffset(file: string, offsetMs: number): void {
  const next = `${file}.${process.pid}.new`;
  const handle = openSync(next, 'w', 0o600);
  try {
    writeSync(handle, `{ "offsetMs": ${offsetMs} }\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(next, file);
}
