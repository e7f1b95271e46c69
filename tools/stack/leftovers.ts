import { readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, readJson } from './files';
import { endProcess, goneWithin, isRunning, type ProcessIdentity } from './processes';
import { recordPid } from './part';
import type { Say } from './progress';
import { StackFault } from './stack-fault';

const supervisor = 'stack';
/** The order in which a stack is ended: who uses a part before the part. */
const partsLast = ['kafka', 'postgres'];

/**
 * Makes this process the only supervisor of a folder, and ends what a killed predecessor left running there. A process is
 * touched only when its number and its start agree with the record. Fails when another supervisor is alive.
 */
export async function takeOver(runDir: string, say: Say): Promise<void> {
  const records = recordsIn(runDir);
  const other = records.find((record) => record.name === supervisor)?.identity;
  // One that was killed a moment ago may not be quite gone.
  if (other !== undefined && other.pid !== process.pid && !(await goneWithin(other, 1_500))) {
    throw new StackFault(
      `A stack already runs in ${runDir} (process ${String(other.pid)}): stop it first, or set RUN_DIR to another folder.`,
    );
  }
  recordPid(runDir, supervisor, process.pid);
  const left = records.filter(({ name, identity }) => name !== supervisor && isRunning(identity));
  if (left.length > 0)
    say(`  ! Ending what a killed run left: ${left.map(({ name }) => name).join(', ')}.`);
  await Promise.all(
    left
      .filter(({ name }) => !partsLast.includes(name))
      .map(({ identity }) => endProcess(identity, ['SIGTERM'], 3_000)),
  );
  await Promise.all(
    left
      .filter(({ name }) => partsLast.includes(name))
      .map(({ name, identity }) =>
        endProcess(identity, [name === 'postgres' ? 'SIGINT' : 'SIGTERM'], 10_000),
      ),
  );
}

/** Gives the folder free again; the counterpart of takeOver. */
export function letGo(runDir: string): void {
  const own = recordsIn(runDir).find((record) => record.name === supervisor);
  if (own?.identity.pid === process.pid) unlinkSync(join(runDir, 'pids', `${supervisor}.json`));
}

interface PidRecord {
  readonly name: string;
  readonly identity: ProcessIdentity;
}

function recordsIn(runDir: string): readonly PidRecord[] {
  const folder = join(runDir, 'pids');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const value = readJson(join(folder, file));
      if (!isRecord(value)) return [];
      const { pid, started } = value;
      if (typeof pid !== 'number' || typeof started !== 'string') return [];
      return [{ name: file.replace(/\.json$/, ''), identity: { pid, started } }];
    });
}
