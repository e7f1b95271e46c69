import {
  coverageToWire,
  PersonReplay,
  type RecordedPersonFact,
  type RecordedRefusal,
} from '@domain/enrolment';
import { formatInstant } from '@domain/kernel';
import type { Role } from '@lib/contracts';
import {
  createLogs,
  OffsetClock,
  readConfig,
  readPersonalDataKeys,
  type PersonalDataKeys,
  type RunningService,
  TokenIssuer,
} from '@lib/edge';
import { auditJournal, openDatabase, type StoredFact } from '@lib/journal';
import { testPostgresUrl } from '@lib/testkit';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { enrolmentConfig, type EnrolmentConfig } from './config';
import { startEnrolmentQuery } from './start';
import { EnrolmentTables1767200000000 } from './storage/migrations';

const DATA = join(__dirname, '../../../data');
export const CITIES = ['360700', '360400', '430100', '430200'];
/** Business time of the tests begins here, so that days in them are fixed. */
export const TODAY = '2026-03-02';
const NOW_MS = Date.parse('2026-03-02T10:00:00+08:00');

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly replayed: string | null;
}

/** The service over a database of its own, with an issuer of tokens and everything it logs. */
export interface TestService {
  readonly service: RunningService;
  readonly database: DataSource;
  readonly config: EnrolmentConfig;
  readonly keys: PersonalDataKeys;
  readonly logLines: readonly string[];
  token(role: Role, city?: string, personKey?: string): Promise<string>;
  post(path: string, body: unknown, as: string, key?: string): Promise<Reply>;
  get(path: string, as: string): Promise<Reply>;
  upload(lines: string, as: string, key: string): Promise<Reply>;
  stop(): Promise<void>;
}

