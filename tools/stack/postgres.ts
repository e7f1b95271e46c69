import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, DatabaseError } from 'pg';
import { writePrivateFile } from './files';
import type { Ground } from './ground';
import { Part } from './part';
import { choosePort } from './ports';
import { postgresPlace, type PostgresPlace } from './postgres-files';
import { endProcess, identityOf, processesIn } from './processes';
import { postgresSettings } from './postgres-settings';
import { StackFault } from './stack-fault';

/** A running database server. */
export interface RunningPostgres {
  readonly part: Part;
  readonly port: number;
  /** The superuser's way in, database `postgres`; holds the password. */
  readonly adminUrl: string;
  /** The folder of its unix socket, where the path is short enough for one. */
  readonly socketDir: string | undefined;
}

const run = promisify(execFile);
/** The system's limit for the path of a socket is 107 bytes on Linux and 103 on macOS. */
const longestSocketDir = 80;
const wrongPassword = '28P01';

/**
 * Starts the embedded PostgreSQL of a folder, creating its data on the first start: durable, on loopback only, by password
 * only. A port of 0 is any free one. Recovers what a killed server left. Fails with one sentence when it cannot start; the log has the details.
 */
export async function startPostgres(ground: Ground, wished: number): Promise<RunningPostgres> {
  const { runDir } = ground;
  const place = postgresPlace(runDir, ground.say);
  const password = passwordOf(runDir);
  const data = join(place.home, 'data');
  if (!existsSync(data)) await createData(place, data, password);
  const socketDir = socketDirOf(place);
  // First what a killed run left, which may hold the port.
  await clearStaleLocks(data, socketDir);
  const port = await choosePort({ of: 'PostgreSQL', variable: 'POSTGRES_PORT', port: wished });
  await writeSettings(place, data, port, socketDir);
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${String(port)}/postgres`;
  const part = new Part(
    {
      name: 'postgres',
      runDir,
      command: join(place.programs, 'bin', 'postgres'),
      args: ['-D', data],
      cwd: place.home,
      env: serverEnvironment(),
      user: place.user,
      // SIGINT ends sessions and stops; SIGQUIT leaves the rest to recovery, which loses nothing either.
      stopSignals: ['SIGINT', 'SIGQUIT'],
      killSignal: 'SIGQUIT',
      graceMs: 10_000,
      readyWithinMs: 120_000,
      probe: () => answers(adminUrl),
      beforeStart: () => clearStaleLocks(data, socketDir),
    },
    ground,
  );
  await ground.scope.start(part, 'ground');
  return { part, port, adminUrl, socketDir };
}

async function createData(place: PostgresPlace, data: string, password: string): Promise<void> {
  // Made beside and renamed: an interrupted initdb leaves nothing that looks like data.
  const next = `${data}.new`;
  const passwordFile = join(place.home, 'password');
  rmSync(next, { recursive: true, force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.user) chownSync(passwordFile, place.user.uid, place.user.gid);
  try {
    await run(
      join(place.programs, 'bin', 'initdb'),
      [
        ...['-D', next, '--username=postgres', `--pwfile=${passwordFile}`],
        ...['--auth-host=scram-sha-256', '--auth-local=scram-sha-256', '--data-checksums'],
        // The built-in locale sorts alike on every machine.
        ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
        '--locale=C',
      ],
      { cwd: place.home, env: serverEnvironment(), ...place.user },
    );
    appendFileSync(join(next, 'postgresql.conf'), "\ninclude 'stack.conf'\n");
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(next, data);
}

async function writeSettings(
  place: PostgresPlace,
  data: string,
  port: number,
  socketDir: string | undefined,
): Promise<void> {
  const file = join(data, 'stack.conf');
  const lz4 = await hasLz4(place, data);
  const settings = postgresSettings({ port, socketDir: socketDir ?? '', lz4 });
  writeFileSync(file, settings, { mode: 0o600 });
  if (place.user) chownSync(file, place.user.uid, place.user.gid);
}

async function hasLz4(place: PostgresPlace, data: string): Promise<boolean> {
  // A settings file must be there to be included, or the question itself fails.
  const file = join(data, 'stack.conf');
  if (!existsSync(file)) {
    writeFileSync(file, '', { mode: 0o600 });
    if (place.user) chownSync(file, place.user.uid, place.user.gid);
  }
  const ask = [
    '-D',
    data,
    '-c',
    'default_toast_compression=lz4',
    '-C',
    'default_toast_compression',
  ];
  return run(join(place.programs, 'bin', 'postgres'), ask, {
    cwd: place.home,
    env: serverEnvironment(),
    ...place.user,
  }).then(
    () => true,
    () => false,
  );
}

/**
 * A server killed hard leaves lock files for its data and its socket, and the next one refuses to start while the number in them
 * seems alive: as a zombie, or as another process by now. What still works in the data folder is ended or waited for first,
 * because removing the files under a living backend would corrupt data.
 */
async function clearStaleLocks(data: string, socketDir: string | undefined): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  const pid = existsSync(lock) ? Number(readFileSync(lock, 'utf8').split('\n')[0]) : undefined;
  const holder = pid === undefined ? undefined : identityOf(pid);
  if (holder !== undefined && processesIn(data).includes(holder.pid)) {
    await endProcess(holder, ['SIGINT', 'SIGQUIT'], 10_000);
  }
  const end = Date.now() + 10_000;
  while (processesIn(data).length > 0 && Date.now() < end) await sleep(20);
  // Where the system does not tell who works in the folder, a living holder is left to PostgreSQL's own judgement.
  const unknowable = process.platform !== 'linux' && holder !== undefined;
  if (processesIn(data).length > 0 || unknowable) return;
  rmSync(lock, { force: true });
  if (socketDir !== undefined) {
    for (const name of readdirSync(socketDir)) rmSync(join(socketDir, name), { force: true });
  }
}

async function answers(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 2_000 });
  // A connection cut while the server starts is an event besides the rejection; unheard it would end this process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } catch (cause) {
    if (cause instanceof DatabaseError && cause.code === wrongPassword) {
      throw new StackFault(
        "PostgreSQL's data and the password beside it do not belong together: restore `postgres-password` in RUN_DIR, or remove both by `npm run clean`.",
      );
    }
    throw cause;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function passwordOf(runDir: string): string {
  const file = join(runDir, 'postgres-password');
  if (!existsSync(file)) writePrivateFile(file, randomBytes(18).toString('base64url'));
  return readFileSync(file, 'utf8').trim();
}

function socketDirOf(place: PostgresPlace): string | undefined {
  const folder = join(place.home, 'socket');
  if (Buffer.byteLength(folder) > longestSocketDir) return undefined;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (place.user) chownSync(folder, place.user.uid, place.user.gid);
  return folder;
}

/** The caller's PG… variables and locale are not the server's business. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TZ } = process.env;
  return { PATH, LC_ALL: 'C', ...(TZ === undefined ? {} : { TZ }) };
}
