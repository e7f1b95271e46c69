import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { buildDir } from './files';
import type { Ground } from './ground';
import { Scope } from './lifetime';
import { openGround } from './parts';
import { startPostgres } from './postgres';
import { removeRunDir } from './postgres-files';
import { processesIn } from './processes';
import { silent } from './progress';

describe('the embedded PostgreSQL', () => {
  let runDir: string;
  let ground: Ground;

  const open = async () => {
    ground = await openGround(runDir, {
      say: silent,
      scope: new Scope(),
      changed: () => undefined,
    });
  };
  beforeEach(async () => {
    runDir = mkdtempSync(join(tmpdir(), 'postgres-'));
    await open();
  });
  afterEach(async () => {
    await ground.scope.stop();
    removeRunDir(runDir);
  });

  it('is durable, listens on loopback and asks for a password', async () => {
    const { adminUrl } = await startPostgres(ground, 0);
    const settings = await rowsOf(
      adminUrl,
      `select name, setting from pg_settings where name in
         ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'listen_addresses')
       order by name`,
    );
    expect(settings).toEqual([
      { name: 'data_checksums', setting: 'on' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
    const stranger = adminUrl.replace(/:[^:@]+@/, ':wrong@');
    await expect(rowsOf(stranger, 'select 1')).rejects.toThrow(/password authentication failed/);
  }, 60_000);

  it('comes back by itself after kill -9, with all that was committed', async () => {
    const { adminUrl, part } = await startPostgres(ground, 0);
    await rowsOf(adminUrl, 'create table kept (n int); insert into kept values (1), (2), (3)');
    const before = part.pid ?? 0;
    process.kill(before, 'SIGKILL');
    expect(await eventually(adminUrl, 'select count(*)::int as n from kept')).toEqual([{ n: 3 }]);
    expect(part.pid).not.toBe(before);
  }, 60_000);

  it('of a killed run is ended and started again with its data', async () => {
    await ground.scope.stop();
    const killed = await startedByAnother(runDir);
    await rowsOf(killed.adminUrl, 'create table kept (n int); insert into kept values (1)');
    process.kill(killed.supervisor, 'SIGKILL');
    await open();
    const again = await startPostgres(ground, killed.port);
    expect(await rowsOf(again.adminUrl, 'select n from kept')).toEqual([{ n: 1 }]);
    expect(again.part.pid).not.toBe(killed.server);
  }, 60_000);

  it('leaves no process behind, and its files to their owner alone', async () => {
    await startPostgres(ground, 0);
    const data = join(runDir, 'postgres', 'data');
    expect(statSync(join(runDir, 'postgres-password')).mode & 0o777).toBe(0o600);
    await ground.scope.stop();
    expect(processesIn(data)).toEqual([]);
  }, 60_000);

  it('says in one sentence that its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(startPostgres(ground, port)).rejects.toThrow(
      `Port ${String(port)}, meant for PostgreSQL, is taken: stop what uses it, or set POSTGRES_PORT to another port (0 for any free one).`,
    );
    other.close();
  }, 60_000);
});

/** Starts the server of a folder under a supervisor that can be killed. */
async function startedByAnother(runDir: string) {
  const stack = JSON.stringify(join(buildDir(), 'tools', 'stack'));
  const child = spawn(process.execPath, [
    '-e',
    `const { Scope } = require(${stack} + '/lifetime.js');
     require(${stack} + '/parts.js')
       .openGround(${JSON.stringify(runDir)}, { say() {}, scope: new Scope(), changed() {} })
       .then((ground) => require(${stack} + '/postgres.js').startPostgres(ground, 0))
       .then(({ adminUrl, port, part }) => console.log([adminUrl, port, part.pid].join(' ')));`,
  ]);
  const data: unknown[] = await Promise.race([
    once(child.stdout, 'data'),
    once(child.stderr, 'data').then((words) => Promise.reject(new Error(String(words[0])))),
  ]);
  const [adminUrl = '', port, server] = String(data[0]).trim().split(' ');
  return { adminUrl, port: Number(port), server: Number(server), supervisor: child.pid ?? 0 };
}

async function rowsOf(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const result = await client.query<Record<string, unknown>>(sql);
    return result.rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function eventually(url: string, sql: string): Promise<unknown[]> {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      return await rowsOf(url, sql);
    } catch (cause) {
      if (Date.now() > end) throw cause;
      await sleep(100);
    }
  }
}
