import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/**
 * CPU time that processes and all their descendants have used, in microseconds, from the operating system's own books.
 * Counts the living: a worker that ended is in its parent's figure for children.
 */
export function cpuMicros(pids: readonly number[]): number {
  const parents = new Map<number, { parent: number; ticks: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entry = readStat(Number(name));
    if (entry !== undefined) parents.set(Number(name), entry);
  }
  const wanted = new Set(pids);
  let ticks = 0;
  for (const [pid, { ticks: own }] of parents) {
    if (isWithin(pid, wanted, parents)) ticks += own;
  }
  return (ticks / TICKS_PER_SECOND) * 1_000_000;
}

function isWithin(
  pid: number,
  wanted: ReadonlySet<number>,
  parents: ReadonlyMap<number, { readonly parent: number }>,
): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)?.parent) {
    if (wanted.has(at)) return true;
  }
  return false;
}

function readStat(pid: number): { parent: number; ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // After the name: state, parent, …; user, system, children's user and system time are the 12th to 15th.
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0);
    return { parent: Number(fields[1] ?? 0), ticks };
  } catch {
    return undefined;
  }
}
