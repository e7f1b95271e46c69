import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endProcess, identityOf, isRunning } from './processes';

const node = process.execPath;
const idle = 'setInterval(() => undefined, 1000); process.stdout.write("up")';

describe('a process', () => {
  it('is told from a later one with the same number', () => {
    const own = identityOf(process.pid);
    expect(own && isRunning(own)).toBe(true);
    expect(isRunning({ pid: process.pid, started: 'another:1' })).toBe(false);
  });

  it('is left alone when its number belongs to somebody else by now', async () => {
    const other = spawn(node, ['-e', idle]);
    await once(other.stdout, 'data');
    await endProcess({ pid: other.pid ?? 0, started: 'another:1' }, ['SIGTERM'], 100);
    expect(other.exitCode).toBeNull();
    other.kill('SIGKILL');
    await once(other, 'exit');
  });

  it('that ignores a mild signal is killed after its grace', async () => {
    const stubborn = spawn(node, ['-e', `process.on('SIGTERM', () => undefined); ${idle}`]);
    await once(stubborn.stdout, 'data');
    const identity = identityOf(stubborn.pid ?? 0);
    const exited = once(stubborn, 'exit');
    if (identity) await endProcess(identity, ['SIGTERM'], 200);
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it('that has ended is nobody', async () => {
    const short = spawn(node, ['-e', '0']);
    await once(short, 'exit');
    expect(identityOf(short.pid ?? 0)).toBeUndefined();
  });
});
