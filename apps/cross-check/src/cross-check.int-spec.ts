import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { instant } from '@domain/kernel';
import { crossCheckRoutes, type ScreeningsAnswer } from '@lib/contracts';
import {
  authorisationCases,
  createKafka,
  createLogs,
  OWN_CITY,
  OWN_PERSON,
  readConfig,
  readPersonalDataKeys,
  type RunningService,
  TokenIssuer,
} from '@lib/edge';
import { type IncomingMessage, openDatabase, type OutgoingMessage } from '@lib/journal';
import { testPostgresUrl } from '@lib/testkit';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { crossCheckConfig } from './config';
import { startCrossCheck } from './start';
import { crossCheckMigrations } from './storage/migrations';
import {
  BOX,
  CHANGSHA,
  enrolled,
  PINGXIANG,
  registered,
  settled,
  WOMEN_ONLY,
} from './use-cases/cross-check.fixtures';

const DATA = join(__dirname, '../../../data');
const PERSON_NO = '3603CANARY0001';
const RUN = `${process.pid}-${Date.now()}`;
const PERSON = `person-${RUN}`;
const OTHER = `other-${RUN}`;
const now = () => instant(Date.now());

let folder: string;
let url: string;
let database: DataSource;
let service: RunningService;
let issuer: TokenIssuer;
let config: Parameters<typeof startCrossCheck>[0];
let keysFile: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cross-check-'));
  issuer = await TokenIssuer.create();
  issuer.writeJwks(join(folder, 'jwks.json'));
  const key = (id: string) => ({ id, key: randomBytes(32).toString('base64') });
  keysFile = join(folder, 'keys.json');
  writeFileSync(
    keysFile,
    JSON.stringify({
      encryption: key('e1'),
      certificateHash: key('c1'),
      personNoHash: { [PINGXIANG]: [key('p1')], '360700': [key('p1')] },
      inputHash: key('i1'),
    }),
  );
  const brokers = process.env['TEST_KAFKA_BROKERS'];
  if (brokers === undefined) throw new Error('TEST_KAFKA_BROKERS is not set: it names a broker');
  url = await createDatabase(`test_cross_check_service_${process.pid}`);
  config = readConfig(crossCheckConfig, {
    PORT: '0',
    DATABASE_URL: url,
    KAFKA_BROKERS: brokers,
    AUTH_JWKS_FILE: join(folder, 'jwks.json'),
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: issuer.audience,
    DATA_DIR: DATA,
    PERSONAL_DATA_KEYS_FILE: keysFile,
    LOG_LEVEL: 'silent',
  });
  database = await openDatabase({
    url,
    poolSize: 10,
    service: 'cross-check',
    migrations: crossCheckMigrations,
    now,
  });
  service = await startCrossCheck(config, database, { now, signals: false });
}, 90_000);

