import {
  type Coverage,
  coverageFromWire,
  type EnrolmentFact,
  evolveCoverage,
} from '@domain/enrolment';
import { createKafka, createLogs } from '@lib/edge';
import type { IncomingMessage } from '@lib/journal';
import { randomUUID } from 'node:crypto';
import { enrolmentOf, startTestService, type TestService } from './service.fixtures';

let test: TestService;
let ganzhou: string;
const seen: IncomingMessage[] = [];
let stopListening: () => Promise<void>;

/** Names that no other text of this run contains. */
const CANARY = {
  name: '金丝雀测试甲',
  personNo: 'CANARYNO0001',
  certificateNo: 'CANARYCERT0001',
} as const;

beforeAll(async () => {
  test = await startTestService('facts');
  ganzhou = await test.token('agency', '360700');
  const kafka = createKafka(test.config, {
    clientId: 'reader',
    logs: createLogs('test', 'silent'),
  });
  const consumer = kafka.consume({
    groupId: `reader-${randomUUID()}`,
    topics: ['enrolment.facts'],
    onBatch: (messages) => {
      seen.push(...messages);
      return Promise.resolve();
    },
  });
  await consumer.start();
  stopListening = () => Promise.resolve(consumer.stop());
  // The broker may hold what former runs published: what counts comes after it.
  const caughtUp = async (): Promise<boolean> => (await consumer.status()).lag === 0;
  while (!(await caughtUp())) await new Promise((resolve) => setTimeout(resolve, 100));
}, 120_000);
afterAll(async () => {
  await stopListening();
  await test.stop();
}, 30_000);

const of = (personKey: string) => seen.filter(({ key }) => key === personKey);

