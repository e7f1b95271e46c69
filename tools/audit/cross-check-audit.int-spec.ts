import { keepRuleSet } from '../../apps/cross-check/src/storage/rule-sets';
import { readRuleSetFolders } from '../../apps/cross-check/src/storage/rule-set-files';
import { CheckSettlements } from '../../apps/cross-check/src/use-cases/check-settlements';
import {
  BOX,
  CHANGSHA,
  enrolled,
  fixedParts,
  INSULIN,
  openCrossCheck,
  PINGXIANG,
  registered,
  reversed,
  settled,
  WOMEN_ONLY,
} from '../../apps/cross-check/src/use-cases/cross-check.fixtures';
import { FollowEnrolment } from '../../apps/cross-check/src/use-cases/follow-enrolment';
import { ensurePartitions } from '@lib/journal';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { replayService } from './replay-service';
import { forge, tamper, withClient, withCopy } from './settled-database.fixtures';

jest.setTimeout(120_000);

let name = '';
let url = '';
let drop: () => Promise<void>;

beforeAll(async () => {
  const { database, work } = await openCrossCheck('audit_doubts');
  const { dataSource } = database;
  await ensurePartitions(dataSource, fixedParts.now());
  const [texts = {}] = readRuleSetFolders(join(__dirname, '../../data/rule-sets'));
  await keepRuleSet(dataSource, fixedParts.rules.activeRef, texts, '2026-03-20T12:00:00+08:00');
  const settlements = new CheckSettlements(fixedParts);
  const enrolments = new FollowEnrolment(fixedParts);
  const insulin = { itemCode: INSULIN, itemName: '德谷门冬双胰岛素注射液', supplyDays: 28 };
  const visits = [
    settled({ name: 'A', on: '2026-03-02', careCity: PINGXIANG, lines: [{ traceCodes: [BOX] }] }),
    settled({
      ...{ name: 'B', on: '2026-03-03', careCity: CHANGSHA, personKey: 'person-2' },
      lines: [{ traceCodes: [BOX] }],
    }),
    settled({ name: 'C', on: '2026-03-02', careCity: PINGXIANG, lines: [insulin] }),
    settled({ name: 'D', on: '2026-03-07', careCity: CHANGSHA, lines: [insulin] }),
    settled({
      ...{ name: 'E', on: '2026-03-05', personKey: 'person-3', screening: 'skipped' },
      lines: [{ itemCode: WOMEN_ONLY }],
    }),
  ];
  await work.run((tx) => enrolments.handle(tx, [enrolled('person-3', 'male')]));
  const hospital = registered(`H-${CHANGSHA}`, CHANGSHA, 2);
  for (const facts of [[hospital], visits, [reversed('D')]]) {
    await work.run((tx) => settlements.handle(tx, facts));
  }
  await dataSource.destroy();
  ({ url, drop } = database);
  name = new URL(url).pathname.slice(1);
});
afterAll(() => drop());

const replay = (at: string) => replayService({ service: 'cross-check', url: at, threads: 1 });

const place = (like: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ stream: string; version: number }>(
      'select stream, version from journal where payload like $1 order by stream, version',
      [like],
    );
    return rows[0] ?? { stream: '', version: 0 };
  });

describe('the replay of suspicions', () => {
  it('decides each again from the evidence that its fact keeps', async () => {
    const found = await replay(url);
    expect(found.difference).toBeUndefined();
    // A box, insulin in two cities and its withdrawal, a medicine for women.
    expect([found.facts, found.decided, found.chainOnly]).toEqual([4, 4, 0]);
  });

  it.each([
    ['a state', `update suspicion set state = 'open' where state = 'withdrawn'`, 'suspicion.state'],
    ['a tag that makes a city see it', `update suspicion set tags = tags[2:]`, 'suspicion.tags'],
    [
      'the text shown',
      `update suspicion set suspicion = replace(suspicion, '重复', '正常') where check_kind = 'trace-code'`,
      'suspicion.suspicion',
    ],
    ['a row, gone', `delete from suspicion where check_kind = 'supply'`, 'rows of suspicion'],
    [
      'a rule set',
      `update rule_set set files = replace(files, '2026', '2027')`,
      /^the stored files of rule set /,
    ],
  ])('finds and names %s', async (_what, sql, what) => {
    await withCopy(name, async (copy) => {
      await tamper(copy, sql);
      const { difference } = await replay(copy);
      expect(difference?.what).toMatch(what);
    });
  });

  it.each([
    [
      'the certainty of a result',
      '%trace-code-sold-twice%',
      (payload: string) => payload.replace('"certainty":"certain"', '"certainty":"suspected"'),
      'payload.result.certainty',
    ],
    [
      'the evidence considered',
      '%trace-code-sold-twice%',
      (payload: string) => payload.replace('"packTenThousandths":10000', '"packTenThousandths":1'),
      'payload.result.observed',
    ],
    [
      'what a finding about a line said',
      '%line-rules%',
      (payload: string) => payload.replace(/("finding":\{.*?"limit":")/, '$1x'),
      'payload.result.limit',
    ],
  ])('finds %s though the chain was forged anew', async (_what, like, change, what) => {
    const at = await place(like);
    await withCopy(name, async (copy) => {
      const dataSource = await new DataSource({ type: 'postgres', url: copy }).initialize();
      await forge(dataSource, at, change);
      await dataSource.destroy();
      expect((await replay(copy)).difference).toMatchObject({ ...at, what });
    });
  });
});
