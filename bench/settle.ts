import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rawBatchesPerSecond } from './baseline';
import { cpuMicros } from './cpu';
import { type BenchGround, liveVisits, openBench } from './ground';
import { send, writeRequests } from './load';
import { batchSize, durabilityOf, measureStore, settledCount } from './store';
import { round, say, type Summary } from './summary';

const PERSONS = Number(process.env['BENCH_PERSONS'] ?? 60_000);
const WARM_UP = 10_000;
const VISITS = Number(process.env['BENCH_VISITS'] ?? 150_000);
const BASELINE_S = 8;
const RATIO_WANTED = 0.5;
const RATE_WANTED = 8_000;

/**
 * Kafka intake to facts published, screening off: the sustained rate, from the first message sent to the broker's
 * acknowledgement of the last fact, beside raw batched SQL on the same server in the same run.
 */
export async function settle(): Promise<Summary> {
  const ground = await openBench({ name: 'settle', persons: PERSONS, env: { SCREENING: 'off' } });
  try {
    // Settling is measured by itself: who only listens to its facts waits until it is over.
    pause(ground, 'SIGSTOP');
    const visits = liveVisits(ground.population, VISITS + WARM_UP, 11);
    await drain(ground, visits.slice(0, WARM_UP), 'warm');
    await ground.settlement.query('vacuum analyze');
    await ground.settlement.query('checkpoint');
    const baseline = await rawBatchesPerSecond(ground.stack.info.databases.settlement, BASELINE_S);
    say(`raw SQL: ${baseline} settlements/s`);
    const measured = await drain(ground, visits.slice(WARM_UP), 'run');
    const ratio = round(measured.perSecond / baseline);
    return {
      bench: 'settle',
      passed: measured.perSecond >= RATE_WANTED && ratio >= RATIO_WANTED,
      durability: await durabilityOf(ground.settlement),
      baseline: { rawSqlPerSecond: baseline },
      figures: { ...measured, ratioToBaseline: ratio },
      notes: [
        'screening off, cross-check and enrolment-query stopped meanwhile',
        'the load generator shares the cores and is not in the CPU figure',
      ],
    };
  } finally {
    pause(ground, 'SIGCONT');
    await ground.stop();
  }
}

function pause({ stack }: BenchGround, signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const name of ['crossCheck', 'enrolmentQuery']) {
    const pid = stack.info.pids[name];
    if (pid !== undefined) process.kill(pid, signal);
  }
}

async function drain(
  ground: BenchGround,
  visits: Parameters<typeof writeRequests>[1],
  tag: string,
) {
  const { stack, settlement } = ground;
  const file = join(stack.runDir, `${tag}.ndjson`);
  await writeRequests(file, visits, `${tag}-${process.pid}`);
  const pids = stack.info.pids;
  const parts = {
    settlement: [pids['settlement'] ?? 0],
    postgres: [pids['postgres'] ?? 0],
    kafka: [pids['kafka'] ?? 0],
  };
  const before = {
    count: await settledCount(settlement),
    store: await measureStore(settlement),
    cpu: Object.values(parts).map(cpuMicros),
  };
  const sending = send(file, stack.info.kafkaBrokers, 0);
  const { firstMs, lastMs } = await sending.done;
  const endMs = await published(ground, before.count + visits.length);
  const cpu = Object.values(parts).map((each, at) => cpuMicros(each) - (before.cpu[at] ?? 0));
  const settled = (await settledCount(settlement)) - before.count;
  const store = await measureStore(settlement);
  const per = (micros: number | undefined): number => round((micros ?? 0) / settled);
  const figures = {
    settled,
    perSecond: round((settled * 1000) / (endMs - firstMs)),
    acceptedPerSecond: round((visits.length * 1000) / (lastMs - firstMs)),
    cpuUsPerSettlement: per(cpu.reduce((sum, each) => sum + each, 0)),
    cpuUsSettlement: per(cpu[0]),
    cpuUsPostgres: per(cpu[1]),
    cpuUsKafka: per(cpu[2]),
    settlementsPerTransaction: round(await batchSize(settlement)),
    bytesPerSettlement: round((store.bytes - before.store.bytes) / settled),
    walBytesPerSettlement: round((store.walBytes - before.store.walBytes) / settled),
  };
  say(`${tag}: ${JSON.stringify(figures)}`);
  return figures;
}

/** When all requests have been decided and every fact has been acknowledged by the broker. */
async function published(ground: BenchGround, wanted: number): Promise<number> {
  const until = Date.now() + 300_000;
  while (Date.now() < until) {
    await sleep(200);
    const { rows } = await ground.settlement.query<{ count: number }>(
      'select count(*)::int as count from command_key',
    );
    if ((rows[0]?.count ?? 0) < wanted) continue;
    const status = await fetch(`${ground.stack.info.services.settlement}/admin/status`, {
      headers: { authorization: `Bearer ${ground.stack.token('operator')}` },
    });
    const { relay } = (await status.json()) as { relay: { lagFacts: number } };
    if (relay.lagFacts === 0) return Date.now();
  }
  throw new Error('the requests were not settled and published in time');
}
