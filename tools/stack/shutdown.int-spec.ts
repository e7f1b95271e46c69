import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDir, isRecord, readJson } from './files';
import { removeRunDir } from './postgres-files';
import { identityOf } from './processes';

describe.each(['SIGTERM', 'SIGINT'] as const)('%s to a start', (signal) => {
  it('ends PostgreSQL and Kafka and exits without a failure', async () => {
    const runDir = mkdtempSync(join(tmpdir(), 'shutdown-'));
    const program = `require(${JSON.stringify(join(buildDir(), 'tools/stack/main.js'))}).main('parts', [])`;
    const supervisor = spawn(process.execPath, ['-e', program], {
      env: { ...process.env, RUN_DIR: runDir, POSTGRES_PORT: '0', KAFKA_PORT: '0' },
    });
    const exited = once(supervisor, 'exit');
    try {
      await untilUp(supervisor);
      const pids = readdirSync(join(runDir, 'pids')).map((name) =>
        pidIn(join(runDir, 'pids', name)),
      );
      supervisor.kill(signal);
      expect(await exited).toEqual([0, null]);
      expect(pids).toHaveLength(3);
      expect(pids.map((pid) => identityOf(pid))).toEqual([undefined, undefined, undefined]);
      expect(readdirSync(join(runDir, 'pids'))).toEqual([]);
    } finally {
      supervisor.kill('SIGTERM');
      await exited;
      removeRunDir(runDir);
    }
  }, 90_000);
});

function untilUp(supervisor: ChildProcessWithoutNullStreams): Promise<void> {
  let output = '';
  return new Promise((resolve, reject) => {
    supervisor.stderr.on('data', (chunk: Buffer) => {
      reject(new Error(chunk.toString()));
    });
    supervisor.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('TEST_KAFKA_BROKERS=')) resolve();
    });
  });
}

function pidIn(file: string): number {
  const record = readJson(file);
  return isRecord(record) && typeof record['pid'] === 'number' ? record['pid'] : 0;
}
