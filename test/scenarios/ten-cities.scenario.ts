import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dateOf, instant } from '@domain/kernel';
import type { Visit } from '@lib/contracts';
import { call, field, listOf, textOf } from '../../tools/demonstration/http';
import { loadPersons } from '../../tools/demonstration/load-persons';
import {
  isSettled,
  settleBatch,
  settlementNoOf,
  settleOne,
  type VisitAnswer,
} from '../../tools/demonstration/settle';
import { Shortfalls } from '../../tools/demonstration/stage';
import { liveWindow } from '../../tools/demonstration/traffic';
import {
  generatePopulation,
  generateVisits,
  type Population,
  type SimulatedVisit,
} from '../../tools/simulator';
import { eventually, openWorld, rowsOf, type World } from './world';

const PERSONS = 1_500;
const VISITS = 900;
const PLANTED = 0.12;

let world: World;
let population: Population;

beforeAll(async () => {
  world = await openWorld('ten-cities');
  population = generatePopulation({ seed: 2026, persons: PERSONS, on: dateOf(world.stage.now()) });
  const shortfalls = new Shortfalls();
  await loadPersons(world.stage, population, shortfalls);
  expect(shortfalls.found).toEqual([]);
}, 240_000);

afterAll(() => world.end(), 60_000);

const visitKey = (visit: { readonly institutionCode: string; readonly visitNo: string }): string =>
  `${visit.institutionCode}/${visit.visitNo}`;

function traffic(seed: number, visits: number, plantedRate = 0): SimulatedVisit[] {
  const wish = {
    seed,
    runTag: seed,
    visits,
    population,
    ...liveWindow(world.stage.now()),
    plantedRate,
  };
  return [...generateVisits({ ...wish, secondCities: false })];
}

/** Settles in the order given, in batches per care city; what must be reversed first is. */
async function settleAll(visits: readonly SimulatedVisit[]): Promise<Map<string, VisitAnswer>> {
  const answers = new Map<string, VisitAnswer>();
  let waiting: Visit[] = [];
  const flush = async (): Promise<void> => {
    const cities = [...new Set(waiting.map(({ careCity }) => careCity))];
    const settled = await Promise.all(
      cities.map((city) =>
        settleBatch(
          world.stage,
          city,
          waiting.filter(({ careCity }) => careCity === city),
        ),
      ),
    );
    for (const answer of settled.flat()) answers.set(visitKey(answer.visit), answer);
    waiting = [];
  };
  for (const { visit, truth } of visits) {
    if (truth?.reverseFirst !== undefined || waiting.length === 100) await flush();
    if (truth?.reverseFirst !== undefined) await reverse(answers, truth.reverseFirst);
    waiting.push(visit);
  }
  await flush();
  return answers;
}

async function reverse(answers: ReadonlyMap<string, VisitAnswer>, visitNo: string): Promise<void> {
  const answer = [...answers.values()].find(({ visit }) => visit.visitNo === visitNo);
  if (answer === undefined) throw new Error(`visit ${visitNo} was not settled before`);
  for (const part of [...listOf(answer.body, 'settlements')].reverse()) {
    const settlementNo = textOf(part, 'settlementNo');
    const { status } = await call(
      `${world.stack.info.services.settlement}/v1/settlements/${settlementNo}/reversals`,
      {
        token: world.stack.token(`partner:${answer.visit.careCity}`),
        json: { reason: '退药' },
        idempotencyKey: `reverse-${settlementNo}`,
      },
    );
    expect(status).toBe(201);
  }
}

/** Waits until cross-check has handled every fact that settlement has written. */
async function crossChecked(): Promise<void> {
  await eventually('cross-check in step with settlement', async () => {
    const [written] = await rowsOf<{ count: number }>(
      world.database.settlement,
      `select count(*)::int as count from journal where type = 'VisitSettled.v1'`,
    );
    const [checked] = await rowsOf<{ count: number }>(
      world.database.crossCheck,
      'select count(*)::int as count from settled_visit',
    );
    return written?.count === checked?.count ? true : undefined;
  });
}

interface Suspicion {
  readonly rule: string;
  readonly settlementNos: readonly string[];
}

