import {
  enrolmentOf,
  startTestService,
  type TestService,
} from '../../apps/enrolment-query/src/service.fixtures';
import { replayService } from './replay-service';
import { forge, tamper, withClient } from './settled-database.fixtures';

jest.setTimeout(120_000);

let test: TestService;
let url: string;
let stream: string;

beforeAll(async () => {
  test = await startTestService('audit');
  url = test.config.DATABASE_URL;
  const agency = await test.token('agency', '360700');
  const body = (n: number, part: object) => {
    const { insuredCity, personNo } = enrolmentOf(n);
    return { insuredCity, personNo, ...part };
  };
  const { body: enrolled } = await test.post('/v1/enrolments', enrolmentOf(1), agency);
  stream = `person/${String(enrolled['personKey'])}`;
  const qualification = { diseaseCode: 'M03900', from: '2026-01-01', limitFen: 360_000 };
  const filing = { careCity: '430100', type: 'other', from: '2026-03-01' };
  const paid = { month: '202603', baseFen: 500_000, amountFen: 40_000, payer: '个人' };
  const wishes: readonly (readonly [string, object])[] = [
    ['/v1/qualifications', body(1, qualification)],
    ['/v1/qualifications', body(1, qualification)],
    ['/v1/filings', body(1, filing)],
    ['/v1/filings', body(1, { ...filing, careCity: '360400' })],
    ['/v1/filings', body(9, filing)],
    ['/v1/contributions', body(1, paid)],
    ['/v1/contributions', body(1, paid)],
    ['/v1/enrolments', enrolmentOf(1, { insurance: 'employee', personType: 'retired' })],
    ['/v1/enrolments', enrolmentOf(2, { personType: 'inService' })],
    ['/v1/coverage-queries', body(1, { purpose: '就医前核对' })],
    ['/v1/coverage-queries', body(7, { purpose: '就医前核对' })],
  ];
  for (const [path, wish] of wishes) await test.post(path, wish, agency);
}, 60_000);
afterAll(() => test.stop(), 30_000);

const replay = () => replayService({ service: 'enrolment-query', url, threads: 1 });

/** Tampers, replays and repairs: the service is connected, so its database cannot be copied. */
async function replayTampered(sql: string, undo: string) {
  await tamper(url, sql);
  const { difference } = await replay();
  await tamper(url, undo);
  return difference;
}

describe('the replay of persons', () => {
  it('decides what was accepted and what was refused again; of who read whom it proves the chain', async () => {
    const found = await replay();
    expect(found.difference).toBeUndefined();
    const { rows } = await withClient(url, (client) =>
      client.query<{ type: string; count: number }>(
        'select type, count(*)::int as count from journal group by type order by type',
      ),
    );
    expect(rows).toEqual([
      { type: 'ContributionPosted.v1', count: 2 },
      { type: 'CoverageRead.v1', count: 1 },
      { type: 'EnrolmentChanged.v1', count: 2 },
      { type: 'EnrolmentRefused.v1', count: 5 },
      { type: 'FilingMade.v1', count: 1 },
      { type: 'QualificationGranted.v1', count: 1 },
    ]);
    expect([found.decided, found.chainOnly]).toEqual([11, 1]);
  });

  it.each([
    [
      'an amount paid',
      `update contribution set amount_fen = 40001 where version = 4`,
      `update contribution set amount_fen = 40000 where version = 4`,
      { what: 'contribution.amount_fen', expected: '40000', found: '40001' },
    ],
    [
      'a contribution that no fact gives',
      `insert into contribution values ('nobody', '360700', '202603', 1, 1, 1, 0, 'x')`,
      `delete from contribution where person_key = 'nobody'`,
      { what: 'rows of contribution in all', expected: '2', found: '3' },
    ],
    [
      'whose a filing is',
      `update entitlement set insured_city = '430100' where kind = 'filing'`,
      `update entitlement set insured_city = '360700' where kind = 'filing'`,
      { what: 'entitlement.insured_city' },
    ],
    [
      'whose a number is',
      `update person_number set person_key = 'x' || person_key`,
      `update person_number set person_key = substr(person_key, 2)`,
      { version: 1, what: 'person_number: whose it is' },
    ],
    [
      'the limit in a state',
      `update stream_head set state = replace(state, '360000', '360001')`,
      `update stream_head set state = replace(state, '360001', '360000')`,
      { what: 'state.qualifications[0].limitFen', expected: '360000', found: '360001' },
    ],
    [
      'a read of a person',
      `update journal set payload = replace(payload, '就医前', '就医后') where type = 'CoverageRead.v1'`,
      `update journal set payload = replace(payload, '就医后', '就医前') where type = 'CoverageRead.v1'`,
      { version: 1, what: 'its columns do not give its hash' },
    ],
  ])('finds and names %s', async (_what, sql, undo, named) => {
    expect(await replayTampered(sql, undo)).toMatchObject(named);
  });

  it('finds a limit that was forged with its chain, and a refusal that was exchanged', async () => {
    const swap = (from: string, to: string) => (payload: string) => payload.replaceAll(from, to);
    const granted = { stream, version: 2 };
    const limit = (payload: string) => payload.replace(/("result":.*)360000/, '$1990000');
    await forge(test.database, granted, limit);
    expect((await replay()).difference).toMatchObject({
      ...granted,
      what: 'result.limitFen',
      expected: '360000',
      found: '990000',
    });
    await forge(test.database, granted, swap('990000', '360000'));
    const { rows } = await withClient(url, (client) =>
      client.query<{ stream: string; version: number }>(
        `select stream, version from journal where payload like '%"enrolment.overlap"%'`,
      ),
    );
    const [refused = { stream: '', version: 0 }] = rows;
    await forge(test.database, refused, swap('enrolment.overlap', 'enrolment.deceased'));
    expect((await replay()).difference).toMatchObject({ ...refused, what: 'result.refused' });
  });
});
