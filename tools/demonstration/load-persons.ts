import type { Population, SimulatedPerson } from '../simulator';
import { importRowOf, reference } from '../simulator';
import { consultationOf } from './errand';
import { type Answer, call, listOf, numberOf, textOf, told, until } from './http';
import type { Shortfalls, Stage } from './stage';

/** Until settlement knows who was loaded. */
const KNOWN_WITHIN_SECONDS = 45;

/**
 * Loads the persons city by city through the import of enrolment-query, unless they are there already, and waits until
 * settlement has heard of them. Says what was refused, line by line, where anything was. Tells how many were new.
 */
export async function loadPersons(
  stage: Stage,
  population: Population,
  shortfalls: Shortfalls,
): Promise<{ readonly fresh: number }> {
  const cities = [...new Set(population.persons.map(({ insuredCity }) => insuredCity))].sort();
  const begun = performance.now();
  const loaded = await Promise.all(
    cities.map((city) =>
      loadCity(
        stage,
        population,
        population.persons.filter(({ insuredCity }) => insuredCity === city),
        shortfalls,
      ),
    ),
  );
  const fresh = loaded.reduce((sum, count) => sum + count, 0);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const known = population.persons.length - fresh;
  stage.screen.line(
    `  ✓ 参保人 persons ${population.persons.length}:新登记 loaded ${fresh},已在库 known ${known} (${seconds} s)`,
  );
  return { fresh };
}

/** How many of a city's persons were loaded now; 0 when they were there already. */
async function loadCity(
  stage: Stage,
  population: Population,
  persons: readonly SimulatedPerson[],
  shortfalls: Shortfalls,
): Promise<number> {
  const [first, last] = [persons[0], persons.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const already = (await isKnown(stage, first)) && (await isKnown(stage, last));
  if (!already) await importCity(stage, population, persons, shortfalls);
  const heard = await until(KNOWN_WITHIN_SECONDS, async () =>
    (await settlementKnows(stage, last)) ? true : undefined,
  );
  shortfalls.expect(
    heard === true,
    `结算服务未在${KNOWN_WITHIN_SECONDS}秒内收到${first.insuredCity}的参保信息`,
  );
  return already ? 0 : persons.length;
}

async function importCity(
  stage: Stage,
  population: Population,
  persons: readonly SimulatedPerson[],
  shortfalls: Shortfalls,
): Promise<void> {
  const city = persons[0]?.insuredCity ?? '';
  const answer = await call(`${stage.services.enrolmentQuery}/v1/enrolments/import`, {
    token: stage.token(`agency:${city}`),
    ndjson: persons.map((person) => `${JSON.stringify(importRowOf(person))}\n`).join(''),
    idempotencyKey: `demonstration-persons-${city}-${population.seed}-${persons.length}`,
  });
  const whole = answer.status === 200 && numberOf(answer.body, 'accepted') === persons.length;
  const refused = listOf(answer.body, 'rejected')
    .slice(0, 3)
    .map(
      (row) => `第${numberOf(row, 'line')}行 ${textOf(row, 'refused')} ${textOf(row, 'reason')}`,
    );
  shortfalls.expect(
    whole,
    `${city}参保人导入不完整: ${told(answer)} ${numberOf(answer.body, 'accepted')}/${persons.length} ${refused.join(';')}`,
  );
}

async function isKnown(stage: Stage, person: SimulatedPerson): Promise<boolean> {
  const { insuredCity, personNo } = person;
  const answer = await call(`${stage.services.enrolmentQuery}/v1/coverage-queries`, {
    token: stage.token(`agency:${insuredCity}`),
    json: { insuredCity, personNo, purpose: '演示装载前核对' },
  });
  return answer.status === 200;
}

/** Whether settlement knows a person: the preview of a consultation is settled, or refused for another reason. */
async function settlementKnows(stage: Stage, person: SimulatedPerson): Promise<boolean> {
  const { status, body } = await previewOf(stage, person);
  return (
    status === 200 || (status === 422 && textOf(body, 'refused') !== 'settlement.person-unknown')
  );
}

/** What settlement would answer to a consultation of this person now. */
export function previewOf(stage: Stage, person: SimulatedPerson): Promise<Answer> {
  const visit = consultationOf(stage, reference(), person, `preview-${person.index}`);
  return call(`${stage.services.settlement}/v1/settlements/preview`, {
    token: stage.token(`partner:${visit.careCity}`),
    json: visit,
  });
}
