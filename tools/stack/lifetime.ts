import type { Part } from './part';
import { StackFault, messageOf } from './stack-fault';

/** What can be ended in order, or at once when there is no time. */
export interface Stoppable {
  stop(): Promise<void>;
  killNow(): void;
}

/** Which parts end first: what uses others before what is used. */
export type Layer = 'services' | 'ground';

/** All parts that a stack has started or is starting; ends them in order, also in the middle of a start. */
export class Scope implements Stoppable {
  private readonly parts: { readonly part: Part; readonly layer: Layer }[] = [];
  private readonly afterwards: (() => void)[] = [];
  private closing: Promise<void> | undefined;

  /** Whether the stack was asked to end. */
  get closed(): boolean {
    return this.closing !== undefined;
  }

  /** Starts a part, which from now on ends with the others. Fails when everything is ending already. */
  async start(part: Part, layer: Layer): Promise<void> {
    if (this.closed) throw new StackFault('The stack was stopped while it started.');
    this.parts.push({ part, layer });
    await part.start();
  }

  /** Adds what is to be done when the last part has ended. */
  afterStop(work: () => void): void {
    this.afterwards.push(work);
  }

  /** Ends the services, then what they stood on. */
  stop(): Promise<void> {
    this.closing ??= this.stopAll();
    return this.closing;
  }

  /** The last resort: signals everything and waits for nothing. */
  killNow(): void {
    for (const { part } of this.parts) part.killNow();
  }

  private async stopAll(): Promise<void> {
    for (const layer of ['services', 'ground'] as const) {
      const parts = this.parts.filter((entry) => entry.layer === layer);
      await Promise.all(parts.map(({ part }) => part.stop()));
    }
    for (const work of this.afterwards) work();
  }
}

/**
 * Waits for all to settle before it fails with the first failure, so that whoever cleans up finds what the others started
 * meanwhile.
 */
export async function allOrNone<T extends readonly unknown[]>(works: {
  readonly [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/**
 * On Ctrl-C, SIGTERM or a closed terminal stops what runs. A second signal, and any way out of the process before that is
 * done, ends everything at once. Returns whether it was asked to end.
 */
export function stopOnSignal(running: Stoppable, stopped: () => void): () => boolean {
  let stoppingSince: number | undefined;
  const end = (signal: NodeJS.Signals) => {
    if (stoppingSince !== undefined) {
      // npm passes on the Ctrl-C that the terminal has sent here already: that is not a second wish.
      if (Date.now() - stoppingSince > 1_000) process.exit(130);
      return;
    }
    stoppingSince = Date.now();
    process.stdout.write(`\n  Stopping everything 正在停止 (${signal}) …\n`);
    running.stop().then(stopped, (cause: unknown) => {
      process.stderr.write(`  ✗ ${messageOf(cause)}\n`);
      process.exit(1);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  endWithParent(() => {
    end('SIGTERM');
  });
  process.on('exit', () => {
    running.killNow();
  });
  // A reader that went away (`npm start | head`) is no reason to leave the children alone.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  return () => stoppingSince !== undefined;
}

/** Under npm the process that was asked to end may be npm or its shell, which do not always pass it on. */
function endWithParent(end: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, 200);
  watch.unref();
}
