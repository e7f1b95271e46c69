import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { FormatRegistry } from '@sinclair/typebox';
import { civilDate, parseCivilDate, parseInstant } from '@domain/kernel';
import { CoverageQueryBody, Visit } from '@lib/contracts';
import { generatePopulation } from '../simulator';
import { screenOn } from './screen';
import type { Stage } from './stage';
import { exampleCalls, showWhereNext } from './where-next';

const folder = mkdtempSync(join(tmpdir(), 'where-next-'));
const stackFile = join(folder, 'stack.json');
const tokens = { 'partner:430100': 'token-of-changsha', operator: 'token-of-operator' };
const population = generatePopulation({ seed: 1, persons: 400, on: civilDate('2026-03-02') });
const said: string[] = [];
const stage: Stage = {
  services: { enrolmentQuery: 'http://e', settlement: 'http://s', crossCheck: 'http://c' },
  token: () => '',
  now: () => parseInstant('2026-03-02T10:00:00+08:00')!,
  screen: screenOn({ write: (text) => said.push(text) }),
  stackFile,
};

beforeAll(() => {
  writeFileSync(stackFile, JSON.stringify({ tokens }));
  FormatRegistry.Set('civil-date', (text) => parseCivilDate(text) !== undefined);
  FormatRegistry.Set('instant', (text) => parseInstant(text) !== undefined);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What a shell gives to `curl` when a command is pasted. */
function pasted(command: string): readonly string[] {
  const script = `curl() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${command}\n`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const bodyOf = (words: readonly string[]): unknown => JSON.parse(words[words.indexOf('-d') + 1]!);
const commands = () => exampleCalls(stage, population).map(({ command }) => pasted(command));

it('shows three commands that a shell understands, with tokens from the stack and none on the screen', () => {
  const calls = commands();
  expect(calls.map((words) => words.find((word) => word.startsWith('http')))).toEqual([
    'http://e/v1/coverage-queries',
    'http://s/v1/settlements',
    'http://c/v1/suspicions?rule=trace-code-sold-twice&limit=3',
  ]);
  expect(calls.map((words) => words.find((word) => word.startsWith('Authorization')))).toEqual([
    'Authorization: Bearer token-of-changsha',
    'Authorization: Bearer token-of-changsha',
    'Authorization: Bearer token-of-operator',
  ]);
  showWhereNext(stage, population);
  expect(said.join('')).not.toContain('token-of');
});

it('asks and settles with bodies that the doors take, under a key of its own at every paste', () => {
  const [question, first] = commands();
  const [, second] = commands();
  expect(TypeCompiler.Compile(CoverageQueryBody).Check(bodyOf(question!))).toBe(true);
  const check = TypeCompiler.Compile(Visit);
  expect([...check.Errors(bodyOf(first!))]).toEqual([]);
  const keys = [first, second].map((words) =>
    words!.find((word) => word.startsWith('Idempotency-Key')),
  );
  expect(keys[0]).not.toBe(keys[1]);
  expect(bodyOf(first!)).not.toEqual(bodyOf(second!));
});
