import { messageOf } from './stack-fault';

/** What can be ended in order, or at once when there is no time. */
export interface Stoppable {
  stop(): Promise<void>;
  killNow(): void;
}

/**
 * Waits for all to settle before it fails with the first failure, so that whoever cleans up finds what the others started
 * meanwhile.
 */
export async function allOrNone<A, B>(works: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/**
 * Stays up until the process is asked to end by Ctrl-C, SIGTERM or a closed terminal, then stops what runs. A second signal, and
 * any way out of the process before that is done, ends everything at once.
 */
export function stopOnSignal(running: () => Stoppable | undefined, stopped: () => void): void {
  let stopping = false;
  const end = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(130);
    stopping = true;
    process.stdout.write(`\n  Stopping everything (${signal}) …\n`);
    const stop = running()?.stop() ?? Promise.resolve();
    stop.then(stopped, (cause: unknown) => {
      process.stderr.write(`  ✗ ${messageOf(cause)}\n`);
      process.exit(1);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  process.on('exit', () => running()?.killNow());
  // A reader that went away (`npm start | head`) is no reason to leave the children alone.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}