afterAll(async () => {
  await service.stop();
  const admin = new Client(testPostgresUrl());
  await admin.connect();
  await admin.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
  await admin.end();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

async function createDatabase(name: string): Promise<string> {
  const admin = new Client(testPostgresUrl());
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const address = new URL(testPostgresUrl());
  address.pathname = `/${name}`;
  return address.href;
}

const tokens = {
  service: () => issuer.token({ role: 'service' }),
  partner: (city = CHANGSHA) => issuer.token({ role: 'partner', cities: [city] }),
  agency: (city: string) => issuer.token({ role: 'agency', cities: [city] }),
  auditor: () => issuer.token({ role: 'auditor' }),
};

async function call(method: string, path: string, token: string, body?: unknown) {
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as Record<string, unknown> };
}

const line = (lineNo: number, itemCode: string, more: object = {}) => ({
  lineNo,
  itemCode,
  itemName: '艾附暖宫丸',
  itemType: 'drug',
  catalogueClass: 'A',
  quantity: '2',
  unitPriceMicroYuan: 18_600_000,
  amountFen: 3720,
  ...more,
});
const plainVisit = (more: object = {}) => ({
  visitNo: 'V1',
  insuredCity: PINGXIANG,
  careCity: CHANGSHA,
  personNo: PERSON_NO,
  institutionCode: `H-${RUN}`,
  careType: 'chronic',
  visitedOn: '2026-03-02',
  settledAt: '2026-03-02T10:00:00+08:00',
  lines: [line(1, 'XC08CAA901A001010199001'), line(2, WOMEN_ONLY)],
  ...more,
});
const recordedVisit = (more: object = {}) => {
  const { personNo: _number, ...visit } = plainVisit();
  return {
    ...visit,
    personNoHash: { keyId: 'k', hash: 'h' },
    subject: {
      personKey: PERSON,
      gender: 'male',
      birthDate: '1960-01-01',
      insurance: 'resident',
      institutionLevel: 3,
    },
    ...more,
  };
};

describe('screening for settlement', () => {
  it('answers each visit in order, with the rule set that judged', async () => {
    const visits = [
      recordedVisit(),
      recordedVisit({ lines: [line(1, 'XC08CAA901A001010199001')] }),
    ];
    const answer = await call('POST', '/v1/screenings', await tokens.service(), {
      stage: 'during',
      visits,
    });
    expect(answer.status).toBe(200);
    const { ruleSet, visits: screened } = answer.body as unknown as ScreeningsAnswer;
    expect(ruleSet).toMatchObject({ id: 'nhsa-knowledge-points', version: '2026-06-09' });
    expect(screened.map(({ action }) => action)).toEqual(['block', 'pass']);
    expect(screened[0]!.findings).toEqual([
      {
        action: 'block',
        state: 'hit',
        rule: 'gender',
        ruleVersion: '2026-06-09',
        knowledgePoint: 'KP-d44c62fff59ea98b',
        certainty: 'certain',
        lineNos: [2],
        observed: '男性',
        limit: '限女性',
        amountFen: 3720,
        text: '第2行“艾附暖宫丸”限女性使用，参保人为男性',
      },
    ]);
  });

  it('leaves visits without a subject undetermined', async () => {
    const { body } = await call('POST', '/v1/screenings', await tokens.service(), {
      stage: 'during',
      visits: [recordedVisit({ subject: undefined })],
    });
    const [screened] = (body as unknown as ScreeningsAnswer).visits;
    expect(screened).toMatchObject({ action: 'pass', findings: [{ state: 'undetermined' }] });
  });

  it.each([
    ['no lines field', { lines: undefined }, 'visits[1].lines'],
    [
      'a fractional amount',
      { lines: [line(1, WOMEN_ONLY, { amountFen: 0.5 })] },
      'visits[1].lines[0].amountFen',
    ],
    ['a day that does not exist', { visitedOn: '2026-02-30' }, 'visits[1].visitedOn'],
  ])('names the field at fault: %s', async (_title, more, field) => {
    const { status, body } = await call('POST', '/v1/screenings', await tokens.service(), {
      stage: 'during',
      visits: [recordedVisit(), recordedVisit(more)],
    });
    expect([status, body['field']]).toEqual([400, field]);
  });

  it('takes up to 200 visits and not one more', async () => {
    const ask = async (count: number) =>
      call('POST', '/v1/screenings', await tokens.service(), {
        stage: 'during',
        visits: Array.from({ length: count }, () => recordedVisit()),
      });
    expect((await ask(200)).status).toBe(200);
    expect((await ask(201)).status).toBe(400);
  });
});

describe('what is heard over Kafka', () => {
  it('is known to partners, checked, published and readable', async () => {
    const kafka = createKafka(config, { clientId: 'test', logs: createLogs('test', 'silent') });
    const publisher = kafka.publisher();
    const heard: IncomingMessage[] = [];
    const consumer = kafka.consume({
      groupId: `listener-${RUN}`,
      topics: ['crosscheck.facts'],
      onBatch: (messages) => {
        heard.push(...messages);
        return Promise.resolve();
      },
    });
    await consumer.start();
    try {
      await publisher.publish([...registry(), ...sales()]);
      await suspicionIsRead(heard);
      await partnersAreAnswered();
    } finally {
      await consumer.stop();
      await publisher.close();
    }
  }, 60_000);

  async function suspicionIsRead(heard: readonly IncomingMessage[]): Promise<void> {
    const token = await tokens.agency(PINGXIANG);
    const [found] = await until(async () => {
      const { body } = await call('GET', `/v1/suspicions?settlementNo=S-${RUN}-A`, token);
      return (body['suspicions'] as Record<string, unknown>[]).length > 0
        ? (body['suspicions'] as Record<string, unknown>[])
        : undefined;
    });
    expect(found).toMatchObject({
      rule: 'trace-code-sold-twice',
      state: 'open',
      severity: 'high',
      settlementNos: [`S-${RUN}-A`, `S-${RUN}-B`],
    });

    const id = String(found!['suspicionId']);
    const published = await until(() =>
      Promise.resolve(heard.find(({ value }) => value?.includes(id))),
    );
    expect(published.key).toBe(OTHER);
    expect(published.headers['ce_type']).toBe('SuspicionRaised.v1');

    const detail = await call('GET', `/v1/suspicions/${id}`, token);
    expect(detail.body['evidence']).toHaveLength(2);
    expect(detail.text).not.toContain('欺诈');
    const province = await issuer.token({ role: 'province', cities: ['43'] });
    const stranger = await tokens.agency('360400');
    const seen = async (who: string) => (await call('GET', `/v1/suspicions/${id}`, who)).status;
    expect(
      await Promise.all(
        [await tokens.agency(CHANGSHA), province, await tokens.auditor()].map(seen),
      ),
    ).toEqual([200, 200, 200]);
    expect(await seen(stranger)).toBe(404);
    const list = await call('GET', `/v1/suspicions?settlementNo=S-${RUN}-A`, stranger);
    expect(list.body['suspicions']).toEqual([]);
  }

  /** A partner sends a plain number; who that is, and the tier of the institution, are known from facts. */
  async function partnersAreAnswered(): Promise<void> {
    const screen = async (more: object = {}) =>
      call('POST', '/v1/screenings', await tokens.partner(), {
        stage: 'before',
        visits: [plainVisit(more)],
      });
    // Two topics, two consumers: nothing says that the person is known before the suspicion is raised.
    const known = await until(async () => {
      const lines = [line(1, WOMEN_ONLY), line(2, 'ZC01AAA0042010105549')];
      const answer = await screen({ lines });
      return answer.text.includes('undetermined') ? undefined : answer;
    });
    const [screened] = (known.body as unknown as ScreeningsAnswer).visits;
    expect(screened!.action).toBe('remind');
    expect(screened!.findings.map(({ rule, state }) => [rule, state])).toEqual([
      ['gender', 'hit'],
      ['institution-level', 'hit'],
    ]);
    expect(known.text).not.toContain(PERSON_NO);
    const unknown = await screen({ personNo: 'nobody' });
    expect((unknown.body as unknown as ScreeningsAnswer).visits[0]).toMatchObject({
      action: 'pass',
      findings: [{ state: 'undetermined' }],
    });
    const foreign = await screen({ careCity: '430200' });
    expect([foreign.status, foreign.body['field']]).toEqual([403, 'visits[0].careCity']);
    const crooked = await screen({ colour: 'red' });
    expect([crooked.status, crooked.body['field']]).toEqual([400, 'visits[0].colour']);
  }

  function registry(): readonly OutgoingMessage[] {
    const { hash } = readPersonalDataKeys(keysFile).personNo.hash(PINGXIANG, PERSON_NO)!;
    const person = enrolled(PERSON, 'male');
    const payload = person.text.replace(`hash-of-${PERSON}`, hash);
    return [
      message('enrolment.facts', 'enrolment-query', person.stream, person.type, payload),
      message(
        'settlement.facts',
        'settlement',
        `institution/H-${RUN}`,
        'InstitutionChanged.v1',
        registered(`H-${RUN}`, CHANGSHA, 1).text,
      ),
    ];
  }

  function sales(): readonly OutgoingMessage[] {
    const code = BOX.slice(0, 10) + String(Date.now()).slice(-10);
    return [
      settled({
        name: `${RUN}-A`,
        on: '2026-03-02',
        careCity: PINGXIANG,
        insuredCity: CHANGSHA,
        personKey: PERSON,
        lines: [{ traceCodes: [code] }],
      }),
      settled({
        name: `${RUN}-B`,
        on: '2026-03-03',
        personKey: OTHER,
        lines: [{ traceCodes: [code] }],
      }),
    ].map((fact) => message('settlement.facts', 'settlement', fact.stream, fact.type, fact.text));
  }

  function message(
    topic: string,
    producer: string,
    stream: string,
    type: string,
    value: string,
  ): OutgoingMessage {
    return {
      topic,
      key: stream.slice(stream.lastIndexOf('/') + 1),
      value,
      headers: {
        ce_specversion: '1.0',
        ce_id: `${producer}/${stream}/1`,
        ce_source: producer,
        ce_type: type,
        ce_subject: stream,
        ce_sequence: '1',
        ce_time: '2026-03-20T12:00:00+08:00',
      },
    };
  }
});

/** Waits until something is there; fails with the test's own time-out message otherwise. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error('it did not come about within 30 s');
}

describe('the rule sets', () => {
  it('are shown with what became of every published row', async () => {
    const { body } = await call('GET', '/v1/rule-sets', await tokens.auditor());
    expect(body['ruleSets']).toEqual([
      expect.objectContaining({ active: true, rows: 3143, rowsUsed: 1257, codeRules: 12_365 }),
    ]);
  });

  it('are kept by hash, and a version that judged may not change in place', async () => {
    const [row] = await database.query<{ hash: string; version: string }[]>(
      'select hash, version from rule_set',
    );
    expect(row).toMatchObject({ version: '2026-06-09' });
    await database.query(`update rule_set set hash = 'another'`);
    await expect(startCrossCheck(config, database, { now, signals: false })).rejects.toThrow(
      'was loaded before with other content',
    );
    await database.query('update rule_set set hash = $1', [row!.hash]);
  });
});

describe('the doors', () => {
  it.each(
    authorisationCases(crossCheckRoutes)
      .filter(({ expected }) => expected !== 'useCase')
      .map((each) => [each.title, each] as const),
  )('%s', async (_title, { role, request, expected }) => {
    const token = await issuer.token({ role, cities: [OWN_CITY], personKey: OWN_PERSON });
    const { status } = await call(request.method, request.path, token, request.body);
    expect(status === 403).toBe(expected === 'forbidden');
    expect(status).not.toBe(401);
  });

  it.each([
    ['/v1/suspicions?insuredCity=nowhere', 400],
    ['/v1/suspicions?colour=red', 400],
    ['/v1/suspicions?cursor=nonsense', 400],
    ['/v1/suspicions?limit=0', 400],
    ['/v1/suspicions/none', 404],
  ])('%s: %i', async (path, status) => {
    expect((await call('GET', path, await tokens.auditor())).status).toBe(status);
  });
});
