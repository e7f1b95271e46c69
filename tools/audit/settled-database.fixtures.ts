import { coverageToWire, evolveCoverage } from '@domain/enrolment';
import { instant, parseInstant } from '@domain/kernel';
import type { RecordedVisit } from '@domain/settlement';
import {
  createUnitOfWork,
  ensurePartitions,
  hashOf,
  journalMigrations,
  poolOf,
  readStream,
} from '@lib/journal';
import { createTestDatabase, testPostgresUrl } from '@lib/testkit';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { readKnownDiseases, seed } from '../../apps/settlement/src/seed';
import { Documents } from '../../apps/settlement/src/storage/documents';
import { SettlementTables1767200000000 } from '../../apps/settlement/src/storage/migrations';
import type { SettleVisit } from '../../apps/settlement/src/use-cases/commands';
import { LoadDocuments } from '../../apps/settlement/src/use-cases/load-document';
import { LoadRegistry } from '../../apps/settlement/src/use-cases/load-registry';
import { ReverseSettlements } from '../../apps/settlement/src/use-cases/reverse-settlement';
import { SettleVisits } from '../../apps/settlement/src/use-cases/settle-visits';

const DATA = join(__dirname, '../../data');
const NOW = parseInstant('2026-03-02T10:20:00.250+08:00') ?? instant(0);
const now = () => NOW;
const HYPERTENSION = 'M03900';
const DIABETES = 'M01600';

/** A database that the real use cases filled, and where it is. Nothing is connected to it any more. */
export interface SettledDatabase {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * Settles, refuses and reverses real visits: persons with one and with two diseases, a visit of two diseases, a suspended
 * institution, an unknown person, a disease without qualification, reversals accepted and refused.
 */
export async function settledDatabase(): Promise<SettledDatabase> {
  const database = await createTestDatabase({
    name: 'audit_replay',
    migrations: [...journalMigrations, SettlementTables1767200000000],
  });
  const { dataSource, url, drop } = database;
  await fill(dataSource);
  await dataSource.destroy();
  return { name: new URL(url).pathname.slice(1), url, drop };
}

async function fill(dataSource: DataSource): Promise<void> {
  await ensurePartitions(dataSource, NOW);
  const work = createUnitOfWork(dataSource);
  const pool = poolOf(dataSource);
  const documents = new Documents(pool);
  const registry = new LoadRegistry({ work, now });
  await seed(DATA, {
    documents: new LoadDocuments({ work, documents, knownDiseases: readKnownDiseases(DATA), now }),
    registry,
  });
  await dataSource.query(`insert into clearing_pointer (period) values ('202603')`);
  for (const personKey of ['a1', 'b2', 'c3']) await addPerson(dataSource, personKey);
  const institutionCode = await hospitalOf(dataSource);
  const settle = new SettleVisits({
    ...{ work, pool, documents, screening: undefined, now },
    firstShard: 0,
  });
  const visits = new Visits(institutionCode);
  await settle.execute([visits.of('a1'), visits.of('a1'), visits.of('b2')], 0);
  await settle.execute(
    [visits.of('a1', { lines: [line(1), line(2, DIABETES)] }), visits.of('nobody')],
    1,
  );
  await settle.execute([visits.of('b2', { diseaseCode: 'M00500' }), visits.of('c3')], 0);
  await suspend(registry, dataSource, institutionCode);
  await settle.execute([visits.of('c3')], 1);
  const reversals = new ReverseSettlements({ work, documents, now, shard: 2 });
  for (const [index, settlementNo] of (await toReverse(dataSource)).entries()) {
    await reversals.execute({
      key: { scope: 'partner:430100', key: `reverse-${index}`, inputHash: 'ab' },
      actor: PARTNER,
      command: { settlementNo, reason: '患者退费' },
      careCity: '430100',
    });
  }
}

/** Of a1: the older one, which later ones keep; both of the newest visit, last first; the same again; a number of nobody. */
async function toReverse(dataSource: DataSource): Promise<readonly string[]> {
  const rows: { settlement_no: string }[] = await dataSource.query(
    `select settlement_no from settlement where stream like '%/a1' order by version desc, part desc`,
  );
  const [last = '', last2 = '', , first = ''] = rows.map(({ settlement_no: no }) => no);
  return [first, last, last2, last, 'S430100-unknown'];
}

const PARTNER = { role: 'partner', subject: 'hub-430100', city: '430100' };

async function hospitalOf(dataSource: DataSource): Promise<string> {
  const rows: { institution_code: string }[] = await dataSource.query(
    `select institution_code from institution where city = '430100' and level = 2 and kind = 'hospital'
     order by institution_code limit 1`,
  );
  return rows[0]?.institution_code ?? '';
}

async function suspend(
  registry: LoadRegistry,
  dataSource: DataSource,
  code: string,
): Promise<void> {
  const rows: { state: string }[] = await dataSource.query(
    'select state from stream_head where stream = $1',
    [`institution/${code}`],
  );
  const institution = JSON.parse(rows[0]?.state ?? '{}') as Parameters<
    LoadRegistry['load']
  >[0]['institutions'][number];
  await registry.load(
    { institutions: [{ ...institution, state: 'suspended' }], practitioners: [] },
    { role: 'enforcement', subject: 'officer-1', city: '430100' },
  );
}

async function addPerson(dataSource: DataSource, personKey: string): Promise<void> {
  const meta = (version: number) => ({ version, recordedAt: '2026-03-01T08:00:00+08:00' });
  const base = { personKey, insuredCity: '360700' };
  const hash = `hash-${personKey}`;
  const enrolled = evolveCoverage(
    undefined,
    {
      type: 'EnrolmentChanged.v1',
      result: {
        ...base,
        personNoHash: { keyId: 'p1', hash },
        gender: 'male',
        birthDate: '1960-01-01',
        insurance: 'resident',
        personType: 'resident',
        state: 'active',
        from: '2020-01-01',
      },
    },
    meta(1),
  );
  const granted = [HYPERTENSION, DIABETES].reduce(
    (coverage, diseaseCode, index) =>
      evolveCoverage(
        coverage,
        {
          type: 'QualificationGranted.v1',
          result: { ...base, qualificationId: `q${index}`, diseaseCode, from: '2025-01-01' },
        },
        meta(2 + index),
      ),
    enrolled,
  );
  const filing = {
    filingId: 'f1',
    careCity: '430100',
    type: 'referral',
    from: '2025-12-01',
  } as const;
  const coverage = evolveCoverage(
    granted,
    { type: 'FilingMade.v1', result: { ...base, ...filing } },
    meta(4),
  );
  await dataSource.query('insert into coverage values ($1, 4, $2)', [
    personKey,
    JSON.stringify(coverageToWire(coverage)),
  ]);
  await dataSource.query(`insert into person_no values ('360700', $1, 'p1', $2)`, [
    hash,
    personKey,
  ]);
}

const line = (lineNo: number, diseaseCode?: string): RecordedVisit['lines'][number] => ({
  lineNo,
  itemCode: 'X',
  itemName: '缬沙坦胶囊',
  itemType: 'drug',
  catalogueClass: 'A',
  quantity: '1',
  unitPriceMicroYuan: 100_000_000,
  amountFen: 10_000,
  ...(diseaseCode === undefined ? {} : { diseaseCode }),
});

/** Makes visits, each with a number and a key of its own. */
class Visits {
  private made = 0;

