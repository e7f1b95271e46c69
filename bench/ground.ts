import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dateOf, instant } from '@domain/kernel';
import type { Visit } from '@lib/contracts';
import { Client } from 'pg';
import {
  generatePopulation,
  generateVisits,
  importRowOf,
  type Population,
} from '../tools/simulator';
import { removeRunDir, type RunningStack, startStack } from '../tools/stack';
import { say } from './summary';

export interface BenchWish {
  readonly name: string;
  readonly persons: number;
  /** Extra environment of the services and the server, set before anything starts. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A stack of its own, with persons loaded through the front door. */
export interface BenchGround {
  readonly stack: RunningStack;
  readonly population: Population;
  readonly settlement: Client;
  readonly crossCheck: Client;
  stop(): Promise<void>;
}

/** Visits settle from 72 h ago on; the half hour left is for the run itself. */
const NOT_BEFORE_MS = 70 * 3_600_000;

/** Starts a stack in a folder of its own and registers the population. Its folder is removed when it stops. */
export async function openBench(wish: BenchWish): Promise<BenchGround> {
  Object.assign(process.env, { KAFKA_LOAD: 'true', LOG_LEVEL: 'warn', ...wish.env });
  const runDir = join(process.cwd(), `.run-bench-${process.pid}`);
  mkdirSync(runDir, { recursive: true });
  say(`starting a stack in .run-bench-${process.pid}`);
  const stack = await startStack({ runDir, ports: 0, empty: true, demonstrate: false });
  const settlement = new Client(stack.info.databases.settlement);
  const crossCheck = new Client(stack.info.databases.crossCheck);
  await Promise.all([settlement.connect(), crossCheck.connect()]);
  const stop = async (): Promise<void> => {
    await Promise.allSettled([settlement.end(), crossCheck.end()]);
    await stack.stop();
    removeRunDir(runDir);
  };
  try {
    const population = generatePopulation({
      seed: 7,
      persons: wish.persons,
      on: dateOf(instant(Date.now())),
    });
    await register(stack, population);
    await knownTo(settlement, population.persons.length);
    await knownTo(crossCheck, population.persons.length);
    return { stack, population, settlement, crossCheck, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Visits for now, all of which settle: nothing is planted. */
export function liveVisits(population: Population, visits: number, runTag: number): Visit[] {
  const now = Date.now();
  const notBefore = instant(now - NOT_BEFORE_MS);
  const made: Visit[] = [];
  const wish = {
    seed: runTag,
    visits,
    population,
    from: dateOf(notBefore),
    days: 4,
    notBefore,
    until: instant(now),
    runTag,
    secondCities: false,
  };
  for (const { visit } of generateVisits(wish)) made.push(visit);
  return made;
}

async function register(stack: RunningStack, population: Population): Promise<void> {
  const byCity = new Map<string, string[]>();
  for (const person of population.persons) {
    const row = importRowOf(person);
    const rows = byCity.get(row.insuredCity);
    if (rows === undefined) byCity.set(row.insuredCity, [JSON.stringify(row)]);
    else rows.push(JSON.stringify(row));
  }
  const startedMs = Date.now();
  for (const [city, rows] of byCity) {
    const response = await fetch(`${stack.info.services.enrolmentQuery}/v1/enrolments/import`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-ndjson',
        authorization: `Bearer ${stack.token(`agency:${city}`)}`,
        'idempotency-key': `bench-import-${city}-${Date.now()}`,
      },
      body: rows.join('\n'),
    });
    const answer = await response.text();
    if (response.status >= 300)
      throw new Error(`import answered ${response.status}: ${answer.slice(0, 300)}`);
  }
  const seconds = (Date.now() - startedMs) / 1000;
  say(`registered ${population.persons.length} persons in ${seconds.toFixed(1)} s`);
}

/** Waits until a service's read model holds as many persons as were registered (two enrolments of one are one). */
async function knownTo(database: Client, persons: number): Promise<void> {
  let last = -1;
  let still = 0;
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    const { rows } = await database.query<{ count: number }>(
      'select count(*)::int as count from coverage',
    );
    const count = rows[0]?.count ?? 0;
    still = count === last ? still + 1 : 0;
    last = count;
    if (count >= persons * 0.95 && still >= 4) return;
    await sleep(250);
  }
  throw new Error(`only ${last} of ${persons} persons became known in time`);
}
