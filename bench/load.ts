import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Visit } from '@lib/contracts';

/** Writes visits as the generator reads them; the key of a visit is the run's tag and its place. */
export async function writeRequests(
  file: string,
  visits: readonly Visit[],
  tag: string,
): Promise<void> {
  const out = createWriteStream(file);
  for (const [index, visit] of visits.entries()) {
    const topic = `settlement.requests.${visit.careCity}`;
    const line = JSON.stringify({ topic, key: `${tag}-${index}`, value: JSON.stringify(visit) });
    if (!out.write(`${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}

/** A generator that has read its file and waits for nothing more than to be let go. */
export interface Sending {
  /** When the first message was due, and when the last was acknowledged. */
  readonly done: Promise<{ readonly firstMs: number; readonly lastMs: number }>;
}

/** Starts the generator, a process of its own, so that its work is not in the figures of what it measures. */
export function send(file: string, brokers: string, perSecond: number): Sending {
  const program = join(__dirname, 'generator.js');
  const child = spawn(process.execPath, [program, file, brokers, String(perSecond)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { done: outcomeOf(child) };
}

async function outcomeOf(child: ChildProcess): Promise<{ firstMs: number; lastMs: number }> {
  let output = '';
  child.stdout?.on('data', (data: Buffer) => (output += data.toString('utf8')));
  const [code] = (await once(child, 'exit')) as [number | null];
  const match = /sent \d+ from (\d+) to (\d+)/.exec(output);
  if (code !== 0 || match === null) throw new Error('the load generator failed');
  return { firstMs: Number(match[1]), lastMs: Number(match[2]) };
}
