import type { SuspicionRaised, SuspicionWithdrawn } from '@lib/contracts';
import { poolOf, type ReceivedFact, type Transaction } from '@lib/journal';
import { CheckSettlements } from './check-settlements';
import {
  BOX,
  CHANGSHA,
  enrolled,
  fixedParts,
  INSULIN,
  INSULIN_OF_ANOTHER_MAKER,
  openCrossCheck,
  PINGXIANG,
  registered,
  reversed,
  settled,
  WOMEN_ONLY,
  ZHUZHOU,
} from './cross-check.fixtures';
import { FollowEnrolment } from './follow-enrolment';
import { ReadSuspicions } from './read-suspicions';

type Opened = Awaited<ReturnType<typeof openCrossCheck>>;
let opened: Opened;
const settlements = new CheckSettlements(fixedParts);
const enrolments = new FollowEnrolment(fixedParts);

beforeEach(async () => {
  opened = await openCrossCheck('cross_check');
});
afterEach(async () => {
  await opened.database.drop();
});

/** Each argument is one batch, in the order of arrival. */
async function hear(...batches: readonly (readonly ReceivedFact[])[]): Promise<void> {
  for (const batch of batches) await opened.work.run((tx) => settlements.handle(tx, batch));
}
const meet = (...facts: readonly ReceivedFact[]) =>
  opened.work.run((tx) => enrolments.handle(tx, facts));

async function journal(): Promise<readonly { type: string; stream: string; payload: string }[]> {
  return opened.database.dataSource.query(
    'select type, stream, payload from journal order by position',
  );
}
async function suspicions() {
  const read = new ReadSuspicions(poolOf(opened.database.dataSource));
  const page = await read.list({}, 'everything');
  if ('refused' in page) throw new Error(page.refused);
  return [...page.suspicions].reverse();
}
/** State, rule and settlements of every suspicion, the oldest first. */
const outline = async () =>
  (await suspicions()).map(
    ({ state, rule, settlementNos }) => `${state} ${rule} ${[...settlementNos].sort().join('+')}`,
  );

const insulin = (name: string, on: string, careCity: string, itemCode = INSULIN) =>
  settled({
    name,
    on,
    careCity,
    lines: [{ itemCode, itemName: '德谷门冬双胰岛素注射液', supplyDays: 28 }],
  });
const boxSold = (name: string, on: string, careCity: string, personKey: string, more = {}) =>
  settled({ name, on, careCity, personKey, lines: [{ traceCodes: [BOX], ...more }] });

