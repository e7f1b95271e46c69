import { appendFileSync } from 'node:fs';

/** Says one line to the person at the terminal. */
export type Say = (line: string) => void;

/** Says nothing; for tests. */
export const silent: Say = () => undefined;

/** Says every line on the terminal and, with its moment, in a log file. */
export function sayTo(logFile: string): Say {
  return (line) => {
    process.stdout.write(`${line}\n`);
    appendFileSync(logFile, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
  };
}

/** Runs a step and says afterwards what was done and how long it took; a step that fails is said by who catches it. */
export async function step<T>(say: Say, what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  say(`  ✓ ${what} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  return result;
}
