import { join } from 'node:path';
import { isRecord, readJson, writePrivateFile } from './files';
import { StackFault } from './stack-fault';

/** How the services of a stack tell business time. */
export interface StackClock {
  readonly file: string;
  readonly offsetMs: number;
  /** Whether an operator may move it forward. */
  readonly movable: boolean;
}

/**
 * The business clock of a folder. Its first start decides: the real clock, or a clock that runs from `wanted` on. Later starts keep the
 * offset, because business time never goes back.
 */
export function openClock(runDir: string, wanted: number | undefined, now: number): StackClock {
  const file = join(runDir, 'clock.json');
  const movable = wanted !== undefined;
  const kept = readJson(file);
  if (isRecord(kept) && typeof kept['offsetMs'] === 'number') {
    return { file, offsetMs: kept['offsetMs'], movable };
  }
  const offsetMs = movable ? wanted - now : 0;
  writePrivateFile(file, JSON.stringify({ offsetMs }));
  return { file, offsetMs, movable };
}

/** What the clock shows, in China Standard Time. */
export function businessTime(clock: StackClock, now: number): string {
  const chinaMs = now + clock.offsetMs + 8 * 60 * 60 * 1000;
  return new Date(chinaMs).toISOString().replace(/\.\d+Z$/, '+08:00');
}

/** The moment in STACK_CLOCK. Fails with one sentence when it is none, or has no offset. */
export function momentOf(text: string): number {
  const moment = /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(moment)) {
    throw new StackFault(
      `STACK_CLOCK is "${text}", but must be a moment with its offset, such as 2026-03-02T08:00:00+08:00.`,
    );
  }
  return moment;
}
