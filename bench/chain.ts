import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMicros } from './cpu';
import { type BenchGround, liveVisits, openBench } from './ground';
import { send, writeRequests } from './load';
import { durabilityOf } from './store';
import { percentile, round, say, type Summary } from './summary';

const PERSONS = 60_000;
const WARM_UP = 10_000;
const VISITS = Number(process.env['BENCH_VISITS'] ?? 120_000);
const PACED_SECONDS = 25;
const RATE_WANTED = 5_000;

/**
 * The whole chain: Kafka intake, screening by cross-check, settlement, relay, and the commit in cross-check that handled the
 * fact. First as fast as it goes, then at half that rate open loop, from when a request was due to that commit.
 */
export async function chain(): Promise<Summary> {
  const env = { POSTGRES_SETTINGS: 'track_commit_timestamp=on' };
  const ground = await openBench({ name: 'chain', persons: PERSONS, env });
  try {
    const visits = liveVisits(ground.population, WARM_UP + VISITS, 13);
    await run(ground, visits.slice(0, WARM_UP), { tag: 'warm', perSecond: 0 });
    await Promise.all(
      [ground.settlement, ground.crossCheck].map((each) => each.query('vacuum analyze')),
    );
    await ground.settlement.query('checkpoint');
    const fast = await run(ground, visits.slice(WARM_UP), { tag: 'fast', perSecond: 0 });
    say(`as fast as it goes: ${JSON.stringify(fast)}`);
    const half = Math.floor(fast.perSecond / 2);
    const paced = liveVisits(ground.population, half * PACED_SECONDS, 17);
    const { p50Ms, p99Ms, skipped } = await run(ground, paced, { tag: 'half', perSecond: half });
    const skippedShare = round((100 * (fast.skipped + skipped)) / (visits.length + paced.length));
    return {
      bench: 'chain',
      passed: fast.perSecond >= RATE_WANTED && p50Ms <= 150 && p99Ms <= 300 && skippedShare <= 0.1,
      durability: await durabilityOf(ground.settlement),
      baseline: {},
      figures: {
        perSecond: fast.perSecond,
        cpuUsPerSettlement: fast.cpuUs,
        halfRatePerSecond: half,
        p50Ms,
        p99Ms,
        skippedPercent: skippedShare,
      },
      notes: ['the load generator shares the cores and is not in the CPU figure'],
    };
  } finally {
    await ground.stop();
  }
}

async function run(
  ground: BenchGround,
  visits: Parameters<typeof writeRequests>[1],
  { tag, perSecond }: { readonly tag: string; readonly perSecond: number },
) {
  const { stack, settlement, crossCheck } = ground;
  const file = join(stack.runDir, `${tag}.ndjson`);
  await writeRequests(file, visits, `${tag}-${process.pid}`);
  const pids = ['settlement', 'crossCheck', 'enrolmentQuery', 'postgres', 'kafka'].map(
    (name) => stack.info.pids[name] ?? 0,
  );
  const before = { cpu: cpuMicros(pids), checked: await checkedCount(crossCheck) };
  const { firstMs } = await send(file, stack.info.kafkaBrokers, perSecond).done;
  await allChecked(ground, before.checked + visits.length);
  const cpuUs = round((cpuMicros(pids) - before.cpu) / visits.length);
  const committed = await commitMoments(crossCheck);
  const groups = await groupsOf(settlement);
  const moments: number[] = [];
  const delays: number[] = [];
  for (const [index, visit] of visits.entries()) {
    const at = committed.get(groups.get(visit.visitNo) ?? '');
    if (at === undefined) continue;
    moments.push(at);
    if (perSecond > 0) delays.push(at - (firstMs + (index / perSecond) * 1000));
  }
  const lastMs = moments.reduce((latest, at) => Math.max(latest, at), firstMs);
  return {
    perSecond: round((moments.length * 1000) / (lastMs - firstMs)),
    cpuUs,
    p50Ms: percentile(delays, 0.5),
    p99Ms: percentile(delays, 0.99),
    skipped: await skippedSince(settlement, firstMs),
  };
}

async function checkedCount(crossCheck: BenchGround['crossCheck']): Promise<number> {
  const { rows } = await crossCheck.query<{ count: number }>(
    'select count(*)::int as count from settled_visit',
  );
  return rows[0]?.count ?? 0;
}

async function allChecked({ crossCheck }: BenchGround, wanted: number): Promise<void> {
  const until = Date.now() + 300_000;
  while (Date.now() < until) {
    await sleep(500);
    if ((await checkedCount(crossCheck)) >= wanted) return;
  }
  throw new Error('cross-check did not handle all facts in time');
}

/** When each visit group was committed in cross-check, from the server's own record of commits. */
async function commitMoments(crossCheck: BenchGround['crossCheck']): Promise<Map<string, number>> {
  const { rows } = await crossCheck.query<{ visit_group_no: string; ms: number }>(
    `select visit_group_no, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as ms from settled_visit`,
  );
  return new Map(rows.map((row) => [row.visit_group_no, row.ms]));
}

async function groupsOf(settlement: BenchGround['settlement']): Promise<Map<string, string>> {
  const { rows } = await settlement.query<{ visit_no: string; visit_group_no: string }>(
    'select visit_no, visit_group_no from settlement where part = 0',
  );
  return new Map(rows.map((row) => [row.visit_no, row.visit_group_no]));
}

async function skippedSince(
  settlement: BenchGround['settlement'],
  sinceMs: number,
): Promise<number> {
  const { rows } = await settlement.query<{ count: number }>(
    `select count(*)::int as count from journal where type = 'VisitSettled.v1'
      and recorded_at >= to_timestamp($1::float8 / 1000) and payload like '%"outcome":"skipped"%'`,
    [sinceMs],
  );
  return rows[0]?.count ?? 0;
}