const openSuspicions = async (): Promise<Suspicion[]> =>
  (
    await rowsOf<{ rule: string; settlement_nos: string[] }>(
      world.database.crossCheck,
      `select rule, settlement_nos from suspicion where state = 'open'`,
    )
  ).map((row) => ({ rule: row.rule, settlementNos: row.settlement_nos }));

describe('ten-city traffic with planted claims', () => {
  it('is settled, refused and suspected exactly as its truth says', async () => {
    const visits = traffic(41, VISITS, PLANTED);
    const answers = await settleAll(visits);
    const wrong: string[] = [];
    for (const { visit, truth } of visits) {
      const answer = answers.get(visitKey(visit));
      if (answer === undefined) throw new Error('a visit went unanswered');
      const expected = truth?.expected ?? { outcome: 'settled' };
      const want = expected.outcome === 'refused' ? expected.refused : 'settled';
      const got = isSettled(answer) ? 'settled' : textOf(answer.body, 'refused');
      if (got !== want) wrong.push(`${truth?.kind ?? 'ordinary'}: ${got} instead of ${want}`);
    }
    expect(wrong).toEqual([]);
    await crossChecked();

    const suspicions = await openSuspicions();
    const numberOf = (visitNo: string): string => {
      const answer = [...answers.values()].find(({ visit }) => visit.visitNo === visitNo);
      return answer === undefined ? '' : settlementNoOf(answer);
    };
    const planted = visits.flatMap(({ truth }) =>
      truth?.suspicion === undefined ? [] : [{ truth, suspicion: truth.suspicion }],
    );
    const missed = planted.filter(
      ({ truth, suspicion }) =>
        !suspicions.some(
          (found) =>
            found.rule === suspicion.rule &&
            [truth.visitNo, ...suspicion.with].every((no) =>
              found.settlementNos.includes(numberOf(no)),
            ),
        ),
    );
    expect(missed.map(({ truth }) => [truth.kind, truth.note])).toEqual([]);
    const known = new Set(
      planted.flatMap(({ truth, suspicion }) => [truth.visitNo, ...suspicion.with].map(numberOf)),
    );
    const unfounded = suspicions.filter(
      ({ settlementNos }) => !settlementNos.some((no) => known.has(no)),
    );
    expect(unfounded).toEqual([]);
    expect(planted.length).toBeGreaterThan(10);
  }, 180_000);

  it('leaves the books of the two cities of each pair equal and opposite', async () => {
    const sums = await rowsOf<{ account: string; amount: string }>(
      world.database.settlement,
      'select account, sum(amount_fen)::text as amount from balance group by account',
    );
    const byAccount = new Map(sums.map(({ account, amount }) => [account, BigInt(amount)]));
    expect([...byAccount.values()].reduce((sum, amount) => sum + amount, 0n)).toBe(0n);
    const payables = [...byAccount].filter(([account]) => account.endsWith('/payable'));
    expect(payables.length).toBeGreaterThan(5);
    for (const [account, amount] of payables) {
      const [cities = '', insurance, type, kind] = account.split('/');
      const mirrored = cities.split('>').reverse().join('>');
      expect(byAccount.get(`${mirrored}/${insurance}/${type}/${kind}/receivable`)).toBe(-amount);
    }
  });
});

describe('a change of enrolment', () => {
  it('reaches settlement, which then answers otherwise', async () => {
    const [{ visit } = { visit: undefined }] = traffic(43, 1);
    if (visit === undefined) throw new Error('no visit was generated');
    expect((await settleOne(world.stage, visit)).status).toBe(201);
    const person = population.persons.find(
      ({ insuredCity, personNo }) =>
        insuredCity === visit.insuredCity && personNo === visit.personNo,
    );
    const {
      qualifications: _q,
      filings: _f,
      index: _i,
      ailments: _a,
      reserved: _r,
      twin: _t,
      ...enrolment
    } = person ?? population.persons[0]!;
    const changed = await call(`${world.stack.info.services.enrolmentQuery}/v1/enrolments`, {
      token: world.stack.token(`agency:${visit.insuredCity}`),
      json: { ...enrolment, state: 'paused', from: dateOf(instant(Date.now() - 86_400_000 * 4)) },
      idempotencyKey: 'pause-1',
    });
    expect([changed.status, textOf(changed.body, 'refused')]).toEqual([201, '']);
    let tries = 0;
    const refused = await eventually('the refusal', async () => {
      tries += 1;
      const answer = await settleOne(world.stage, { ...visit, visitNo: `paused-${tries}` });
      return isSettled(answer) ? undefined : answer;
    });
    expect(textOf(refused.body, 'refused')).toBe('settlement.not-enrolled');
    expect(textOf(refused.body, 'remedy')).toMatch(/\p{Script=Han}/u);
  }, 90_000);
});

