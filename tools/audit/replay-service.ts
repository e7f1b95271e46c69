import { Client } from 'pg';
import type { Difference } from './difference';
import { Tally } from './judge';
import { digestOfRanges, type RangeResult, stretchesOf } from './ranges';
import {
  AUDITS,
  type Chosen,
  type PieceResult,
  type ReplaySource,
  type Service,
} from './replay-stretch';
import { COMPILED_WORKER, openCrew, type SizedPiece, type WorkerFile } from './threads';

export interface ServiceReplay {
  readonly service: Service;
  readonly ranges: readonly RangeResult[];
  readonly digest: string;
  readonly facts: number;
  /** Facts decided again, and facts of which the chain alone was proved. */
  readonly decided: number;
  readonly chainOnly: number;
  readonly seconds: number;
  readonly difference?: Difference;
}

export interface ReplayOptions extends Chosen {
  readonly service: Service;
  readonly url: string;
  readonly threads: number;
  /** What a thread runs; the compiled worker where absent. */
  readonly worker?: WorkerFile;
}

/**
 * Replays one service's journal in one snapshot of its database, in stretches of streams over several threads: documents
 * first, then every stream, then what the sums say of the tables. Ends at the first difference in the order of streams.
 * Changes nothing.
 */
export async function replayService(options: ReplayOptions): Promise<ServiceReplay> {
  const { service, url } = options;
  const client = new Client({ connectionString: url, application_name: 'audit' });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const { rows } = await client.query<{ snapshot: string }>(
      'select pg_export_snapshot() as snapshot',
    );
    const source = { service, url, snapshot: rows[0]?.snapshot ?? '' };
    return { service, ...(await replayIn(client, source, options)) };
  } finally {
    await client.end();
  }
}

async function replayIn(
  client: Client,
  source: ReplaySource,
  options: ReplayOptions,
): Promise<Omit<ServiceReplay, 'service'>> {
  const audit = AUDITS[source.service];
  const damaged = await audit.before(client);
  if (damaged !== undefined)
    return { ...summed([{ ...NOTHING, difference: damaged }]), seconds: 0 };
  const pieces = await piecesOf(client, options);
  const threads = Math.min(options.threads, pieces.length);
  const crew = await openCrew(source, { threads, worker: options.worker ?? COMPILED_WORKER });
  // What is measured is the replay, not the start of threads and connections.
  const started = process.hrtime.bigint();
  const lasted = (): number => Number(process.hrtime.bigint() - started) / 1e9;
  try {
    const done = { ...summed(await crew.replay(pieces)), seconds: lasted() };
    const isWhole = pieces.every(({ stream, from, to }) => (stream ?? from ?? to) === undefined);
    if (done.difference !== undefined || !isWhole) return done;
    const difference = await audit.after(client, done.tally);
    const all = { ...done, seconds: lasted() };
    return difference === undefined ? all : { ...all, difference };
  } finally {
    await crew.close();
  }
}

const NOTHING = { ranges: [], tally: new Tally() };

type Summed = Omit<ServiceReplay, 'service' | 'seconds'> & { readonly tally: Tally };

/** One stream or a range of positions is one piece; everything is cut into stretches. */
async function piecesOf(
  client: Client,
  { stream, from, to }: Chosen,
): Promise<readonly SizedPiece[]> {
  if (stream !== undefined || from !== undefined || to !== undefined) {
    const chosen = {
      ...(stream === undefined ? {} : { stream }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
    return [{ ...chosen, facts: 0 }];
  }
  const stretches = await stretchesOf(client);
  return stretches.length === 0 ? [{ facts: 0 }] : stretches;
}

function summed(results: readonly (PieceResult | undefined)[]): Summed {
  const tally = new Tally();
  const ranges: RangeResult[] = [];
  let difference: Difference | undefined;
  for (const result of results) {
    if (result === undefined) continue;
    tally.merge(result.tally);
    ranges.push(...result.ranges);
    difference = result.difference;
    if (difference !== undefined) break;
  }
  const { decided, chainOnly } = tally;
  const facts = ranges.reduce((sum, range) => sum + range.facts, 0);
  const all = { tally, ranges, digest: digestOfRanges(ranges), facts, decided, chainOnly };
  return difference === undefined ? all : { ...all, difference };
}
