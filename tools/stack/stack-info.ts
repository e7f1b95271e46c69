import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from './files';
import type { PerService } from './services';

/** What `stack.json` tells whoever may use the stack. Holds passwords and tokens. */
export interface StackInfo {
  readonly services: PerService<string>;
  readonly tokens: Readonly<Record<string, string>>;
  readonly kafkaBrokers: string;
  readonly databases: PerService<string>;
  readonly pids: Readonly<Record<string, number>>;
  readonly runDir: string;
}

/** Writes the file whose presence says that the stack is ready. */
export function writeStackInfo(info: StackInfo): void {
  writePrivateFile(stackFile(info.runDir), `${JSON.stringify(info, undefined, 2)}\n`);
}

/** Takes the file away: from here on the stack is not ready. */
export function removeStackInfo(runDir: string): void {
  if (existsSync(stackFile(runDir))) rmSync(stackFile(runDir));
}

/** Where the file is. */
export function stackFile(runDir: string): string {
  return join(runDir, 'stack.json');
}
