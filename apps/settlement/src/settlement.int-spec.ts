import { coverageToWire, evolveCoverage } from '@domain/enrolment';
import { formatInstant, instant } from '@domain/kernel';
import { settlementRoutes } from '@lib/contracts';
import {
  authorisationCases,
  createKafka,
  createLogs,
  OWN_CITY,
  OWN_PERSON,
  OffsetClock,
  readConfig,
  readPersonalDataKeys,
  type RunningService,
  TokenIssuer,
} from '@lib/edge';
import { type IncomingMessage, openDatabase } from '@lib/journal';
import { testPostgresUrl } from '@lib/testkit';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { settlementConfig } from './config';
import { startSettlement } from './start';
import { SettlementTables1767200000000 } from './storage/migrations';

const DATA = join(__dirname, '../../../data');
const CITIES = ['360700', '360400', '430100', '430200'];
const PERSON_NO = '3607CANARY0001';

let folder: string;
let url: string;
let database: DataSource;
let service: RunningService;
let issuer: TokenIssuer;
let partner: string;
let institutionCode: string;
let config: Parameters<typeof startSettlement>[0];

const key = (id: string) => ({ id, key: randomBytes(32).toString('base64') });
const now = () => instant(Date.now());

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'settlement-'));
  issuer = await TokenIssuer.create();
  issuer.writeJwks(join(folder, 'jwks.json'));
  const keysFile = join(folder, 'keys.json');
  writeFileSync(
    keysFile,
    JSON.stringify({
      encryption: key('e1'),
      certificateHash: key('c1'),
      personNoHash: Object.fromEntries(CITIES.map((city) => [city, [key('p1')]])),
      inputHash: key('i1'),
    }),
  );
  const name = `test_settlement_service_${process.pid}`;
  const admin = new Client(testPostgresUrl());
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const address = new URL(testPostgresUrl());
  address.pathname = `/${name}`;
  url = address.href;
  const brokers = process.env['TEST_KAFKA_BROKERS'];
  if (brokers === undefined) throw new Error('TEST_KAFKA_BROKERS is not set: it names a broker');
  config = readConfig(settlementConfig, {
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
  const clock = new OffsetClock(undefined, false);
  database = await openDatabase({
    url,
    poolSize: 10,
    service: 'settlement',
    migrations: [SettlementTables1767200000000],
    now: () => clock.now(),
  });
  service = await startSettlement(config, database, { signals: false });
  partner = await issuer.token({ role: 'partner', cities: ['430100'] });
  const [hospital] = await database.query<{ institution_code: string }[]>(
    `select institution_code from institution where city = '430100' and level = 2 and kind = 'hospital' limit 1`,
  );
  institutionCode = hospital?.institution_code ?? '';
  await addPerson(keysFile);
}, 90_000);

