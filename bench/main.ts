import { chain } from './chain';
import { latency } from './latency';
import { screening } from './screening';
import { settle } from './settle';
import { printSummary, say, type Summary } from './summary';

const BENCHMARKS: Readonly<
  Record<string, { readonly run: () => Promise<Summary>; readonly about: string }>
> = {
  settle: {
    run: settle,
    about: 'Kafka intake to facts published, screening off, beside raw batched SQL',
  },
  chain: {
    run: chain,
    about: 'through all services, screened and cross-checked; latency at half the rate',
  },
  latency: {
    run: latency,
    about: 'settling over HTTP with screening: one in flight, then 200 connections',
  },
  screening: {
    run: screening,
    about: 'claims against the published rules, in process',
  },
};

/** `npm run bench` lists the benchmarks, `npm run bench -- NAME` runs one; its last line is a JSON summary. */
async function main(): Promise<number> {
  const [name = ''] = process.argv.slice(2);
  const found = BENCHMARKS[name];
  if (found === undefined) {
    for (const [each, { about }] of Object.entries(BENCHMARKS)) say(`${each.padEnd(10)} ${about}`);
    return name === '' ? 0 : 2;
  }
  const summary = await found.run();
  printSummary(summary);
  return summary.passed ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  },
);
