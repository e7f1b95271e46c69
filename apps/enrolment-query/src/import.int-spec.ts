import { coverageFromWire } from '@domain/enrolment';
import { MAX_LINE_BYTES } from './inbound/http/import-lines';
import {
  decideJournalAgain,
  enrolmentOf,
  startTestService,
  type TestService,
} from './service.fixtures';

let test: TestService;
let ganzhou: string;

beforeAll(async () => {
  test = await startTestService('import');
  ganzhou = await test.token('agency', '360700');
}, 60_000);
afterAll(() => test.stop(), 30_000);

const lines = (rows: readonly unknown[]): string =>
  rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');

const facts = async (): Promise<number> => {
  const [row] = await test.database.query<{ count: number }[]>(
    `select count(*)::int as count from journal where stream like 'person/%'`,
  );
  return row?.count ?? -1;
};

const withRights = (n: number, part: object = {}) => ({
  ...enrolmentOf(n, part),
  qualifications: [
    { diseaseCode: 'M03900', from: '2025-01-01' },
    { diseaseCode: 'M01600', from: '2025-01-01', limitFen: 250_000 },
  ],
  filings: [{ careCity: '430100', type: 'longTermResident', from: '2025-01-01' }],
});

describe('an import', () => {
  it('registers persons with what they hold, over several batches and for one person twice', async () => {
    const rows = Array.from({ length: 700 }, (_none, at) => withRights(at + 1));
    rows.push(withRights(1, { from: '2026-01-01', state: 'paused' }));
    const { status, body } = await test.upload(lines(rows), ganzhou, 'first');
    expect([status, body['accepted'], body['rejected']]).toEqual([200, 701, []]);
    // Three rights each; of the second enrolment they stand already.
    expect(await facts()).toBe(700 * 4 + 1);
    const answer = await test.post(
      '/v1/coverage-queries',
      {
        insuredCity: '360700',
        personNo: enrolmentOf(1).personNo,
        purpose: '核对',
        on: '2026-02-01',
      },
      ganzhou,
    );
    expect(answer.body).toMatchObject({ state: 'paused', filings: [{ type: 'longTermResident' }] });
  }, 30_000);

  it('sent again with its key has no second effect and the same answer', async () => {
    const rows = lines([withRights(1001), withRights(1002, { until: '2019-01-01' })]);
    const first = await test.upload(rows, ganzhou, 'again');
    const before = await facts();
    const again = await test.upload(rows, ganzhou, 'again');
    expect(again).toEqual(first);
    expect(await facts()).toBe(before);
    const other = await test.upload(lines([withRights(1003)]), ganzhou, 'again');
    expect(other.body).toMatchObject({
      accepted: 0,
      rejected: [{ line: 1, refused: 'idempotency.key-reused' }],
    });
  });

  it('that broke off goes on where it ended when it is sent again', async () => {
    const rows = [withRights(1011), withRights(1012), withRights(1013)];
    await test.upload(lines(rows.slice(0, 2)), ganzhou, 'broken');
    const before = await facts();
    const whole = await test.upload(lines(rows), ganzhou, 'broken');
    expect([whole.body['accepted'], await facts()]).toEqual([3, before + 4]);
  });

  it('names every bad line with field and reason, and keeps the good ones', async () => {
    const rows = [
      withRights(1021),
      '{"insuredCity":"360700"',
      '',
      { ...enrolmentOf(1022), surprise: true },
      enrolmentOf(1023, { insuredCity: '430100' }),
      `{"name":"${'长'.repeat(MAX_LINE_BYTES)}"}`,
      enrolmentOf(1024, { personNo: enrolmentOf(1021).personNo }),
      {
        ...enrolmentOf(1025),
        filings: [{ careCity: '360400', type: 'other', from: '2026-01-01' }],
      },
      { ...enrolmentOf(1026), qualifications: [{ diseaseCode: 'M99999', from: '2026-01-01' }] },
      enrolmentOf(1027, { from: '1949-01-01' }),
      '[]',
      enrolmentOf(1028),
    ];
    const { body } = await test.upload(`${lines(rows)}\n`, ganzhou, 'bad');
    const rejected = body['rejected'] as { line: number; refused: string; field?: string }[];
    expect(rejected.map(({ line, refused, field }) => [line, refused, field])).toEqual([
      [2, 'edge.malformed-json', undefined],
      [4, 'edge.field-unknown', 'surprise'],
      [5, 'edge.city-not-allowed', 'insuredCity'],
      [6, 'enrolment.line-too-long', undefined],
      [7, 'enrolment.person-no-taken', 'personNo'],
      [8, 'enrolment.care-city-same-province', 'filings[0].careCity'],
      [9, 'enrolment.disease-unknown', 'qualifications[0].diseaseCode'],
      [10, 'enrolment.period-invalid', 'from'],
      [11, 'edge.field-invalid', undefined],
    ]);
    expect([body['accepted'], body['rejectedCount']]).toEqual([2, 9]);
    expect(JSON.stringify(rejected)).toMatch(/该人员编号已属于其他参保人/);
    // A line is kept whole or not at all.
    const [left] = await test.database.query<{ persons: number; numbers: number }[]>(
      `select (select count(*) from person p where not exists
         (select from person_number n where n.person_key = p.person_key))::int as persons,
       (select count(*) from person_number n where not exists
         (select from stream_head h where h.stream = 'person/' || n.person_key and h.version > 0))::int as numbers`,
    );
    expect(left).toEqual({ persons: 0, numbers: 0 });
  });

  it('keeps for each person the coverage that its facts fold into', async () => {
    await test.upload(lines([withRights(1031)]), ganzhou, 'state');
    const [head] = await test.database.query<{ state: string; version: number }[]>(
      `select h.state, h.version from stream_head h join person_number n on h.stream = 'person/' || n.person_key
       where n.hash = $1`,
      [test.keys.personNo.hash('360700', enrolmentOf(1031).personNo)?.hash],
    );
    const coverage = coverageFromWire(JSON.parse(head?.state ?? ''));
    expect(coverage).toMatchObject({ version: 4, gender: 'female', birthDate: '1950-06-15' });
    expect(head?.version).toBe(4);
    expect(coverage.qualifications.map(({ limitFen }) => limitFen)).toEqual([undefined, 250_000n]);
  });
});

describe('the journal of these tests', () => {
  it('decided again from its own inputs gives every fact, refusal and state that was stored', async () => {
    const { different, decided } = await decideJournalAgain(test.database);
    expect(different).toEqual([]);
    expect(decided.facts).toBeGreaterThan(20);
    expect(decided.refusals).toBeGreaterThan(4);
  });
});