afterAll(async () => {
  await service.stop();
  const admin = new Client(testPostgresUrl());
  await admin.connect();
  await admin.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
  await admin.end();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

async function addPerson(keysFile: string): Promise<void> {
  const personNoHash = readPersonalDataKeys(keysFile).personNo.hash('360700', PERSON_NO)!;
  const base = { personKey: 'person-1', insuredCity: '360700' };
  const meta = (version: number) => ({ version, recordedAt: '2026-03-01T08:00:00+08:00' });
  const enrolled = {
    ...base,
    personNoHash,
    gender: 'male',
    birthDate: '1960-01-01',
    insurance: 'resident',
    personType: 'resident',
    state: 'active',
    from: '2020-01-01',
  } as const;
  const granted = { ...base, qualificationId: 'q1', diseaseCode: 'M03900', from: '2025-01-01' };
  const filed = {
    ...base,
    filingId: 'f1',
    careCity: '430100',
    type: 'longTermResident',
    from: '2025-01-01',
  } as const;
  let coverage = evolveCoverage(
    undefined,
    { type: 'EnrolmentChanged.v1', result: enrolled },
    meta(1),
  );
  coverage = evolveCoverage(
    coverage,
    { type: 'QualificationGranted.v1', result: granted },
    meta(2),
  );
  coverage = evolveCoverage(coverage, { type: 'FilingMade.v1', result: filed }, meta(3));
  await database.query('insert into coverage values ($1, $2, $3)', [
    coverage.personKey,
    3,
    JSON.stringify(coverageToWire(coverage)),
  ]);
  const { hash, keyId } = personNoHash;
  await database.query(`insert into person_no values ('360700', $1, $2, 'person-1')`, [
    hash,
    keyId,
  ]);
}

let made = 0;
const visit = (fields: Record<string, unknown> = {}): Record<string, unknown> => {
  made += 1;
  const settledAt = formatInstant(now());
  return {
    visitNo: `V${made}`,
    insuredCity: '360700',
    careCity: '430100',
    personNo: PERSON_NO,
    institutionCode,
    careType: 'chronic',
    visitedOn: settledAt.slice(0, 10),
    settledAt,
    diseaseCode: 'M03900',
    lines: [
      {
        lineNo: 1,
        itemCode: 'XC08CAA000A001010100001',
        itemName: '苯磺酸氨氯地平片',
        itemType: 'drug',
        catalogueClass: 'A',
        quantity: '2',
        unitPriceMicroYuan: 5_000_000,
        amountFen: 1_000,
      },
    ],
    ...fields,
  };
};

interface Reply {
  readonly status: number;
  readonly replayed: string | null;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

async function post(
  path: string,
  body: unknown,
  idempotencyKey?: string,
  token = partner,
): Promise<Reply> {
  const response = await fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const replayed = response.headers.get('idempotency-replayed');
  return {
    status: response.status,
    replayed,
    text,
    body: JSON.parse(text) as Record<string, unknown>,
  };
}

async function get(path: string, token: string): Promise<Reply> {
  const response = await fetch(`${service.url}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  return {
    status: response.status,
    replayed: null,
    text,
    body: JSON.parse(text) as Record<string, unknown>,
  };
}

const rows = async (table: string): Promise<number> => {
  const [row] = await database.query<
    {
      count: number;
    }[]
  >(`select count(*)::int as count from ${table}`);
  return row?.count ?? -1;
};

describe('settling over HTTP', () => {
  it('settles, explains, and answers the same key with the same bytes', async () => {
    const body = visit();
    const first = await post('/v1/settlements', body, 'http-1');
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      outcome: 'settled',
      settlements: [{ payments: { poolFen: 800, cashFen: 200 }, diseaseCode: 'M03900' }],
      screening: { outcome: 'skipped' },
    });
    const again = await post('/v1/settlements', body, 'http-1');
    expect([again.status, again.replayed, again.text]).toEqual([201, 'true', first.text]);
    const other = await post('/v1/settlements', { ...body, useAccount: true }, 'http-1');
    expect([other.status, other.body['refused']]).toEqual([422, 'idempotency.key-reused']);
  });

  it('previews without leaving anything behind', async () => {
    const before = [await rows('journal'), await rows('settlement'), await rows('command_key')];
    const preview = await post('/v1/settlements/preview', visit());
    expect([preview.status, preview.body['outcome']]).toEqual([200, 'settled']);
    expect([await rows('journal'), await rows('settlement'), await rows('command_key')]).toEqual(
      before,
    );
  });

  it('answers a batch in order, and a malformed visit fails alone', async () => {
    const items = [
      { idempotencyKey: 'b-1', ...visit() },
      { idempotencyKey: 'b-2', ...visit({ settledAt: 'yesterday' }) },
      { ...visit() },
      { idempotencyKey: 'b-3', ...visit({ careCity: '430200' }) },
      { idempotencyKey: 'b-4', ...visit({ personNo: 'nobody' }) },
      { idempotencyKey: 'b-1', ...visit() },
    ];
    const { status, body } = await post('/v1/settlements/batch', { visits: items });
    const results = body['results'] as { status: number; body: Record<string, unknown> }[];
    expect(status).toBe(200);
    expect(
      results.map((result) => [result.status, result.body['refused'], result.body['field']]),
    ).toEqual([
      [201, undefined, undefined],
      [400, 'edge.field-invalid', 'settledAt'],
      [400, 'idempotency.key-missing', 'idempotencyKey'],
      [403, 'edge.city-not-allowed', 'careCity'],
      [422, 'settlement.person-unknown', 'personNo'],
      [422, 'idempotency.key-reused', undefined],
    ]);
  });

  it('refuses 201 visits in one call', async () => {
    const { status, body } = await post('/v1/settlements/batch', { visits: Array(201).fill({}) });
    expect([status, body['refused'], body['field']]).toEqual([400, 'edge.field-invalid', 'visits']);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown field', { surprise: 1 }, 'surprise'],
    ['a foreign city', { careCity: '430200' }, 'careCity'],
    [
      'an amount that does not add up',
      { lines: [{ ...(visit()['lines'] as object[])[0], amountFen: 1_002 }] },
      'lines[0].amountFen',
    ],
    [
      'a negative amount',
      { lines: [{ ...(visit()['lines'] as object[])[0], amountFen: -1 }] },
      'lines[0].amountFen',
    ],
    [
      'a fraction of a fen',
      { lines: [{ ...(visit()['lines'] as object[])[0], amountFen: 1000.5 }] },
      'lines[0].amountFen',
    ],
    ['a day that is none', { visitedOn: '2026-02-30' }, 'visitedOn'],
    ['a visit in the future', { visitedOn: '2099-01-01' }, 'visitedOn'],
    [
      'the same line twice',
      { lines: [1, 1].map((lineNo) => ({ ...(visit()['lines'] as object[])[0], lineNo })) },
      'lines[1].lineNo',
    ],
    ['no lines', { lines: [] }, 'lines'],
  ])('names the field of %s, and stores nothing', async (_name, fields, field) => {
    const before = await rows('journal');
    const { status, body } = await post('/v1/settlements', visit(fields), `bad-${made}`);
    expect([status === 400 || status === 403, body['field']]).toEqual([true, field]);
    expect(await rows('journal')).toBe(before);
  });

  it('shows a settlement to its parties and auditors, and to others no more than an unknown number', async () => {
    const body = visit();
    const settled = await post('/v1/settlements', body, 'shown-1');
    const [part] = settled.body['settlements'] as { settlementNo: string }[];
    const path = `/v1/settlements/${part?.settlementNo ?? ''}`;
    const insured = await issuer.token({ role: 'agency', cities: ['360700'] });
    const stranger = await issuer.token({ role: 'agency', cities: ['360400'] });
    const auditor = await issuer.token({ role: 'auditor' });
    const statuses = await Promise.all(
      [insured, stranger, auditor, partner].map(async (token) => (await get(path, token)).status),
    );
    expect(statuses).toEqual([200, 404, 200, 200]);
    const query = `?careCity=430100&institutionCode=${institutionCode}&visitNo=${String(body['visitNo'])}`;
    const found = await get(`/v1/settlements${query}`, partner);
    expect(found.body['settlements']).toMatchObject([
      { settlementNo: part?.settlementNo, state: 'settled' },
    ]);
    const reversed = await post(`${path}/reversals`, { reason: '患者退费' }, 'shown-rev');
    expect(reversed.status).toBe(201);
    expect((await get(path, auditor)).body).toMatchObject({ state: 'reversed' });
  });

  it('keeps its answers across a restart', async () => {
    const body = visit();
    const first = await post('/v1/settlements', body, 'restart-1');
    await service.stop();
    database = await openDatabase({
      url,
      poolSize: 10,
      service: 'settlement',
      migrations: [SettlementTables1767200000000],
      now,
    });
    service = await startSettlement(config, database, { signals: false });
    const again = await post('/v1/settlements', body, 'restart-1');
    expect([again.status, again.replayed, again.text]).toEqual([201, 'true', first.text]);
  }, 60_000);
});

describe('settling over Kafka', () => {
  it('answers on the topic of the care city what HTTP would answer, and repeats it', async () => {
    const kafka = createKafka(config, { clientId: 'partner', logs: createLogs('test', 'silent') });
    const publisher = kafka.publisher();
    const answers: IncomingMessage[] = [];
    const tag = `kafka-${process.pid}-${Date.now()}`;
    const consumer = kafka.consume({
      groupId: tag,
      topics: ['settlement.answers.430100'],
      onBatch: (messages) => {
        answers.push(
          ...messages.filter(({ headers }) => headers['idempotency-key']?.startsWith(tag)),
        );
        return Promise.resolve();
      },
    });
    await consumer.start();
    const request = (name: string, body: unknown, topic = 'settlement.requests.430100') => ({
      topic,
      key: `${tag}-${name}`,
      value: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'idempotency-key': `${tag}-${name}` },
    });
    const good = visit();
    await publisher.publish([
      request('good', good),
      request('bad', '{"visitNo":'),
      request('foreign', visit({ careCity: '430200' })),
    ]);
    await publisher.publish([request('good', good)]);
    const until = Date.now() + 30_000;
    while (answers.length < 4 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const seen = answers.map(({ headers, value }) => [
      headers['idempotency-key']?.slice(tag.length + 1),
      headers['status'],
      (JSON.parse(value?.toString('utf8') ?? '{}') as Record<string, unknown>)['refused'],
    ]);
    expect(seen.sort()).toEqual([
      ['bad', '400', 'edge.malformed-json'],
      ['foreign', '403', 'edge.city-not-allowed'],
      ['good', '201', undefined],
      ['good', '201', undefined],
    ]);
    const texts = answers
      .filter(({ headers }) => headers['status'] === '201')
      .map(({ value }) => value?.toString());
    expect(texts[0]).toBe(texts[1]);
    const http = await post('/v1/settlements', good, `${tag}-good`);
    expect([http.replayed, http.text]).toEqual(['true', texts[0]]);
    await consumer.stop();
    await publisher.close();
  }, 60_000);
});

describe('the authorisation table of settlement', () => {
  it('is what the doors do, for every route, role and place', async () => {
    const tokens = new Map<string, string>();
    const wrong: string[] = [];
    for (const each of authorisationCases(Object.values(settlementRoutes))) {
      const claims = { role: each.role, cities: [OWN_CITY], personKey: OWN_PERSON };
      const token = tokens.get(each.role) ?? (await issuer.token(claims));
      tokens.set(each.role, token);
      const { method, path, body, headers } = each.request;
      const response = await fetch(`${service.url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
          authorization: `Bearer ${token}`,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      await response.arrayBuffer();
      const isForbidden = response.status === 403 || response.status === 401;
      if (
        each.expected === 'forbidden' ? !isForbidden : each.expected === 'admitted' && isForbidden
      ) {
        wrong.push(`${each.title}: ${response.status}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);
});

describe('what settlement keeps and says', () => {
  it('never holds the number of a person: not in journal, rows or figures', async () => {
    await post('/v1/settlements', visit({ personNo: PERSON_NO }), 'canary-1');
    const tables = [
      'journal',
      'stream_head',
      'command_key',
      'settlement',
      'coverage',
      'person_no',
      'balance',
      'parked_fact',
    ];
    for (const table of tables) {
      const [found] = await database.query<{ count: number }[]>(
        `select count(*)::int as count from ${table} t where t::text like $1`,
        ['%CANARY%'],
      );
      expect([table, found?.count]).toEqual([table, 0]);
    }
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain('# HELP');
    expect(metrics).not.toContain('CANARY');
  });
});
