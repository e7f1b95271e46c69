import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate } from './main';

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (name: string, seed: string): readonly string[] => {
  const out = join(folder, name);
  simulate(['--seed', seed, '--visits', '400', '--planted', '0.05', '--out', out]);
  return [out, `${out}.truth.ndjson`, `${out}.persons.ndjson`].map((file) =>
    readFileSync(file, 'utf8'),
  );
};

it('writes the same bytes for the same seed, and others for another', () => {
  expect(run('one', '42')).toEqual(run('two', '42'));
  expect(run('three', '43')[0]).not.toBe(run('one', '42')[0]);
});

it('writes one visit a line, and a truth for each planted one', () => {
  const [visits = '', truth = '', persons = ''] = run('four', '44');
  const linesOf = (text: string): readonly Record<string, unknown>[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const numbers = linesOf(visits).map(({ visitNo }) => visitNo);
  expect(numbers).toHaveLength(400);
  expect(linesOf(truth).length).toBeGreaterThanOrEqual(20);
  for (const { visitNo } of linesOf(truth)) expect(numbers).toContain(visitNo);
  const known = new Set(linesOf(persons).map(({ personNo }) => personNo));
  const strangers = linesOf(visits).filter(({ personNo }) => !known.has(personNo));
  const unknown = linesOf(truth).filter(({ kind }) => kind === 'unknown-person');
  expect(strangers).toHaveLength(unknown.length);
});

it.each([
  [['--visits', '10'], '--seed'],
  [['--seed', '1', '--visits', '0'], '--visits'],
  [['--seed', '1', '--visits', '10', '--planted', '2'], '--planted'],
  [['--seed', '1', '--visits', '10', '--from', '2026-02-30'], '--from'],
])('says what is wrong with %j', (args, named) => {
  expect(() => {
    simulate(args);
  }).toThrow(named);
});
