import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { liveVisits, openBench } from './ground';
import { durabilityOf } from './store';
import { say, type Summary } from './summary';

const PERSONS = 40_000;
const ONE_IN_FLIGHT = 3_000;
const MANY = 60_000;
const CONNECTIONS = 200;

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

/** Settling over HTTP with screening: one request in flight, then 200 connections. The clients are a process of their own. */
export async function latency(): Promise<Summary> {
  const ground = await openBench({ name: 'latency', persons: PERSONS });
  try {
    const { stack } = ground;
    const visits = liveVisits(ground.population, 1_000 + ONE_IN_FLIGHT + MANY, 19);
    const tokens = Object.fromEntries(
      [...new Set(visits.map(({ careCity }) => careCity))].map((city) => [
        city,
        stack.token(`partner:${city}`),
      ]),
    );
    const measure = async (from: number, to: number, connections: number): Promise<Measured> => {
      const file = join(stack.runDir, `http-${from}.json`);
      writeFileSync(
        file,
        JSON.stringify({
          url: stack.info.services.settlement,
          tokens,
          connections,
          visits: visits.slice(from, to),
        }),
      );
      const child = spawn(process.execPath, [join(__dirname, 'http-client.js'), file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (data: Buffer) => (output += data.toString('utf8')));
      await once(child, 'exit');
      return JSON.parse(output) as Measured;
    };
    await measure(0, 1_000, 20);
    await ground.settlement.query('vacuum analyze');
    const one = await measure(1_000, 1_000 + ONE_IN_FLIGHT, 1);
    say(`one in flight: ${JSON.stringify(one)}`);
    const many = await measure(1_000 + ONE_IN_FLIGHT, visits.length, CONNECTIONS);
    say(`${CONNECTIONS} connections: ${JSON.stringify(many)}`);
    return {
      bench: 'latency',
      passed:
        one.p50Ms <= 5 &&
        one.p99Ms <= 20 &&
        many.perSecond >= 4_000 &&
        many.p99Ms <= 120 &&
        one.failed + many.failed === 0,
      durability: await durabilityOf(ground.settlement),
      baseline: {},
      figures: {
        p50Ms: one.p50Ms,
        p99Ms: one.p99Ms,
        perSecond200: many.perSecond,
        p99Ms200: many.p99Ms,
        failed: one.failed + many.failed,
      },
    };
  } finally {
    await ground.stop();
  }
}
