import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { civilDate, type CivilDate, dateOf, type Instant, instant } from '@domain/kernel';
import { generatePopulation, type Population } from '../simulator';
import type { DemonstrationWish, RunningStack } from '../stack';
import { catchWrongClaims } from './caught';
import { field, listOf, textOf } from './http';
import { loadPersons, previewOf } from './load-persons';
import { screenOn } from './screen';
import { Shortfalls, type Stage } from './stage';
import { settleTraffic } from './traffic';
import { showWhereNext } from './where-next';

const PERSONS = 2_000;
/** Visits shown at the first start; later starts are for work, and show fewer. */
const FIRST_VISITS = 1_500;
const LATER_VISITS = 600;

/** What the demonstration came to. */
export interface Demonstrated {
  readonly ok: boolean;
  /** What fell short, in sentences. */
  readonly shortfalls: readonly string[];
}

/**
 * What `npm start` shows once the stack is ready: loads the persons of ten cities, settles traffic with a running table, has three wrong
 * claims caught, and says where to look next. Gives `person:demo` its person. Nothing is shown or loaded for an empty stack. Works
 * again on a stack that was started before. Resolves with false when anything fell short, having said what.
 */
export async function demonstrate(stack: RunningStack, wish: DemonstrationWish): Promise<boolean> {
  if (wish.empty) return true;
  const stage = stageOf(stack);
  const { ok, shortfalls } = await demonstrateOn(stage, async (personKey, city) => {
    const claims = { sub: 'person:demo', role: 'person', cities: [city], personKey };
    stack.setTokens({ 'person:demo': await stack.mintToken(claims) });
    // The commands shown at the end read their tokens from the file that this writes.
    stack.announce();
  });
  for (const shortfall of shortfalls) stage.screen.line(`  ✗ ${shortfall}`);
  return ok;
}

/** The same on any stage; `introduce` is told who `person:demo` is. */
export async function demonstrateOn(
  stage: Stage,
  introduce: (personKey: string, insuredCity: string) => Promise<void>,
): Promise<Demonstrated> {
  const shortfalls = new Shortfalls();
  const { screen } = stage;
  const population = populationOf(stage.now());
  const runTag = Math.floor(stage.now() / 1000);
  screen.line('');
  screen.line('  ▌十城跨省结算演示 ten cities settling across the border');
  const { fresh } = await loadPersons(stage, population, shortfalls);
  await introduceDemoPerson(stage, population, introduce, shortfalls);
  screen.line('');
  const visits = fresh > 0 ? FIRST_VISITS : LATER_VISITS;
  const tally = await settleTraffic(stage, { population, runTag, visits }, shortfalls);
  for (const [code, times] of tally.refusals) screen.line(`    拒付 refused ${times} × ${code}`);
  await catchWrongClaims(stage, population, runTag, shortfalls);
  showWhereNext(stage, population);
  return { ok: shortfalls.found.length === 0, shortfalls: shortfalls.found };
}

/** The persons of the half-year: the same at every start, others when the filings of the old ones may have ended. */
function populationOf(now: Instant): Population {
  const on: CivilDate = dateOf(now);
  const halfYear = 2 * Number(on.slice(0, 4)) + (on.slice(5, 7) < '07' ? 0 : 1);
  return generatePopulation({ seed: halfYear, persons: PERSONS, on: civilDate(on) });
}

/** The first person treated in 长沙 lends `person:demo` their key, which a preview shows without any effect. */
async function introduceDemoPerson(
  stage: Stage,
  population: Population,
  introduce: (personKey: string, insuredCity: string) => Promise<void>,
  shortfalls: Shortfalls,
): Promise<void> {
  const person = population.persons.find(({ reserved, state }) => !reserved && state === 'active');
  if (person === undefined) return;
  const answer = await previewOf(stage, person);
  const personKey = textOf(listOf(answer.body, 'settlements')[0], 'personKey');
  if (!shortfalls.expect(personKey !== '', `person:demo 没有对应的参保人 (HTTP ${answer.status})`))
    return;
  await introduce(personKey, person.insuredCity);
}

function stageOf(stack: RunningStack): Stage {
  const { services, runDir } = stack.info;
  const clockFile = join(runDir, 'clock.json');
  return {
    services,
    token: (name) => stack.token(name),
    now: () => instant(Date.now() + offsetOf(clockFile)),
    screen: screenOn(process.stdout),
    stackFile: join(runDir, 'stack.json'),
  };
}

/** How far business time is from the real clock, in milliseconds; an operator may have moved it since the start. */
function offsetOf(clockFile: string): number {
  const offset = field(JSON.parse(readFileSync(clockFile, 'utf8')), 'offsetMs');
  return typeof offset === 'number' ? offset : 0;
}
