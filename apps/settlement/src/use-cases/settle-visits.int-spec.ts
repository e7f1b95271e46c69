import { instant, parseInstant } from '@domain/kernel';
import { type RecordedVisit, yearStream } from '@domain/settlement';
import { evolveCoverage, coverageToWire } from '@domain/enrolment';
import {
  createUnitOfWork,
  ensurePartitions,
  journalMigrations,
  type Pool,
  poolOf,
  type UnitOfWork,
} from '@lib/journal';
import { createTestDatabase, type TestDatabase } from '@lib/testkit';
import { join } from 'node:path';
import { readKnownDiseases, seed } from '../seed';
import { Documents } from '../storage/documents';
import { SettlementTables1767200000000 } from '../storage/migrations';
import { type Answer, answerOf } from '../inbound/answers';
import type { SettleVisit } from './commands';
import { LoadDocuments } from './load-document';
import { LoadRegistry } from './load-registry';
import { ReverseSettlements } from './reverse-settlement';
import { SettleVisits } from './settle-visits';

const DATA = join(__dirname, '../../../../data');
const NOW = parseInstant('2026-03-02T10:20:00+08:00') ?? instant(0);
const now = () => NOW;

let database: TestDatabase;
let work: UnitOfWork;
let pool: Pool;
let documents: Documents;
let settle: SettleVisits;
let reversals: ReverseSettlements;
let institutionCode: string;

beforeAll(async () => {
  database = await createTestDatabase({
    name: 'settle_visits',
    migrations: [...journalMigrations, SettlementTables1767200000000],
  });
  const { dataSource } = database;
  await ensurePartitions(dataSource, NOW);
  work = createUnitOfWork(dataSource);
  pool = poolOf(dataSource);
  documents = new Documents(pool);
  await seed(DATA, {
    documents: new LoadDocuments({ work, documents, knownDiseases: readKnownDiseases(DATA), now }),
    registry: new LoadRegistry({ work, now }),
  });
  await dataSource.query(`insert into clearing_pointer (period) values ('202603')`);
  const [hospital] = await pool.query<{ institution_code: string }>({
    text: `select institution_code from institution where city = '430100' and level = 2 and kind = 'hospital' limit 1`,
  });
  institutionCode = hospital?.institution_code ?? '';
  for (let person = 1; person <= 20; person += 1) await addPerson(`p${person}`);
  settle = new SettleVisits({ work, pool, documents, screening: undefined, now, firstShard: 0 });
  reversals = new ReverseSettlements({ work, documents, now, shard: 0 });
}, 60_000);

afterAll(() => database.drop());

