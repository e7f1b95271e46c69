import { type Instant, monthOf, dateOf } from '@domain/kernel';
import type { DataSource } from 'typeorm';
import { causeOf } from '../faults';
import { type Logger, silentLogger } from '../logger';
import { ensurePartitions } from '../partitions';
import { Pause } from '../pause';
import type { Publisher, Route, StoredFact } from '../types';
import { cloudEventOf } from './cloud-event';
import { Ownership } from './ownership';
import { type PieceLimits, piecesOf } from './pieces';
import { type RelayRole, type RelayStatus, readStatus } from './status';
import {
  type RelayPosition,
  findWindow,
  loadPosition,
  readWindow,
  savePosition,
  startOfWindow,
} from './window';

export interface RelayOptions {
  readonly dataSource: DataSource;
  /** The service: source of the CloudEvents, and name of the lock and of the stored position. */
  readonly service: string;
  readonly publisher: Publisher;
  readonly route: Route;
  /** Business time, for partitions and the age of what waits. */
  readonly now: () => Instant;
  readonly logger?: Logger;
  /** How long to wait after a look that found nothing. */
  readonly pollMs?: number;
  /** How long to wait for company after a window smaller than a piece. */
  readonly lingerMs?: number;
  readonly standbyMs?: number;
  readonly ownerTimeoutMs?: number;
  readonly piece?: PieceLimits;
}

export interface Relay {
  /** Begins to publish, or to stand by. Returns at once. */
  start(): void;
  /** Finishes the piece under way, stores the position and gives the lock back. */
  stop(): Promise<void>;
  status(): Promise<RelayStatus>;
}

const DEFAULT_PIECE: PieceLimits = { rows: 500, bytes: 800_000 };
const LONGEST_BACKOFF_MS = 5_000;
const PARTITION_RETRY_MS = 60_000;

/**
 * Publishes the journal of a service in its database: every fact at least once, and the facts of a stream in their order.
 * One process publishes, others stand by. A publisher that fails is asked again for ever; nothing is skipped.
 */
export function createRelay(options: RelayOptions): Relay {
  const loop = new RelayLoop(options);
  return {
    start: () => {
      loop.start();
    },
    stop: () => loop.stop(),
    status: () => loop.status(),
  };
}

class RelayLoop {
  private readonly logger: Logger;
  private readonly piece: PieceLimits;
  private readonly pause = new Pause();
  private running: Promise<void> | undefined;
  private role: RelayRole = 'stopped';
  private lastError: string | undefined;
  private keptMonth = '';
  private keepAgainAt = 0;

