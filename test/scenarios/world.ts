import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { instant } from '@domain/kernel';
import { Client } from 'pg';
import type { Stage } from '../../tools/demonstration/stage';
import { type RunningStack, startStack } from '../../tools/stack';

/** A whole stack of the tests' own: PostgreSQL, Kafka and the three services, as they run in production. */
export interface World {
  readonly stack: RunningStack;
  /** The same stack as the demonstration sees it, silent. */
  readonly stage: Stage;
  readonly database: Record<'enrolmentQuery' | 'settlement' | 'crossCheck', Client>;
  end(): Promise<void>;
}

/** Starts a stack below the folder that the test run cleans up. Needs the compiled services, as `npm test` makes them. */
export async function openWorld(name: string): Promise<World> {
  const runDir = join(process.env['TEST_RUN_DIR'] ?? join(process.cwd(), '.run-scenarios'), name);
  mkdirSync(runDir, { recursive: true });
  const stack = await startStack({ runDir, ports: 0, empty: true, demonstrate: false });
  const { databases, services } = stack.info;
  const database = {
    enrolmentQuery: new Client(databases.enrolmentQuery),
    settlement: new Client(databases.settlement),
    crossCheck: new Client(databases.crossCheck),
  };
  await Promise.all(Object.values(database).map((client) => client.connect()));
  const stage: Stage = {
    services,
    token: (token) => stack.token(token),
    now: () => instant(Date.now()),
    screen: { line: () => undefined, board: () => undefined, settle: () => undefined },
    stackFile: join(runDir, 'stack.json'),
  };
  const end = async (): Promise<void> => {
    await Promise.allSettled(Object.values(database).map((client) => client.end()));
    await stack.stop();
  };
  return { stack, stage, database, end };
}

/** Asks again until the answer is not undefined; throws with what was waited for when it never came. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(100);
  }
  throw new Error(`never came: ${what}`);
}

/** The rows of a query, typed by the caller. */
export async function rowsOf<Row extends object>(
  client: Client,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return (await client.query<Row>(text, [...values])).rows;
}
