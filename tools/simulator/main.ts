import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseCivilDate } from '@domain/kernel';
import { importRowOf } from './import-row';
import { generatePopulation } from './population';
import { generateVisits } from './traffic';

const USAGE =
  'npm run simulate -- --seed N --visits N [--planted RATE] [--out FILE] [--persons N] [--from YYYY-MM-DD] [--days N]';

/** The days simulated when none are asked for: four weeks in spring, so that the same seed gives the same bytes for ever. */
const DEFAULT_FROM = '2026-03-02';
const DEFAULT_DAYS = '28';

/**
 * `npm run simulate`: writes visits as NDJSON to FILE, what was planted to FILE.truth.ndjson and the persons, in the form of
 * the import, to FILE.persons.ndjson; to the standard output alone, visits only, without `--out`. The same options give the same bytes.
 */
export function simulate(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      visits: { type: 'string' },
      planted: { type: 'string', default: '0' },
      out: { type: 'string' },
      persons: { type: 'string' },
      from: { type: 'string', default: DEFAULT_FROM },
      days: { type: 'string', default: DEFAULT_DAYS },
    },
  });
  const seed = wholeNumber('seed', values.seed);
  const visits = wholeNumber('visits', values.visits);
  const plantedRate = Number(values.planted);
  if (!(plantedRate >= 0 && plantedRate <= 0.3))
    throw new UsageFault('--planted is a rate from 0 to 0.3');
  const persons = wholeNumber('persons', values.persons ?? String(Math.max(2000, visits)));
  const days = wholeNumber('days', values.days);
  const from = dayOf(values.from);
  const population = generatePopulation({ seed, persons, on: from });
  const stream = generateVisits({ seed, visits, population, from, days, plantedRate });
  if (values.out === undefined) {
    const lines = new LineWriter(1);
    for (const { visit } of stream) lines.write(visit);
    lines.end();
    return;
  }
  const files = {
    visits: LineWriter.open(values.out),
    truth: LineWriter.open(`${values.out}.truth.ndjson`),
    persons: LineWriter.open(`${values.out}.persons.ndjson`),
  };
  for (const person of population.persons) files.persons.write(importRowOf(person));
  for (const { visit, truth } of stream) {
    files.visits.write(visit);
    if (truth !== undefined) files.truth.write(truth);
  }
  for (const file of Object.values(files)) file.end();
}

/** What the caller got wrong, in one sentence. */
class UsageFault extends Error {}

function wholeNumber(name: string, text: string | undefined): number {
  const value = Number(text ?? '');
  if (text === undefined || !Number.isSafeInteger(value) || value < 1) {
    throw new UsageFault(`--${name} must be a whole number of at least 1`);
  }
  return value;
}

function dayOf(text: string) {
  const day = parseCivilDate(text);
  if (day === undefined) throw new UsageFault('--from must be a day, YYYY-MM-DD');
  return day;
}

/** Writes JSON lines in large pieces, so that a slow reader holds the generator back instead of filling memory. */
class LineWriter {
  private text = '';

  constructor(
    private readonly file: number,
    private readonly own = false,
  ) {}

  static open(path: string): LineWriter {
    return new LineWriter(openSync(path, 'w'), true);
  }

  write(value: object): void {
    this.text += `${JSON.stringify(value)}\n`;
    if (this.text.length > 1_000_000) this.flush();
  }

  end(): void {
    this.flush();
    if (this.own) closeSync(this.file);
  }

  private flush(): void {
    const bytes = Buffer.from(this.text);
    for (let done = 0; done < bytes.length;) done += writeSync(this.file, bytes, done);
    this.text = '';
  }
}

if (require.main === module) {
  try {
    simulate(process.argv.slice(2));
  } catch (cause) {
    if (!(cause instanceof UsageFault || isParseFault(cause))) throw cause;
    process.stderr.write(`  ✗ ${cause.message}\n  ${USAGE}\n`);
    process.exitCode = 2;
  }
}

function isParseFault(cause: unknown): cause is Error {
  return (
    cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_PARSE_ARGS')
  );
}