  constructor(private readonly institutionCode: string) {}

  of(personKey: string, part: Partial<RecordedVisit> = {}): SettleVisit {
    this.made += 1;
    const personNoHash = { keyId: 'p1', hash: `hash-${personKey}` };
    return {
      key: { scope: 'partner:430100', key: `visit-${this.made}`, inputHash: 'cd'.repeat(32) },
      actor: PARTNER,
      visit: {
        visitNo: `V${this.made}`,
        insuredCity: '360700',
        careCity: '430100',
        personNoHash,
        institutionCode: this.institutionCode,
        careType: 'chronic',
        visitedOn: '2026-03-02',
        settledAt: '2026-03-02T10:15:00+08:00',
        diseaseCode: HYPERTENSION,
        lines: [line(1)],
        ...part,
      },
      candidates: [personNoHash],
      receivedAt: NOW,
    };
  }
}

/** Copies a database that nobody is connected to, lets `use` have the copy, and removes it. */
export async function withCopy<T>(template: string, use: (url: string) => Promise<T>): Promise<T> {
  const name = `${template}_copy`;
  const url = new URL(testPostgresUrl());
  await asAdmin(`drop database if exists ${name} with (force)`);
  await asAdmin(`create database ${name} template ${template}`);
  url.pathname = `/${name}`;
  try {
    return await use(url.href);
  } finally {
    await asAdmin(`drop database if exists ${name} with (force)`);
  }
}

async function asAdmin(statement: string): Promise<void> {
  await withClient(testPostgresUrl(), (admin) => admin.query(statement));
}

export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** What somebody with the rights of a superuser does: the guard of the journal is off for the statements. */
export async function tamper(url: string, sql: string): Promise<void> {
  await withClient(url, (client) =>
    client.query(`begin; set local session_replication_role = replica; ${sql}; commit`),
  );
}

/**
 * What a clever forger does: writes another payload into one fact, and works out the hashes of that fact, of all after it
 * and of the head again, so that the chain is sound.
 */
export async function forge(
  dataSource: DataSource,
  place: { readonly stream: string; readonly version: number },
  change: (payload: string) => string,
): Promise<void> {
  const facts = await readStream(dataSource, place.stream, { limit: 1_000 });
  let previousHash: string | undefined;
  for (const fact of facts) {
    if (fact.version < place.version) continue;
    const forged = {
      ...fact,
      previousHash: previousHash ?? fact.previousHash,
      payload: fact.version === place.version ? change(fact.payload) : fact.payload,
    };
    if (fact.version === place.version && forged.payload === fact.payload) {
      throw new Error('the forger changed nothing');
    }
    const hash = hashOf(forged);
    await dataSource.transaction(async (manager) => {
      await manager.query('set local session_replication_role = replica');
      await manager.query(
        `update journal set payload = $3, previous_hash = decode($4, 'hex'), hash = decode($5, 'hex')
         where stream = $1 and version = $2`,
        [fact.stream, fact.version, forged.payload, forged.previousHash, hash],
      );
    });
    previousHash = hash;
  }
  await dataSource.query(`update stream_head set hash = decode($2, 'hex') where stream = $1`, [
    place.stream,
    previousHash ?? '',
  ]);
}