  constructor(private readonly options: RelayOptions) {
    this.logger = options.logger ?? silentLogger;
    this.piece = options.piece ?? DEFAULT_PIECE;
  }

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.pause.end();
    await this.running;
  }

  status(): Promise<RelayStatus> {
    const { dataSource, service, now } = this.options;
    return readStatus(dataSource, service, {
      now: now(),
      role: this.role,
      lastError: this.lastError,
    });
  }

  private async run(): Promise<void> {
    while (!this.pause.over) {
      this.role = 'standby';
      try {
        await this.standByAndPublish();
      } catch (error) {
        this.note(error, 'relay lost its connection or its lock and stands by');
        await this.pause.for(this.options.standbyMs ?? 500);
      }
    }
    this.role = 'stopped';
  }

  private async standByAndPublish(): Promise<void> {
    const { dataSource, service, standbyMs = 500, ownerTimeoutMs = 3_000 } = this.options;
    const ownership = await Ownership.acquire({
      dataSource,
      relay: service,
      standbyMs,
      timeoutMs: ownerTimeoutMs,
      pause: this.pause,
    });
    if (ownership === undefined) return;
    this.role = 'owner';
    this.logger.info({ service }, 'relay publishes');
    try {
      await this.publishAll(ownership);
    } finally {
      await ownership.release();
    }
  }

  private async publishAll(ownership: Ownership): Promise<void> {
    let at = await loadPosition(ownership.client, this.options.service);
    this.lastError = undefined;
    while (!this.pause.over) {
      await this.keepPartitions();
      ownership.check();
      const { window } = at;
      at =
        window === undefined
          ? await this.look(ownership, at)
          : await this.goOn(ownership, { ...at, window });
    }
  }

  /** Looks for a new window. One that can be held is sent from memory; a bigger one is opened and read piece by piece. */
  private async look(ownership: Ownership, at: RelayPosition): Promise<RelayPosition> {
    const held = this.piece.rows * 2;
    const { snapshot, facts } = await findWindow(ownership.client, at.previous, held);
    if (facts.length === 0) {
      await this.pause.for(this.options.pollMs ?? 20);
      return { ...at, previous: snapshot };
    }
    if (facts.length > held) {
      const last = await startOfWindow(ownership.client, at.previous);
      return { previous: at.previous, window: snapshot, last };
    }
    const next = await this.sendWindow(ownership, { ...at, window: snapshot, last: 0n }, facts);
    if (facts.length < this.piece.rows) await this.pause.for(this.options.lingerMs ?? 20);
    return next;
  }

  private async sendWindow(
    ownership: Ownership,
    at: RelayPosition & { readonly window: RelayPosition['previous'] },
    facts: readonly StoredFact[],
  ): Promise<RelayPosition> {
    const pieces = piecesOf(facts, this.piece);
    let next: RelayPosition = at;
    for (const [index, piece] of pieces.entries()) {
      if (!(await this.send(ownership, piece))) return next;
      const last = piece.at(-1)?.position ?? next.last;
      next =
        index === pieces.length - 1
          ? { previous: at.window, window: undefined, last }
          : { ...at, last };
      await savePosition(ownership.client, this.options.service, next);
    }
    return next;
  }

  /** The next pieces of an open window; closes it when none is left. */
  private async goOn(
    ownership: Ownership,
    at: RelayPosition & { readonly window: RelayPosition['previous'] },
  ): Promise<RelayPosition> {
    const facts = await readWindow(ownership.client, at, this.piece.rows);
    let next: RelayPosition = at;
    for (const piece of piecesOf(facts, this.piece)) {
      if (!(await this.send(ownership, piece))) return next;
      next = { ...at, last: piece.at(-1)?.position ?? at.last };
      await savePosition(ownership.client, this.options.service, next);
    }
    if (facts.length > 0) return next;
    const closed = { previous: at.window, window: undefined, last: at.last };
    await savePosition(ownership.client, this.options.service, closed);
    return closed;
  }

  /** Publishes a piece, again and again until the broker has it; false when stopped before. */
  private async send(ownership: Ownership, facts: readonly StoredFact[]): Promise<boolean> {
    const { service, route, publisher } = this.options;
    const messages = facts.flatMap((fact) => cloudEventOf(fact, service, route) ?? []);
    if (messages.length === 0) return true;
    for (let backoffMs = 50; ; backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)) {
      ownership.check();
      try {
        await publisher.publish(messages);
        this.lastError = undefined;
        return true;
      } catch (error) {
        this.note(error, 'relay could not publish and tries again');
      }
      if (this.pause.over) return false;
      await this.pause.for(backoffMs);
    }
  }

  /** A new month of business time needs partitions ahead of it. Without them facts go to the default partition. */
  private async keepPartitions(): Promise<void> {
    const now = this.options.now();
    const month = monthOf(dateOf(now));
    if (month === this.keptMonth || performance.now() < this.keepAgainAt) return;
    try {
      await ensurePartitions(this.options.dataSource, now);
      this.keptMonth = month;
    } catch (error) {
      this.keepAgainAt = performance.now() + PARTITION_RETRY_MS;
      this.note(error, 'partitions ahead could not be made');
    }
  }

  private note(error: unknown, message: string): void {
    this.lastError = causeOf(error);
    this.logger.warn({ service: this.options.service, cause: this.lastError }, message);
  }
}
