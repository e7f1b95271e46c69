import { spawn, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePrivateFile } from './files';
import { endProcess, identityOf, sendSignal } from './processes';
import type { Say } from './progress';
import { StackFault, messageOf } from './stack-fault';

/** How one process of the stack is run. */
export interface PartSpec {
  readonly name: string;
  readonly runDir: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The user the process runs as, where that is not the caller's. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The signals that ask it to end, mildest first; SIGKILL follows by itself. */
  readonly stopSignals: readonly NodeJS.Signals[];
  /** The signal for when there is no time. */
  readonly killSignal: NodeJS.Signals;
  readonly graceMs: number;
  readonly readyWithinMs: number;
  /** Resolves when the process does its work; rejects for as long as it does not. */
  readonly probe: () => Promise<void>;
  /** Clears what a killed predecessor left; runs before every start. */
  readonly beforeStart?: () => Promise<void>;
}

/** Who hears of a part's life after its first start. */
export interface PartListener {
  readonly say: Say;
  /** Called whenever the process number changed. */
  readonly changed: () => void;
}

const pauseMs = [0, 200, 500, 1_000, 2_000, 5_000] as const;
const longestPauseMs = 10_000;
const attemptsInARow = 12;
const livedLongMs = 30_000;
const logLimitBytes = 64 * 1024 * 1024;

/** One process of the stack: started, watched, started again when it dies unasked, and ended. */
export class Part {
  private child: ChildProcess | undefined;
  /** Started again when it dies: only after a first success, and not once it was asked to end. */
  private watched = false;
  private ended = false;
  private shortLives = 0;
  private bornAt = 0;

  constructor(
    readonly spec: PartSpec,
    private readonly listener: PartListener,
  ) {}

  /** The number of the process, undefined while there is none. */
  get pid(): number | undefined {
    return this.child?.exitCode === null && this.child.signalCode === null
      ? this.child.pid
      : undefined;
  }

  /**
   * Starts the process and resolves when it is ready. Fails with one sentence naming the log when the process ends or is not
   * ready in time. From then on the process is started again, with growing pauses, whenever it dies unasked.
   */
  async start(): Promise<void> {
    this.ended = false;
    await this.spawn();
    try {
      await this.untilReady();
    } catch (cause) {
      await this.stop();
      throw cause;
    }
    this.watched = true;
  }

  /** Ends the process, mildly first. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.ended = true;
    this.watched = false;
    const pid = this.pid;
    const identity = pid === undefined ? undefined : identityOf(pid);
    if (identity !== undefined) {
      await endProcess(identity, this.spec.stopSignals, this.spec.graceMs);
    }
    this.forgetPid();
  }

  /** The last resort of a caller that must exit at once: no waiting. */
  killNow(): void {
    this.ended = true;
    this.watched = false;
    if (this.pid !== undefined) sendSignal(this.pid, this.spec.killSignal);
  }

  private async spawn(): Promise<void> {
    await this.spec.beforeStart?.();
    const { command, args, cwd, env, user, name, runDir } = this.spec;
    const log = openLog(this.logFile);
    // A process group of its own: Ctrl-C reaches the supervisor alone, which then ends the parts in order.
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', log, log],
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    });
    closeSync(log);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => {
        reject(new StackFault(`${name} could not be started (${command}): ${cause.message}.`));
      });
    });
    this.child = child;
    this.bornAt = Date.now();
    child.once('exit', (code, signal) => {
      if (this.child === child) this.died(signal ?? `code ${String(code)}`);
    });
    if (child.pid !== undefined) recordPid(runDir, name, child.pid);
    // A stop that came while the process was being made has not seen it.
    if (this.ended) await this.stop();
  }

  private async untilReady(): Promise<void> {
    const end = Date.now() + this.spec.readyWithinMs;
    let last = 'no answer yet';
    while (Date.now() < end) {
      if (this.pid === undefined)
        throw new StackFault(`${this.spec.name} ended while it started: ${this.hint()}`);
      try {
        await this.spec.probe();
        return;
      } catch (cause) {
        // Waiting mends a refused connection, not a thing that a person must do.
        if (cause instanceof StackFault) throw cause;
        last = messageOf(cause);
      }
      await sleep(50);
    }
    const seconds = String(Math.round(this.spec.readyWithinMs / 1000));
    throw new StackFault(
      `${this.spec.name} was not ready within ${seconds} s (${last}): ${this.hint()}`,
    );
  }

  private died(how: string): void {
    if (!this.watched) return;
    this.shortLives = Date.now() - this.bornAt > livedLongMs ? 1 : this.shortLives + 1;
    if (this.shortLives > attemptsInARow) {
      this.watched = false;
      this.listener.say(
        `  ✗ ${this.spec.name} died ${String(attemptsInARow)} times in a row and stays down: ${this.hint()}`,
      );
      return;
    }
    const pause = pauseMs[this.shortLives - 1] ?? longestPauseMs;
    this.listener.say(
      `  ! ${this.spec.name} died (${how}); starting it again${pause === 0 ? '' : ` in ${String(pause)} ms`}.`,
    );
    void this.startAgain(pause);
  }

  private async startAgain(pause: number): Promise<void> {
    await sleep(pause);
    if (!this.watched) return;
    try {
      await this.spawn();
    } catch (cause) {
      this.died(messageOf(cause));
      return;
    }
    this.listener.changed();
  }

  private get logFile(): string {
    return join(this.spec.runDir, 'logs', `${this.spec.name}.log`);
  }

  private hint(): string {
    return `${lastLineOf(this.logFile)} — see ${this.logFile}`;
  }

  private forgetPid(): void {
    const file = pidFile(this.spec.runDir, this.spec.name);
    if (existsSync(file)) unlinkSync(file);
  }
}

/** Notes who a process is, so that a later start can end it should this one be killed. */
export function recordPid(runDir: string, name: string, pid: number): void {
  writePrivateFile(pidFile(runDir, name), JSON.stringify(identityOf(pid) ?? { pid, started: '' }));
}

function pidFile(runDir: string, name: string): string {
  return join(runDir, 'pids', `${name}.json`);
}

function openLog(path: string): number {
  if (existsSync(path) && statSync(path).size > logLimitBytes) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

function lastLineOf(path: string): string {
  if (!existsSync(path)) return 'it wrote no log';
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const last = lines.at(-1) ?? '';
  const message = /"msg":"((?:[^"\\]|\\.)*)"/.exec(last)?.[1];
  return (message ?? last).slice(0, 300);
}