async function waitFor(enough: () => boolean): Promise<void> {
  const until = Date.now() + 20_000;
  while (!enough() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Drives the canary through every route, well and badly, and returns the person's key. */
async function driveCanary(): Promise<string> {
  const body = enrolmentOf(1, CANARY);
  const { insuredCity, personNo } = body;
  const person = { insuredCity, personNo };
  const { personKey } = (await test.post('/v1/enrolments', body, ganzhou)).body;
  const qualification = { ...person, diseaseCode: 'M03900', from: '2026-01-01' };
  const filing = { ...person, careCity: '430100', type: 'other', from: '2026-01-01' };
  const paid = { ...person, month: '202602', baseFen: 1, amountFen: 1, payer: 'self' };
  const granted = await test.post('/v1/qualifications', qualification, ganzhou);
  const filed = await test.post('/v1/filings', filing, ganzhou);
  await test.post('/v1/contributions', paid, ganzhou);
  await test.post(`/v1/qualifications/${String(granted.body['id'])}/end`, {}, ganzhou);
  await test.post(`/v1/filings/${String(filed.body['id'])}/cancel`, {}, ganzhou);
  const partner = await test.token('partner', '430100');
  const purpose = `核对 ${CANARY.personNo} ${CANARY.certificateNo}`;
  for (const question of [
    { ...person, purpose: '核对' },
    { ...person, purpose },
    { ...person, purpose: '核对', reference: CANARY.personNo },
    { insuredCity, certificateType: '01', certificateNo: CANARY.certificateNo, purpose: '核对' },
  ]) {
    await test.post('/v1/coverage-queries', question, partner);
  }
  await test.post('/v1/enrolments', { ...body, until: '2019-01-01' }, ganzhou);
  await test.post('/v1/enrolments', { ...body, [CANARY.name]: 1 }, ganzhou);
  await test.post('/v1/enrolments', { ...body, certificateNo: 'ANOTHER0001' }, ganzhou);
  await test.post('/v1/enrolments', { ...body, name: `${CANARY.name}\u0000` }, ganzhou);
  await test.post('/v1/filings', { ...filing, careCity: '360400' }, ganzhou);
  await test.upload(JSON.stringify({ ...body, insuredCity: '430100' }), ganzhou, 'canary');
  await test.upload(JSON.stringify(body).slice(0, -1), ganzhou, 'canary-2');
  await test.upload(JSON.stringify({ ...body, from: '2026-02-01' }), ganzhou, 'canary-3');
  return String(personKey);
}

describe('the facts of a person', () => {
  it('are published under the person, in order, and fold into what the service keeps', async () => {
    const body = enrolmentOf(10);
    const { insuredCity, personNo } = body;
    const { personKey } = (await test.post('/v1/enrolments', body, ganzhou)).body;
    const key = String(personKey);
    const filing = { insuredCity, personNo, careCity: '430100', type: 'other', from: '2026-03-01' };
    await test.post('/v1/filings', filing, ganzhou);
    await test.post('/v1/filings', { ...filing, from: '2026-05-01' }, ganzhou);
    await waitFor(() => of(key).length >= 3);
    const facts = of(key);
    expect(facts.map(({ headers }) => [headers['ce_type'], headers['ce_sequence']])).toEqual([
      ['EnrolmentChanged.v1', '1'],
      ['FilingMade.v1', '2'],
      ['FilingMade.v1', '3'],
    ]);
    expect(new Set(facts.map(({ headers }) => headers['ce_subject']))).toEqual(
      new Set([`person/${key}`]),
    );
    let coverage: Coverage | undefined;
    for (const { headers, value } of facts) {
      const { result } = JSON.parse(value?.toString('utf8') ?? '{}') as { result: unknown };
      const fact = { type: headers['ce_type'], result } as EnrolmentFact;
      const recordedAt = String(headers['ce_time']);
      coverage = evolveCoverage(coverage, fact, {
        version: Number(headers['ce_sequence']),
        recordedAt,
      });
    }
    const [head] = await test.database.query<{ state: string }[]>(
      'select state from stream_head where stream = $1',
      [`person/${key}`],
    );
    expect(coverage).toEqual(coverageFromWire(JSON.parse(head?.state ?? '')));
    expect(coverage?.filings.map(({ until, closed }) => [until, closed])).toEqual([
      ['2026-04-30', 'superseded'],
      ['2026-10-31', undefined],
    ]);
  }, 30_000);

  it('carry the keyed hash by which other services find the person, and accesses and refusals stay here', async () => {
    const body = enrolmentOf(11);
    const { insuredCity, personNo } = body;
    const { personKey } = (await test.post('/v1/enrolments', body, ganzhou)).body;
    await test.post('/v1/coverage-queries', { insuredCity, personNo, purpose: '核对' }, ganzhou);
    await waitFor(() => of(String(personKey)).length >= 1);
    // What would follow the first fact has had its time when a later person's fact is there.
    const later = (await test.post('/v1/enrolments', enrolmentOf(12), ganzhou)).body['personKey'];
    await waitFor(() => of(String(later)).length >= 1);
    const [fact, ...others] = of(String(personKey));
    const { result } = JSON.parse(fact?.value?.toString('utf8') ?? '{}') as { result: object };
    expect(result).toMatchObject({ personNoHash: test.keys.personNo.hash(insuredCity, personNo) });
    expect(others).toEqual([]);
    const privately = seen.filter(
      ({ headers }) => headers['ce_subject'] === `access/${String(personKey)}`,
    );
    expect(privately).toEqual([]);
  }, 30_000);
});

describe('a name, a number and a certificate', () => {
  it('appear in no table, fact, topic, log line or figure', async () => {
    const personKey = await driveCanary();
    await waitFor(() => of(personKey).length >= 7);
    expect(of(personKey).length).toBe(7);
    const tables = await test.database.query<{ name: string }[]>(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind = 'r'`,
    );
    expect(tables.length).toBeGreaterThan(8);
    const places: string[] = [];
    for (const word of Object.values(CANARY)) {
      for (const { name } of tables) {
        const [found] = await test.database.query<{ count: number }[]>(
          `select count(*)::int as count from ${name} t where t::text like $1`,
          [`%${word}%`],
        );
        if (found?.count !== 0) places.push(`${name}: ${word}`);
      }
      if (test.logLines.some((line) => line.includes(word))) places.push(`log: ${word}`);
      const topic = of(personKey).map(
        ({ value, headers }) => `${String(value)}${JSON.stringify(headers)}`,
      );
      if (topic.join('').includes(word)) places.push(`topic: ${word}`);
      const metrics = await (await fetch(`${test.service.url}/metrics`)).text();
      if (metrics.includes(word)) places.push(`metrics: ${word}`);
    }
    expect(places).toEqual([]);
    expect(test.logLines.length).toBeGreaterThan(10);
  }, 60_000);

  it('can be read again by whoever has the keys, and not from another row', async () => {
    await test.post('/v1/enrolments', enrolmentOf(20, { name: '甲' }), ganzhou);
    await test.post('/v1/enrolments', enrolmentOf(21, { name: '乙' }), ganzhou);
    const [first, second] = [20, 21].map((n) => enrolmentOf(n));
    const swap = `update person_number a set name = b.name from person_number b where a.hash = $1 and b.hash = $2`;
    const hashOf = (personNo: string) => test.keys.personNo.hash('360700', personNo)?.hash;
    const ask = () =>
      test.post(
        '/v1/coverage-queries',
        { insuredCity: '360700', personNo: first?.personNo, purpose: '核对' },
        ganzhou,
      );
    expect((await ask()).body['name']).toBe('甲');
    await test.database.query(swap, [hashOf(first!.personNo), hashOf(second!.personNo)]);
    expect((await ask()).status).toBe(500);
  });
});