describe('a service that dies', () => {
  it('settlement: every acknowledged visit is there once, and its key is answered with the same bytes', async () => {
    const visits = traffic(47, 60).map(({ visit }) => visit);
    const first = await Promise.all(visits.map((visit) => settleOne(world.stage, visit)));
    process.kill(world.stack.info.pids['settlement'] ?? 0, 'SIGKILL');
    const again = await Promise.all(
      visits.map((visit) =>
        eventually('settlement back', async () => {
          const answer = await settleOne(world.stage, visit).catch(() => undefined);
          return answer !== undefined && answer.status < 500 && answer.status > 0
            ? answer
            : undefined;
        }),
      ),
    );
    expect(again.map(({ body }) => body)).toEqual(first.map(({ body }) => body));
    await crossChecked();
  }, 120_000);

  it('cross-check: care goes on unscreened, and what screening would have found is suspected afterwards', async () => {
    const planted = generateVisits({
      seed: 53,
      runTag: 53,
      visits: 40,
      population,
      ...liveWindow(world.stage.now()),
      plantedRate: 0.2,
      plants: ['wrong-gender', 'child-only'],
      secondCities: false,
    });
    const wrong = [...planted].filter(({ truth }) => truth?.finding !== undefined);
    expect(wrong.length).toBeGreaterThan(2);
    process.kill(world.stack.info.pids['crossCheck'] ?? 0, 'SIGKILL');
    const answers: VisitAnswer[] = [];
    for (const { visit } of wrong) answers.push(await settleOne(world.stage, visit));
    const skipped = answers.filter(
      (answer) =>
        isSettled(answer) && textOf(field(answer.body, 'screening'), 'outcome') === 'skipped',
    );
    expect(skipped.length).toBeGreaterThan(0);
    await eventually(
      'cross-check back',
      async () =>
        (await fetch(`${world.stack.info.services.crossCheck}/health/ready`).catch(() => undefined))
          ?.ok || undefined,
    );
    await crossChecked();
    const numbers = skipped.map(settlementNoOf);
    const suspected = await openSuspicions();
    const found = numbers.filter((no) =>
      suspected.some(({ settlementNos }) => settlementNos.includes(no)),
    );
    expect(found).toEqual(numbers);
  }, 120_000);
});

describe('identities', () => {
  it('appear in no journal, topic body, log or figure', async () => {
    const persons = population.persons.slice(0, 200);
    const canaries = persons.flatMap(({ name, certificateNo, personNo }) => [
      name,
      certificateNo,
      personNo,
    ]);
    const texts: [string, string][] = [];
    for (const [service, client] of Object.entries(world.database)) {
      const facts = await rowsOf<{ text: string }>(client, 'select j::text as text from journal j');
      texts.push([`journal of ${service}`, facts.map(({ text }) => text).join('\n')]);
    }
    for (const [service, url] of Object.entries(world.stack.info.services)) {
      texts.push([`figures of ${service}`, await (await fetch(`${url}/metrics`)).text()]);
    }
    const logs = join(world.stack.runDir, 'logs');
    for (const file of readdirSync(logs))
      texts.push([file, readFileSync(join(logs, file), 'utf8')]);
    const leaks = texts.flatMap(([where, text]) =>
      canaries
        .filter((canary) => text.includes(canary))
        .map((canary) => `${where}: ${canary.slice(0, 2)}…`),
    );
    expect([...new Set(leaks)]).toEqual([]);
    expect(texts.find(([where]) => where === 'journal of settlement')?.[1]).toContain(
      'VisitSettled',
    );
  });
});
