// Who uses node_modules and which build folder right now, so that nothing is replaced under a running process.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const folderOf = (root) => join(root, '.run-users');

/** Notes this process as a user of a build folder until it ends. */
export function register(root, use) {
  const file = join(folderOf(root), `${process.pid}.json`);
  mkdirSync(folderOf(root), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...use, pid: process.pid, started: startOf(process.pid) }));
  process.on('exit', () => rmSync(file, { force: true }));
}

/** The others that run now; marks of dead processes are cleared away. */
export function users(root) {
  mkdirSync(folderOf(root), { recursive: true });
  return readdirSync(folderOf(root)).flatMap((name) => {
    const file = join(folderOf(root), name);
    try {
      const use = JSON.parse(readFileSync(file, 'utf8'));
      if (use.pid !== process.pid && startOf(use.pid) === use.started) return [use];
      if (use.pid !== process.pid) rmSync(file, { force: true });
    } catch {
      // Half written or just removed by its owner.
    }
    return [];
  });
}

/** When a process began, or undefined when there is none: its number alone may be somebody else's by now. */
function startOf(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  return (
    spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ||
    undefined
  );
}