async function addPerson(personKey: string): Promise<void> {
  const meta = (version: number) => ({ version, recordedAt: '2026-03-01T08:00:00+08:00' });
  const base = { personKey, insuredCity: '360700' };
  let coverage = evolveCoverage(
    undefined,
    {
      type: 'EnrolmentChanged.v1',
      result: {
        ...base,
        personNoHash: { keyId: 'p1', hash: `hash-${personKey}` },
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
  const granted = { ...base, qualificationId: 'q1', diseaseCode: 'M03900', from: '2025-01-01' };
  coverage = evolveCoverage(
    coverage,
    { type: 'QualificationGranted.v1', result: granted },
    meta(2),
  );
  const filed = {
    ...base,
    filingId: 'f1',
    careCity: '430100',
    type: 'referral',
    from: '2025-12-01',
  } as const;
  coverage = evolveCoverage(coverage, { type: 'FilingMade.v1', result: filed }, meta(3));
  await database.dataSource.query('insert into coverage values ($1, $2, $3)', [
    personKey,
    3,
    JSON.stringify(coverageToWire(coverage)),
  ]);
  await database.dataSource.query(`insert into person_no values ('360700', $1, 'p1', $2)`, [
    `hash-${personKey}`,
    personKey,
  ]);
}

let made = 0;
function command(
  personKey: string,
  fields: Partial<RecordedVisit> = {},
  key?: string,
): SettleVisit {
  made += 1;
  const personNoHash = { keyId: 'p1', hash: `hash-${personKey}` };
  const visit: RecordedVisit = {
    visitNo: `V${made}`,
    insuredCity: '360700',
    careCity: '430100',
    personNoHash,
    institutionCode,
    careType: 'chronic',
    visitedOn: '2026-03-02',
    settledAt: '2026-03-02T10:15:00+08:00',
    diseaseCode: 'M03900',
    lines: [
      {
        lineNo: 1,
        itemCode: 'X',
        itemName: '药品',
        itemType: 'drug',
        catalogueClass: 'A',
        quantity: '1',
        unitPriceMicroYuan: 100_000_000,
        amountFen: 10_000,
      },
    ],
    ...fields,
  };
  return {
    key: {
      scope: 'partner:430100',
      key: key ?? `k${made}`,
      inputHash: JSON.stringify({ ...visit, visitNo: '' })
        .length.toString(16)
        .padStart(64, '0'),
    },
    actor: { role: 'partner', subject: 'partner:430100', city: '430100' },
    visit,
    candidates: [personNoHash],
    receivedAt: NOW,
  };
}

interface Body {
  readonly refused?: string;
  readonly settlements: readonly {
    readonly settlementNo: string;
    readonly payments: { readonly poolFen: number };
    readonly accumulators: Readonly<Record<string, number>>;
  }[];
}
const body = (answer: Answer | undefined): Body => JSON.parse(answer?.json ?? '{}') as Body;
const settleAll = async (
  commands: readonly SettleVisit[],
  lane: number,
): Promise<readonly Answer[]> => (await settle.execute(commands, lane)).map(answerOf);
const firstOf = (answer: Answer | undefined) => body(answer).settlements[0]!;
const count = async (table: string): Promise<number> => {
  const [row] = await pool.query<{ count: string }>({ text: `select count(*) from ${table}` });
  return Number(row?.count);
};

describe('settling a micro-batch', () => {
  it('lets two visits of one person see each other, in one benefit year', async () => {
    const [first, second] = await settleAll([command('p1'), command('p1')], 0);
    expect([first?.status, second?.status]).toEqual([201, 201]);
    const pool1 = firstOf(first).payments.poolFen;
    expect(pool1).toBe(7_200); // 100.00 less 10 % remote first-pay, 80 % at tier 2
    expect(firstOf(second).accumulators['pool:2026']).toBe(2 * pool1);
    const [head] = await pool.query<{ version: number; state: string }>({
      text: 'select version, state from stream_head where stream = $1',
      values: [yearStream('360700', 2026, 'p1')],
    });
    expect(head?.version).toBe(2);
    expect(
      (JSON.parse(head?.state ?? '{}') as { accumulators: Record<string, number> }).accumulators[
        'pool:2026'
      ],
    ).toBe(2 * pool1);
  });

  it('answers a repeat byte for byte, across calls and inside a batch, and refuses the key for another input', async () => {
    const once = command('p2', { visitNo: 'R1' }, 'repeat-1');
    const [first] = await settleAll([once], 0);
    const [again, inBatch] = await settleAll([{ ...once }, { ...once }], 0);
    expect(again).toEqual({ ...first, replayed: true });
    expect(inBatch).toEqual({ ...first, replayed: true });
    const fresh = command('p2', { visitNo: 'R2' }, 'repeat-2');
    const [one, two] = await settleAll([fresh, { ...fresh }], 0);
    expect([one?.replayed, two?.replayed]).toEqual([false, true]);
    expect(two?.json).toBe(one?.json);
    const other = { ...once, key: { ...once.key, inputHash: 'f'.repeat(64) } };
    expect(body((await settleAll([other], 0))[0])).toMatchObject({
      refused: 'idempotency.key-reused',
    });
  });

  it('keeps a refusal and answers it again, though the reason has gone', async () => {
    const unknown = command('nobody', {}, 'unknown-1');
    const [refused] = await settleAll([unknown], 0);
    expect(refused?.status).toBe(422);
    expect(body(refused)).toMatchObject({
      refused: 'settlement.person-unknown',
      coverageAsOf: '1970-01-01T08:00:00+08:00',
    });
    await addPerson('nobody');
    expect((await settleAll([unknown], 0))[0]).toEqual({ ...refused, replayed: true });
    const [retried] = await settleAll([command('nobody', {}, 'unknown-2')], 0);
    expect(retried?.status).toBe(201);
  });

  it('settles a visitNo once, in one batch and across two lanes at the same time', async () => {
    const [first, second] = await settleAll(
      [command('p3', { visitNo: 'D1' }), command('p4', { visitNo: 'D1' })],
      0,
    );
    expect([first?.status, second?.status]).toEqual([201, 422]);
    expect(body(second)).toMatchObject({ refused: 'settlement.already-settled', field: 'visitNo' });
    const answers = await Promise.all(
      [0, 1, 2].map((lane) => settleAll([command(`p${lane + 5}`, { visitNo: 'D2' })], lane)),
    );
    expect(
      answers
        .flat()
        .map(({ status }) => status)
        .sort(),
    ).toEqual([201, 422, 422]);
  });

  it('settles the same key once when it comes through three lanes at the same time', async () => {
    const same = command('p8', { visitNo: 'K1' }, 'same-key');
    const answers = (await Promise.all([0, 1, 2].map((lane) => settleAll([same], lane)))).flat();
    expect(new Set(answers.map(({ json }) => json)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it('keeps ledger, year and rows in step under concurrent lanes', async () => {
    const before = await count('settlement');
    const rounds = Array.from({ length: 12 }, (_, round) =>
      settleAll(
        Array.from({ length: 10 }, (_each, person) => command(`p${9 + ((person + round) % 6)}`)),
        round % 3,
      ),
    );
    const answers = (await Promise.all(rounds)).flat();
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect((await count('settlement')) - before).toBe(120);
    const [unbalanced] = await pool.query<{ sum: string }>({
      text: `select sum(amount_fen)::text as sum from balance`,
    });
    expect(unbalanced?.sum).toBe('0');
    const [ledger] = await pool.query<{ payable: string }>({
      text: `select (-sum(amount_fen))::text as payable from balance where account like '360700>430100/%/payable'`,
    });
    const [rows] = await pool.query<{ pool: string }>({
      text: `select sum(amounts[8])::text as pool from settlement where reversal_no is null`,
    });
    expect(ledger?.payable).toBe(rows?.pool);
  });
});

describe('a reversal', () => {
  const reverse = async (settlementNo: string, key: string, careCity = '430100') =>
    answerOf(
      await reversals.execute({
        key: {
          scope: `partner:${careCity}`,
          key,
          inputHash: Buffer.from(settlementNo).toString('hex'),
        },
        actor: { role: 'partner', subject: `partner:${careCity}`, city: careCity },
        command: { settlementNo, reason: '患者退费' },
        careCity,
      }),
    );

  it('takes the newest back exactly, refuses the older while later ones stand, and frees the visitNo', async () => {
    const visits = [command('p20', { visitNo: 'X1' }), command('p20', { visitNo: 'X2' })];
    const [first, second] = (await settleAll(visits, 0)).map(
      (answer) => firstOf(answer).settlementNo,
    );
    const early = await reverse(first!, 'rev-1');
    expect(body(early)).toMatchObject({
      refused: 'settlement.has-later',
      later: [{ settlementNo: second, careCity: '430100' }],
    });
    const strange = await reverse(second!, 'rev-x', '430200');
    expect([strange.status, body(strange).refused]).toEqual([404, 'settlement.not-found']);
    const done = await reverse(second!, 'rev-2');
    expect(done.status).toBe(201);
    expect(body(done)).toMatchObject({
      settlementNo: second,
      visitFree: true,
      payments: { poolFen: -7_200 },
    });
    expect(await reverse(second!, 'rev-2')).toEqual({ ...done, replayed: true });
    expect(body(await reverse(second!, 'rev-3'))).toMatchObject({
      refused: 'settlement.already-reversed',
    });
    const [again] = await settleAll([command('p20', { visitNo: 'X2' })], 0);
    expect(again?.status).toBe(201);
    expect(firstOf(again).accumulators['pool:2026']).toBe(14_400);
  });
});