/** Starts it on a free port. Fails without TEST_POSTGRES_URL and TEST_KAFKA_BROKERS. */
export async function startTestService(name: string): Promise<TestService> {
  const folder = mkdtempSync(join(tmpdir(), 'enrolment-query-'));
  const issuer = await TokenIssuer.create();
  issuer.writeJwks(join(folder, 'jwks.json'));
  const url = await createDatabase(`test_enrolment_${name}_${process.pid}`);
  const config = configIn(folder, url, issuer);
  const clock = new OffsetClock(config.CLOCK_FILE, false);
  const database = await openDatabase({
    url,
    poolSize: 10,
    service: 'enrolment-query',
    migrations: [EnrolmentTables1767200000000],
    now: () => clock.now(),
  });
  const logLines: string[] = [];
  const logs = createLogs('enrolment-query', 'debug', {
    write: (line: string) => void logLines.push(line),
  });
  const service = await startEnrolmentQuery(config, database, { signals: false, logs });
  let made = 0;
  const call = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(`${service.url}${path}`, init);
    const text = await response.text();
    const body = JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
    const replayed = response.headers.get('idempotency-replayed');
    return { status: response.status, text, body, replayed };
  };
  const headers = (as: string, key = `key-${(made += 1)}`, type = 'application/json') => ({
    authorization: `Bearer ${as}`,
    'content-type': type,
    'idempotency-key': key,
  });
  return {
    service,
    database,
    config,
    keys: readPersonalDataKeys(config.PERSONAL_DATA_KEYS_FILE),
    logLines,
    token: (role, city, personKey) =>
      issuer.token({
        role,
        ...(city === undefined ? {} : { cities: [city] }),
        ...(personKey === undefined ? {} : { personKey }),
      }),
    post: (path, body, as, key) =>
      call(path, { method: 'POST', headers: headers(as, key), body: JSON.stringify(body) }),
    get: (path, as) => call(path, { headers: { authorization: `Bearer ${as}` } }),
    upload: (lines, as, key) =>
      call('/v1/enrolments/import', {
        method: 'POST',
        headers: headers(as, key, 'application/x-ndjson'),
        body: lines,
      }),
    stop: async () => {
      await service.stop();
      await dropDatabase(url);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configIn(folder: string, url: string, issuer: TokenIssuer): EnrolmentConfig {
  const brokers = process.env['TEST_KAFKA_BROKERS'];
  if (brokers === undefined || brokers === '') {
    throw new Error('TEST_KAFKA_BROKERS is not set: it names a broker with the platform’s topics');
  }
  const keysFile = join(folder, 'keys.json');
  writeFileSync(keysFile, JSON.stringify(newKeys()));
  const clockFile = join(folder, 'clock.json');
  writeFileSync(clockFile, JSON.stringify({ offsetMs: NOW_MS - Date.now() }));
  return readConfig(enrolmentConfig, {
    PORT: '0',
    DATABASE_URL: url,
    KAFKA_BROKERS: brokers,
    AUTH_JWKS_FILE: join(folder, 'jwks.json'),
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: issuer.audience,
    DATA_DIR: DATA,
    PERSONAL_DATA_KEYS_FILE: keysFile,
    CLOCK_FILE: clockFile,
    LOG_LEVEL: 'debug',
  });
}

function newKeys() {
  const key = (id: string) => ({ id, key: randomBytes(32).toString('base64') });
  return {
    encryption: key('e1'),
    certificateHash: key('c1'),
    personNoHash: Object.fromEntries(CITIES.map((city) => [city, [key('p1')]])),
    inputHash: key('i1'),
  };
}

async function createDatabase(name: string): Promise<string> {
  await asAdmin(`create database ${name}`);
  const url = new URL(testPostgresUrl());
  url.pathname = `/${name}`;
  return url.href;
}

const dropDatabase = (url: string): Promise<void> =>
  asAdmin(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);

async function asAdmin(statement: string): Promise<void> {
  const admin = new Client(testPostgresUrl());
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}

/** A person as an agency registers one; `n` makes number and certificate. */
export const enrolmentOf = (n: number, part: object = {}) => ({
  insuredCity: '360700',
  personNo: `3607NO${String(n).padStart(6, '0')}`,
  certificateType: '01',
  certificateNo: `360700195006${String(n).padStart(6, '0')}`,
  name: '欧阳春花',
  gender: 'female',
  birthDate: '1950-06-15',
  insurance: 'resident',
  personType: 'resident',
  state: 'active',
  from: '2020-01-01',
  ...part,
});

interface Payload {
  readonly command: { readonly kind: string };
  readonly inputs: RecordedRefusal['inputs'];
  readonly result: RecordedPersonFact['result'];
}

const payloadOf = (fact: StoredFact) => JSON.parse(fact.payload) as Payload;
const personFactOf = (fact: StoredFact): RecordedPersonFact => ({
  type: fact.type as RecordedPersonFact['type'],
  ...payloadOf(fact),
});

/**
 * Decides the whole journal of a database again. Returns what differs from what was stored, and how many facts and refusals
 * were decided.
 */
export async function decideJournalAgain(database: DataSource) {
  const streams = new Map<string, readonly StoredFact[]>();
  const states = new Map<string, string>();
  const audit = await auditJournal(database, {
    onStream: ({ stream, facts, head }) => {
      streams.set(stream, facts);
      states.set(stream, head?.state ?? '');
      return undefined;
    },
  });
  const different: unknown[] = audit.difference === undefined ? [] : [audit.difference];
  const decided = { facts: 0, refusals: 0 };
  const compare = (what: unknown, again: unknown, stored: unknown): void => {
    if (JSON.stringify(again) !== JSON.stringify(stored)) different.push({ what, again, stored });
  };
  for (const [stream, facts] of streams) {
    if (stream.startsWith('person/')) {
      const replay = replayed(facts, (before, fact, version) => {
        decided.facts += 1;
        compare([stream, version], before.decideAgain(fact), fact.result);
      });
      const state =
        replay.coverage === undefined ? '' : JSON.stringify(coverageToWire(replay.coverage));
      compare([stream, 'state'], state, states.get(stream));
    }
    for (const fact of stream.startsWith('refusals/') ? facts : []) {
      decided.refusals += 1;
      const { command, inputs, result } = payloadOf(fact);
      const read = streams.get(inputs.person?.stream ?? '') ?? [];
      const person = replayed(read.slice(0, inputs.person?.version ?? 0));
      compare([stream, fact.version], person.refuseAgain({ command, inputs }), result);
    }
  }
  return { different, decided };
}

function replayed(
  facts: readonly StoredFact[],
  look: (before: PersonReplay, fact: RecordedPersonFact, version: number) => void = () => undefined,
): PersonReplay {
  const replay = new PersonReplay();
  for (const stored of facts) {
    const fact = personFactOf(stored);
    look(replay, fact, stored.version);
    replay.fold(fact, formatInstant(stored.recordedAt));
  }
  return replay;
}
