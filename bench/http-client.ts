import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Visit } from '@lib/contracts';
import { percentile, round } from './summary';

interface Order {
  readonly url: string;
  readonly tokens: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly visits: readonly Visit[];
}

/** Posts each visit once over a number of connections, each with one request in flight, and prints what it took. */
async function main(): Promise<void> {
  const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Order;
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
  const bodies = order.visits.map((visit) => Buffer.from(JSON.stringify(visit)));
  const delays: number[] = [];
  let next = 0;
  let failed = 0;
  const startedMs = performance.now();
  const work = async (): Promise<void> => {
    for (let at = next++; at < bodies.length; at = next++) {
      const visit = order.visits[at];
      const body = bodies[at];
      if (visit === undefined || body === undefined) return;
      const sentMs = performance.now();
      const status = await post(order, agent, {
        body,
        careCity: visit.careCity,
        key: `http-${process.pid}-${at}`,
      });
      delays.push(performance.now() - sentMs);
      if (status !== 201) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: order.connections }, work));
  const seconds = (performance.now() - startedMs) / 1000;
  agent.destroy();
  const perSecond = round(bodies.length / seconds);
  process.stdout.write(
    JSON.stringify({
      perSecond,
      p50Ms: percentile(delays, 0.5),
      p99Ms: percentile(delays, 0.99),
      failed,
    }),
  );
}

function post(
  order: Order,
  agent: Agent,
  {
    body,
    careCity,
    key,
  }: { readonly body: Buffer; readonly careCity: string; readonly key: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${order.url}/v1/settlements`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'idempotency-key': key,
          authorization: `Bearer ${order.tokens[careCity] ?? ''}`,
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => {
          resolve(response.statusCode ?? 0);
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`http-client: ${String(error)}\n`);
  process.exit(1);
});
