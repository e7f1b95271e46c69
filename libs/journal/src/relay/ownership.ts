import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { clientConfigOf } from '../connection';
import { type Pause } from '../pause';
import { READER_SETTINGS } from './window';

/** Another process may hold the lock by now: whoever believed to own the relay stops at once. */
export class OwnershipLost extends Error {
  override readonly name = 'OwnershipLost';
}

export interface OwnershipOptions {
  readonly dataSource: DataSource;
  readonly relay: string;
  /** How often a standby asks for the lock; below `timeoutMs`, or the server ends the standby's session too. */
  readonly standbyMs: number;
  /** After so long without a sign of life the server ends the owner's session, and the lock is free. */
  readonly timeoutMs: number;
  readonly pause: Pause;
}

/**
 * The right to publish a service's journal: an advisory lock held by the connection that also reads the journal and
 * stores the position, so that whoever lost the lock can store nothing any more. A process that is frozen sends no sign
 * of life, and the server ends its session (`idle_session_timeout`).
 */
export class Ownership {
  private lost = false;
  private signs: NodeJS.Timeout | undefined;

  private constructor(readonly client: Client) {
    client.on('error', () => (this.lost = true));
    client.on('end', () => (this.lost = true));
  }

  /** Waits as a standby until the lock is ours; undefined when `pause` ended first. */
  static async acquire(options: OwnershipOptions): Promise<Ownership | undefined> {
    const client = new Client(clientConfigOf(options.dataSource, `relay ${options.relay}`));
    const ownership = new Ownership(client);
    try {
      await client.connect();
      // Before the lock is asked for: a process that is frozen just after it got the lock must lose it as well.
      await client.query(`set idle_session_timeout = ${Math.ceil(options.timeoutMs)}`);
      while (!options.pause.over) {
        if (await tryLock(client, options.relay)) {
          await client.query(READER_SETTINGS);
          ownership.showSignsOfLife(options.timeoutMs / 4);
          return ownership;
        }
        await options.pause.for(options.standbyMs);
      }
    } catch (error) {
      await ownership.release();
      throw error;
    }
    await ownership.release();
    return undefined;
  }

  /** Throws `OwnershipLost` once the connection has failed. */
  check(): void {
    if (this.lost) throw new OwnershipLost('the connection that holds the relay lock has ended');
  }

  /** Closes the connection and with it the lock. */
  async release(): Promise<void> {
    clearInterval(this.signs);
    try {
      await this.client.end();
    } catch {
      // A connection that is gone needs no closing.
    }
  }

  /** The session counts as idle while we wait for the broker; only a process that is frozen stays silent. */
  private showSignsOfLife(everyMs: number): void {
    this.signs = setInterval(() => {
      this.client.query('select 1').catch(() => (this.lost = true));
    }, everyMs);
  }
}

async function tryLock(client: Client, relay: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [`relay/${relay}`],
  );
  return rows[0]?.locked ?? false;
}