describe('one box sold twice', () => {
  const first = boxSold('A', '2026-03-02', PINGXIANG, 'person-1');
  const second = boxSold('B', '2026-03-03', CHANGSHA, 'person-2');
  const raised = ['open trace-code-sold-twice S-A+S-B'];

  it.each([
    ['in two batches', [[first], [second]]],
    ['in one batch', [[first, second]]],
    ['the later sale first', [[second], [first]]],
    ['and told again', [[first], [second], [second], [first]]],
  ])('is found %s', async (_title, batches) => {
    await hear(...batches);
    expect(await outline()).toEqual(raised);
    expect((await journal()).map(({ type }) => type)).toEqual(['SuspicionRaised.v1']);
  });

  it('carries the evidence: settlements, lines, cities, days, the code, and the facts that prove it', async () => {
    await hear([second], [first]);
    const [fact] = await journal();
    const { result, inputs } = JSON.parse(fact!.payload) as SuspicionRaised;
    expect(fact!.stream).toBe(`suspicion/person-2/${result.suspicionId}`);
    expect(result).toMatchObject({
      rule: 'trace-code-sold-twice',
      severity: 'high',
      certainty: 'certain',
      subject: BOX,
      text: `“苯磺酸氨氯地平片”追溯码${BOX}重复销售：先2026-03-02在萍乡市售出，又2026-03-03在长沙市售出，累计2盒`,
    });
    expect(result.involved).toEqual([
      expect.objectContaining({ settlementNos: ['S-A'], careCity: PINGXIANG, on: '2026-03-02' }),
      expect.objectContaining({ settlementNos: ['S-B'], careCity: CHANGSHA, on: '2026-03-03' }),
    ]);
    expect(result.involved[0]!.lines[0]).toMatchObject({ lineNo: 1, traceCodes: [BOX] });
    expect(result.involved[0]!.fact).toEqual({ stream: first.stream, version: first.version });
    expect(inputs.ruleSet.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not reported for the parts of a split pack', async () => {
    await hear([
      boxSold('A', '2026-03-02', PINGXIANG, 'person-1', { packFraction: '0.5' }),
      boxSold('B', '2026-03-03', CHANGSHA, 'person-2', { packFraction: '0.5' }),
    ]);
    expect(await outline()).toEqual([]);
  });

  it('is not reported when the first sale was reversed before', async () => {
    await hear([first], [reversed('A')], [second]);
    expect(await outline()).toEqual([]);
  });

  it('is withdrawn when one of the sales is reversed, and says why', async () => {
    await hear([first, second], [reversed('A')]);
    expect(await outline()).toEqual(['withdrawn trace-code-sold-twice S-A+S-B']);
    const { type, payload } = (await journal())[1]!;
    expect(type).toBe('SuspicionWithdrawn.v1');
    expect((JSON.parse(payload) as SuspicionWithdrawn).result.reason).toContain('冲正');
  });

  it('is found again when the box is sold once more after a reversal', async () => {
    const third = boxSold('C', '2026-03-05', ZHUZHOU, 'person-3');
    await hear([first, second], [reversed('A')], [third]);
    expect(await outline()).toEqual([
      'withdrawn trace-code-sold-twice S-A+S-B',
      'open trace-code-sold-twice S-B+S-C',
    ]);
  });

  it('is found although the two sales are handled at the same time', async () => {
    const [one, other] = [first, second].map((fact) =>
      opened.work.run(async (tx) => {
        await tx.query({ text: 'select pg_sleep(0.05)' });
        await settlements.handle(tx, [fact]);
        await tx.query({ text: 'select pg_sleep(0.1)' });
      }),
    );
    await Promise.all([one, other]);
    expect(await outline()).toEqual(raised);
  });
});

describe('the same medicine in two cities', () => {
  const first = insulin('A', '2026-03-02', PINGXIANG);
  const second = insulin('B', '2026-03-07', CHANGSHA, INSULIN_OF_ANOTHER_MAKER);

  it.each([
    ['in order', [[first], [second]]],
    ['the later supply first', [[second], [first]]],
  ])('is found with the product of another maker, %s', async (_title, batches) => {
    await hear(...batches);
    expect(await outline()).toEqual(['open same-medicine-in-two-cities S-A+S-B']);
  });

  it('blames the surplus supply once the one before it is known, and withdraws the blame of the regular one', async () => {
    const third = insulin('C', '2026-03-26', PINGXIANG);
    await hear([second], [third]);
    expect(await outline()).toEqual(['open same-medicine-in-two-cities S-B+S-C']);
    await hear([first]);
    expect(await outline()).toEqual([
      'withdrawn same-medicine-in-two-cities S-B+S-C',
      'open same-medicine-in-two-cities S-A+S-B',
    ]);
  });

  it('raises a withdrawn suspicion again, in its own stream, when what explained it is taken back', async () => {
    const third = insulin('C', '2026-03-26', PINGXIANG);
    await hear([second, third], [first], [reversed('A')]);
    expect(await outline()).toEqual([
      'open same-medicine-in-two-cities S-B+S-C',
      'withdrawn same-medicine-in-two-cities S-A+S-B',
    ]);
    const facts = await journal();
    const own = facts.filter(({ stream }) => stream === facts[0]!.stream);
    expect(own.map(({ type }) => type)).toEqual([
      'SuspicionRaised.v1',
      'SuspicionWithdrawn.v1',
      'SuspicionRaised.v1',
    ]);
  });

  it.each<[string, ReceivedFact[]]>([
    ['a refill near the end', [first, insulin('B', '2026-03-24', CHANGSHA)]],
    [
      'two cities, two medicines',
      [first, insulin('B', '2026-03-07', CHANGSHA, 'XA10AEY357B002010178997')],
    ],
    [
      'two persons',
      [
        first,
        settled({
          name: 'B',
          on: '2026-03-07',
          personKey: 'person-2',
          lines: [{ itemCode: INSULIN, supplyDays: 28 }],
        }),
      ],
    ],
    [
      'an inpatient',
      [
        first,
        settled({
          name: 'B',
          on: '2026-03-07',
          lines: [{ itemCode: INSULIN, supplyDays: 28 }],
          visit: { careType: 'inpatient' },
        }),
      ],
    ],
    [
      'part of a pack',
      [
        first,
        settled({
          name: 'B',
          on: '2026-03-07',
          lines: [{ itemCode: INSULIN, supplyDays: 28, packFraction: '0.5' }],
        }),
      ],
    ],
    [
      'the day of a referral',
      [
        first,
        settled({
          name: 'B',
          on: '2026-03-02',
          filing: 'referral',
          lines: [{ itemCode: INSULIN, supplyDays: 28 }],
        }),
      ],
    ],
  ])('is not reported for %s', async (_title, facts) => {
    await hear(facts);
    expect(await outline()).toEqual([]);
  });

  it('is withdrawn when the surplus supply is taken back', async () => {
    await hear([first], [second], [reversed('B')]);
    expect(await outline()).toEqual(['withdrawn same-medicine-in-two-cities S-A+S-B']);
  });
});

describe('one visit settled twice', () => {
  const visit = (name: string, invoiceNo: string | undefined, more = {}) =>
    settled({
      name,
      on: '2026-03-02',
      visit: invoiceNo === undefined ? {} : { invoiceNo },
      ...more,
    });

  it.each<[string, ReceivedFact[], string[]]>([
    [
      'one invoice in one city',
      [visit('A', 'I1'), visit('B', 'I1', { lines: [{ amountFen: 9900 }] })],
      ['open same-visit-settled-twice S-A+S-B'],
    ],
    [
      'one invoice in two cities, with the same total',
      [visit('A', 'I1'), visit('B', 'I1', { careCity: ZHUZHOU })],
      ['open same-visit-settled-twice S-A+S-B'],
    ],
    [
      'one invoice, insured in two cities',
      [visit('A', 'I1'), visit('B', 'I1', { insuredCity: '360700' })],
      ['open same-visit-settled-twice S-A+S-B'],
    ],
    [
      'identical lines under two visit numbers',
      [visit('A', undefined), visit('B', undefined)],
      ['open same-visit-settled-twice S-A+S-B'],
    ],
    [
      'equal invoice numbers of two persons',
      [visit('A', 'I1'), visit('B', 'I1', { personKey: 'p2', lines: [{ amountFen: 1 }] })],
      [],
    ],
    [
      'other lines on one day',
      [visit('A', 'I1'), visit('B', 'I2', { lines: [{ amountFen: 1 }] })],
      [],
    ],
    ['the same lines a week later', [visit('A', 'I1'), visit('B', 'I2', { on: '2026-03-09' })], []],
  ])('%s', async (_title, facts, expected) => {
    await hear(...facts.map((fact) => [fact]));
    expect(await outline()).toEqual(expected);
  });

  it('is withdrawn when the repetition is reversed', async () => {
    await hear([visit('A', 'I1'), visit('B', 'I1')], [reversed('B')]);
    expect(await outline()).toEqual(['withdrawn same-visit-settled-twice S-A+S-B']);
  });

  it('is never raised when the repetition is reversed in the same batch', async () => {
    await hear([visit('A', 'I1'), visit('B', 'I1'), reversed('B')]);
    expect(await journal()).toEqual([]);
  });
});

describe('visits that were settled unscreened', () => {
  const skipped = (name: string, itemCode = WOMEN_ONLY) =>
    settled({
      name,
      on: '2026-03-02',
      screening: 'skipped',
      lines: [{}, { itemCode, itemName: '艾附暖宫丸' }],
    });

  it('are screened when their facts arrive', async () => {
    await meet(enrolled('person-1', 'male'));
    await hear([skipped('A'), skipped('A')]);
    const [found] = await suspicions();
    expect(found).toMatchObject({
      state: 'open',
      rule: 'gender',
      settlementNos: ['S-A'],
      text: '第2行“艾附暖宫丸”限女性使用，参保人为男性',
    });
    expect(await suspicions()).toHaveLength(1);
  });

  it('are left alone when there is nothing to find, or screening had answered', async () => {
    await meet(enrolled('person-1', 'female'));
    await hear([skipped('A')]);
    await meet(enrolled('person-2', 'male'));
    await hear([
      settled({
        name: 'B',
        on: '2026-03-02',
        personKey: 'person-2',
        lines: [{ itemCode: WOMEN_ONLY }],
      }),
    ]);
    expect(await outline()).toEqual([]);
  });

  it('wait for a person who is not known yet', async () => {
    await hear([skipped('A')]);
    expect(await outline()).toEqual([]);
    await meet(enrolled('person-1', 'male'));
    expect(await outline()).toEqual(['open gender S-A']);
  });

  it('that waited and were reversed meanwhile are not reported', async () => {
    await hear([skipped('A')], [reversed('A')]);
    await meet(enrolled('person-1', 'male'));
    expect(await outline()).toEqual([]);
  });

  it('lose their suspicion when they are reversed', async () => {
    await meet(enrolled('person-1', 'male'));
    await hear([skipped('A')], [reversed('A')]);
    expect(await outline()).toEqual(['withdrawn gender S-A']);
  });

  it('are judged by the tier of the institution', async () => {
    await meet(enrolled('person-1', 'male'));
    await hear([registered(`H-${CHANGSHA}`, CHANGSHA, 1)], [skipped('A', 'ZC01AAA0042010105549')]);
    expect(await outline()).toEqual(['open institution-level S-A']);
  });
});

describe('a batch of many visits', () => {
  it('is handled with a bounded number of statements', async () => {
    const visits = Array.from({ length: 200 }, (_, index) =>
      settled({
        name: `N${index}`,
        on: '2026-03-02',
        personKey: `person-${index}`,
        lines: [
          { itemCode: INSULIN, supplyDays: 28, traceCodes: [String(index).padStart(20, '0')] },
        ],
      }),
    );
    let statements = 0;
    await opened.work.run((tx) => {
      const counted: Transaction = {
        query: (statement) => {
          statements += 1;
          return tx.query(statement);
        },
        lock: (streams) => tx.lock(streams),
        append: (draft) => tx.append(draft),
        setState: (stream, state) => {
          tx.setState(stream, state);
        },
      };
      return settlements.handle(counted, visits);
    });
    expect(statements).toBeLessThanOrEqual(4);
    expect(await outline()).toEqual([]);
  });
});
