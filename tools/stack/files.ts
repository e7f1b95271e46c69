import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StackFault } from './stack-fault';

const projectName = '"name": "ten-city-settlement"';
const marker = '.stack-run-dir';

/** The folder of the checkout, found upwards from this file, whichever build folder it was compiled into. */
export function projectRoot(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && readFileSync(manifest, 'utf8').includes(projectName)) return folder;
  }
  throw new StackFault(`No checkout of the project was found above ${__dirname}.`);
}

/** Where the compiled services are: BUILD_DIR, else `dist`. */
export function buildDir(): string {
  return resolve(projectRoot(), process.env['BUILD_DIR'] ?? 'dist');
}

/** Where the state of a local stack lives: RUN_DIR, else `.run`. */
export function defaultRunDir(): string {
  return resolve(projectRoot(), process.env['RUN_DIR'] ?? '.run');
}

/**
 * Makes the folder of a stack's state. Others may pass through it, as the database server's own user must, but not list it;
 * every file in it is readable by its owner alone.
 */
export function prepareRunDir(runDir: string): void {
  for (const folder of [runDir, join(runDir, 'logs'), join(runDir, 'pids')]) {
    mkdirSync(folder, { recursive: true });
  }
  chmodSync(runDir, 0o711);
  chmodSync(join(runDir, 'logs'), 0o700);
  chmodSync(join(runDir, 'pids'), 0o700);
  // `clean` removes only folders that carry this mark, whatever RUN_DIR says.
  writeFileSync(join(runDir, marker), '');
}

/** Replaces a file as a whole, readable by its owner alone: a reader sees the old content or the new one. */
export function writePrivateFile(path: string, content: string): void {
  const next = `${path}.${String(process.pid)}.new`;
  writeFileSync(next, content, { mode: 0o600 });
  renameSync(next, path);
}

/** The parsed content of a JSON file, or undefined when there is none. */
export function readJson(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Whether a value is an object whose fields may be looked at. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
