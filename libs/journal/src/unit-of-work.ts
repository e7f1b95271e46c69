import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { withClient } from './connection';
import { CommitUndone, causeOf, isWorthRerunning } from './faults';
import { type Logger, silentLogger } from './logger';
import { textArray } from './pg-text';
import { poolOf } from './pool';
import { type FactRow, factOf } from './stored-fact';
import { JournalTransaction } from './transaction';
import type { CommandKey, KeyLookup, Statement, Transaction, UnitOfWork } from './types';

/** Waits before the second and later runs: together longer than a failover of a pool takes to notice, and then it is a fault. */
const RERUN_DELAYS_MS = [2, 10, 50, 200, 600, 1500];

/**
 * The unit of work over a DataSource whose database holds `journalMigrations`. Uses the raw driver connection: the
 * hot path pays for no entity manager.
 */
export function createUnitOfWork(
  dataSource: DataSource,
  options: { readonly logger?: Logger } = {},
): UnitOfWork {
  const logger = options.logger ?? silentLogger;
  return {
    run: (work) => runAgainWhileWorth(dataSource, work, logger),
    lookUp: async (keys, tx) => {
      if (keys.length === 0) return [];
      if (tx !== undefined) return await lookUp(keys, (statement) => tx.query(statement), tx);
      const pool = poolOf(dataSource);
      return await lookUp(keys, (statement) => pool.query(statement));
    },
  };
}

async function runAgainWhileWorth<T>(
  dataSource: DataSource,
  work: (tx: Transaction) => Promise<T>,
  logger: Logger,
): Promise<T> {
  for (const delayMs of RERUN_DELAYS_MS) {
    try {
      return await runOnce(dataSource, work);
    } catch (error) {
      if (!isWorthRerunning(error)) throw error;
      logger.warn({ cause: causeOf(error), delayMs }, 'transaction runs again');
    }
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
  return await runOnce(dataSource, work);
}

function runOnce<T>(dataSource: DataSource, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return withClient(dataSource, async (client) => {
    await client.query('begin');
    const tx = new JournalTransaction(client);
    try {
      const result = await work(tx);
      await tx.flush();
      tx.close();
      const { command } = await client.query('commit');
      if (command !== 'COMMIT')
        throw new CommitUndone('a statement had failed, so the database rolled back');
      return result;
    } catch (error) {
      tx.close();
      await rollBack(client);
      throw error;
    }
  });
}

/** A connection that cannot even roll back is dropped by the pool; the first error is the one that counts. */
async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query('rollback');
  } catch {
    // The error that led here is thrown by the caller.
  }
}

interface LookUpRow extends FactRow {
  readonly asked: string;
  readonly asked_input_hash: Buffer;
}

async function lookUp(
  keys: readonly CommandKey[],
  query: (statement: Statement) => Promise<LookUpRow[]>,
  tx?: Transaction,
): Promise<readonly KeyLookup[]> {
  const rows = await query({
    name: 'look-up-commands',
    text: 'select * from look_up_commands($1::text[], $2::text[])',
    values: [textArray(keys.map(({ scope }) => scope)), textArray(keys.map(({ key }) => key))],
  });
  const found = new Map(rows.map((row) => [Number(row.asked) - 1, row]));
  return keys.map((key, index): KeyLookup => {
    const row = found.get(index);
    if (row !== undefined) {
      const same = row.asked_input_hash.toString('hex') === key.inputHash;
      return same ? { status: 'answered', fact: factOf(row) } : { status: 'reused' };
    }
    const pending = tx instanceof JournalTransaction ? tx.pendingAnswer(key) : undefined;
    if (pending === undefined) return { status: 'new' };
    const same = pending.command?.inputHash === key.inputHash;
    return same ? { status: 'answered', fact: pending } : { status: 'reused' };
  });
}
