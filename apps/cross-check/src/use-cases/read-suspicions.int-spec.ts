import { poolOf } from '@lib/journal';
import { CheckSettlements } from './check-settlements';
import {
  CHANGSHA,
  fixedParts,
  openCrossCheck,
  PINGXIANG,
  reversed,
  settled,
  ZHUZHOU,
} from './cross-check.fixtures';
import { ReadSuspicions, type Sight, type SuspicionQuery } from './read-suspicions';

let opened: Awaited<ReturnType<typeof openCrossCheck>>;
let read: ReadSuspicions;

/** Five boxes, each sold in 长沙 to somebody insured in 萍乡, then elsewhere; the last sale of the fifth is reversed. */
beforeAll(async () => {
  opened = await openCrossCheck('read_suspicions');
  read = new ReadSuspicions(poolOf(opened.database.dataSource));
  const settlements = new CheckSettlements(fixedParts);
  for (const number of [1, 2, 3, 4, 5]) {
    const lines = [{ traceCodes: [String(number).repeat(20)] }];
    const sale = (suffix: string, careCity: string, on: string, insuredCity = PINGXIANG) =>
      settled({ name: `${number}${suffix}`, careCity, on, insuredCity, lines, personKey: suffix });
    const second = number < 3 ? ZHUZHOU : '360700';
    const facts = [
      sale('A', CHANGSHA, '2026-03-02'),
      sale('B', second, '2026-03-03', number < 3 ? '360400' : CHANGSHA),
      ...(number === 5 ? [reversed('5B')] : []),
    ];
    for (const fact of facts) await opened.work.run((tx) => settlements.handle(tx, [fact]));
  }
});
afterAll(async () => {
  await opened.database.drop();
});

/** The numbers of the boxes on a page, by the settlement that came first. */
async function boxes(query: SuspicionQuery, sight: Sight = 'everything'): Promise<string> {
  const page = await read.list(query, sight);
  if ('refused' in page) return page.refused;
  return page.suspicions.map(({ settlementNos }) => settlementNos[0]?.slice(2, 3)).join(' ');
}

describe('a list of suspicions', () => {
  it.each<[string, SuspicionQuery, string]>([
    ['is newest first', {}, '5 4 3 2 1'],
    ['is narrowed to a care city', { careCity: ZHUZHOU }, '2 1'],
    ['is narrowed to an insured city', { insuredCity: '360400' }, '2 1'],
    ['does not take a care city for an insured one', { insuredCity: ZHUZHOU }, ''],
    ['is narrowed to both', { insuredCity: PINGXIANG, careCity: '360700' }, '5 4 3'],
    ['is narrowed to what is open', { state: 'open', careCity: '360700' }, '4 3'],
    ['is narrowed to what was withdrawn', { state: 'withdrawn' }, '5'],
    ['is narrowed to a rule', { rule: 'trace-code-sold-twice', limit: 2 }, '5 4'],
    ['is empty for another rule', { rule: 'gender' }, ''],
    ['is found by a settlement', { settlementNo: 'S-3B' }, '3'],
    ['refuses a cursor that is none of ours', { cursor: 'nonsense' }, 'edge.cursor-invalid'],
  ])('%s', async (_title, query, expected) => {
    expect(await boxes(query)).toBe(expected);
  });

  it.each<[string, readonly string[], string]>([
    ['an insured city', ['360400'], '2 1'],
    ['a care city', ['360700'], '5 4 3'],
    ['both provinces involved', ['36'], '5 4 3 2 1'],
    ['a city that has no part in any', ['360900'], ''],
    ['nobody', [], ''],
  ])('shows %s its own', async (_title, places, expected) => {
    expect(await boxes({}, { places })).toBe(expected);
  });

  it('is read page by page, each suspicion once', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await read.list({ limit: 2, cursor }, 'everything');
      if ('refused' in page) throw new Error(page.refused);
      seen.push(...page.suspicions.map(({ suspicionId }) => suspicionId));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  it('says why a suspicion was withdrawn', async () => {
    const page = await read.list({ state: 'withdrawn' }, 'everything');
    if ('refused' in page) throw new Error(page.refused);
    expect(page.suspicions[0]?.withdrawnReason).toContain('撤回');
  });
});
