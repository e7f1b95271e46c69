import { civilDate, dateOf, fen, parseInstant } from '@domain/kernel';
import * as fc from 'fast-check';
import {
  findOverlappingSupplies,
  findRepeatedTraceCode,
  findRepeatedVisits,
  identityOf,
  type Involved,
  reconcile,
  type SettledVisit,
  type Supply,
  type Suspicion,
  type TracedSale,
  visitFingerprint,
} from '.';

const NAMES: Readonly<Record<string, string>> = {
  '360300': '萍乡市',
  '430100': '长沙市',
  '430200': '株洲市',
};
const context = { ruleVersion: 'v1', cityName: (city: string) => NAMES[city] ?? city };

/** A visit named by one letter, sold at a moment, in a city. */
function involved(name: string, soldAt: string, careCity: string, more: Partial<Involved> = {}) {
  const at = parseInstant(soldAt)!;
  return {
    visitGroupNo: `G-${name}`,
    settlementNos: [`S-${name}`],
    personKey: 'person-1',
    insuredCity: '360300',
    careCity,
    institutionCode: `H-${careCity}`,
    visitNo: `V-${name}`,
    on: dateOf(at),
    soldAt: at,
    lines: [{ lineNo: 1, itemCode: 'X', itemName: '药', quantity: '1', amountFen: fen(4900n) }],
    fact: { stream: 'year/1', version: 1 },
    ...more,
  } satisfies Involved;
}

/** Which settlements each suspicion names, in the order of sale. */
const named = (found: readonly Suspicion[]) =>
  found.map((each) => each.involved.flatMap(({ settlementNos }) => settlementNos).join('+'));

describe('the same medicine in two cities', () => {
  const supply = (
    name: string,
    startsOn: string,
    days: number,
    city: string,
    more = {},
  ): Supply => ({
    visit: involved(name, `${startsOn}T09:00:00+08:00`, city),
    ingredient: 'XA10ADD335',
    medicineName: '德谷门冬双胰岛素注射液',
    startsOn: civilDate(startsOn),
    supplyDays: days,
    referral: false,
    ...more,
  });
  const find = (supplies: readonly Supply[]) =>
    named(findOverlappingSupplies(supplies, { ...context, subject: 's', graceDays: 7 }));

  it.each<[string, readonly Supply[], readonly string[]]>([
    [
      'insulin for 28 days, and again across the border five days later',
      [supply('A', '2026-03-02', 28, '360300'), supply('B', '2026-03-07', 28, '430100')],
      ['S-A+S-B'],
    ],
    [
      'a refill seven days before the end is within the grace',
      [supply('A', '2026-03-02', 28, '360300'), supply('B', '2026-03-23', 28, '430100')],
      [],
    ],
    [
      'a refill eight days before the end is not',
      [supply('A', '2026-03-02', 28, '360300'), supply('B', '2026-03-22', 28, '430100')],
      ['S-A+S-B'],
    ],
    [
      'a refill after the end',
      [supply('A', '2026-03-02', 28, '360300'), supply('B', '2026-03-30', 28, '430100')],
      [],
    ],
    [
      'a long prescription of 84 days, refilled near its end',
      [supply('A', '2026-03-02', 84, '360300'), supply('B', '2026-05-20', 28, '430100')],
      [],
    ],
    [
      'a long prescription of 84 days, filled again in its middle',
      [supply('A', '2026-03-02', 84, '360300'), supply('B', '2026-04-10', 28, '430100')],
      ['S-A+S-B'],
    ],
    [
      'a bridge of five days for a traveller',
      [supply('A', '2026-03-02', 28, '360300'), supply('B', '2026-03-05', 5, '430100')],
      [],
    ],
    [
      'twice in one city is not a question between cities',
      [supply('A', '2026-03-02', 28, '430100'), supply('B', '2026-03-05', 28, '430100')],
      [],
    ],
    [
      'both cities on the day of a referral',
      [
        supply('A', '2026-03-02', 28, '360300'),
        supply('B', '2026-03-02', 28, '430100', { referral: true }),
      ],
      [],
    ],
    [
      'both cities on one day without a referral',
      [supply('A', '2026-03-02', 28, '360300'), supply('B', '2026-03-02', 28, '430100')],
      ['S-A+S-B'],
    ],
    [
      'a referral does not excuse another day',
      [
        supply('A', '2026-03-02', 28, '360300'),
        supply('B', '2026-03-04', 28, '430100', { referral: true }),
      ],
      ['S-A+S-B'],
    ],
    [
      'the regular supply that follows is not blamed for the surplus one',
      [
        supply('A', '2026-03-02', 28, '360300'),
        supply('B', '2026-03-12', 28, '430100'),
        supply('C', '2026-03-30', 28, '360300'),
      ],
      ['S-A+S-B'],
    ],
    [
      'two surplus supplies are two suspicions',
      [
        supply('A', '2026-03-02', 28, '360300'),
        supply('B', '2026-03-07', 28, '430100'),
        supply('C', '2026-03-08', 28, '430200'),
      ],
      ['S-A+S-B', 'S-A+S-C'],
    ],
  ])('%s', (_title, supplies, expected) => {
    expect(find(supplies)).toEqual(expected);
    expect(find([...supplies].reverse())).toEqual(expected);
  });

  it('tells both cities, both days and the days of overlap', () => {
    const [found] = findOverlappingSupplies(
      [supply('A', '2026-03-02', 28, '360300'), supply('B', '2026-03-07', 28, '430100')],
      { ...context, subject: 's', graceDays: 7 },
    );
    expect(found).toMatchObject({
      certainty: 'suspected',
      observed: '重叠23天',
      limit: '重叠不超过7天',
      amountFen: 4900n,
      text: '“德谷门冬双胰岛素注射液”在两地重复供药：2026-03-02在萍乡市供药28天，2026-03-07在长沙市供药28天，重叠23天，超过7天的宽限',
    });
  });

  it('finds the same whatever the order of arrival', () => {
    const drawn = fc.array(
      fc.record({
        day: fc.integer({ min: 1, max: 28 }),
        days: fc.constantFrom(7, 14, 28, 84),
        city: fc.constantFrom('360300', '430100', '430200'),
      }),
      { maxLength: 6 },
    );
    const shuffled = drawn.chain((each) => {
      const built = each.map(({ day, days, city }, index) =>
        supply(String(index), `2026-03-${String(day).padStart(2, '0')}`, days, city),
      );
      return fc.tuple(fc.constant(built), fc.shuffledSubarray(built, { minLength: built.length }));
    });
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(find(one)).toEqual(find(other));
      }),
    );
  });
});

describe('one trace code sold twice', () => {
  const sale = (name: string, soldAt: string, city: string, pack = 10_000): TracedSale => ({
    visit: involved(name, soldAt, city),
    traceCode: '81234567890123456789',
    packTenThousandths: pack,
  });
  const find = (sales: readonly TracedSale[]) => findRepeatedTraceCode(sales, context);

  it.each<[string, readonly TracedSale[], readonly string[]]>([
    ['one sale', [sale('A', '2026-03-02T09:00:00+08:00', '360300')], []],
    [
      'two whole boxes',
      [
        sale('A', '2026-03-02T09:00:00+08:00', '360300'),
        sale('B', '2026-03-03T09:00:00+08:00', '430100'),
      ],
      ['S-A+S-B'],
    ],
    [
      'two halves make one box',
      [
        sale('A', '2026-03-02T09:00:00+08:00', '360300', 5000),
        sale('B', '2026-03-03T09:00:00+08:00', '360300', 5000),
      ],
      [],
    ],
    [
      'three halves do not',
      [
        sale('A', '2026-03-02T09:00:00+08:00', '360300', 5000),
        sale('B', '2026-03-03T09:00:00+08:00', '360300', 5000),
        sale('C', '2026-03-04T09:00:00+08:00', '360300', 5000),
      ],
      ['S-A+S-B+S-C'],
    ],
    [
      'a whole box after a half',
      [
        sale('A', '2026-03-02T09:00:00+08:00', '360300', 5000),
        sale('B', '2026-03-03T09:00:00+08:00', '430100'),
      ],
      ['S-A+S-B'],
    ],
    [
      'three thirds and a rounding make one box',
      [
        sale('A', '2026-03-02T09:00:00+08:00', '360300', 3334),
        sale('B', '2026-03-03T09:00:00+08:00', '360300', 3333),
        sale('C', '2026-03-04T09:00:00+08:00', '360300', 3333),
      ],
      [],
    ],
    [
      'each further sale is a suspicion of its own against the first',
      [
        sale('A', '2026-03-02T09:00:00+08:00', '360300'),
        sale('B', '2026-03-03T09:00:00+08:00', '430100'),
        sale('C', '2026-03-04T09:00:00+08:00', '430200'),
      ],
      ['S-A+S-B', 'S-A+S-C'],
    ],
  ])('%s', (_title, sales, expected) => {
    expect(named(find(sales))).toEqual(expected);
    expect(named(find([...sales].reverse()))).toEqual(expected);
  });

  it.each([
    ['430100', 'high'],
    ['360300', 'medium'],
  ])('sold again in %s: severity %s', (city, severity) => {
    const [found] = find([
      sale('A', '2026-03-02T09:00:00+08:00', '360300'),
      sale('B', '2026-03-03T09:00:00+08:00', city),
    ]);
    expect(found!.severity).toBe(severity);
  });

  it('tells the code, both places and how much was sold', () => {
    const [found] = find([
      sale('A', '2026-03-02T09:00:00+08:00', '360300', 5000),
      sale('B', '2026-03-03T09:00:00+08:00', '430100'),
    ]);
    expect(found!.observed).toBe('累计售出1.5盒');
    expect(found!.text).toBe(
      '“药”追溯码81234567890123456789重复销售：先2026-03-02在萍乡市售出，又2026-03-03在长沙市售出，累计1.5盒',
    );
  });
});

describe('one visit settled twice', () => {
  const settled = (
    name: string,
    more: Partial<Involved> = {},
    rest: Partial<SettledVisit> = {},
  ): SettledVisit => ({
    visit: involved(name, '2026-03-02T09:00:00+08:00', '430100', more),
    totalFen: fen(4900n),
    fingerprint: 'f',
    ...rest,
  });
  const find = (visits: readonly SettledVisit[], likeness: 'invoice' | 'lines') =>
    findRepeatedVisits(visits, { ...context, subject: 's', likeness }).map((each) => [
      named([each])[0],
      each.certainty,
      each.severity,
    ]);
  const traced = (code: string): Partial<Involved> => ({
    lines: [
      {
        lineNo: 1,
        itemCode: 'X',
        itemName: '药',
        quantity: '1',
        amountFen: fen(4900n),
        traceCodes: [code],
      },
    ],
  });

  it.each<[string, readonly SettledVisit[], 'invoice' | 'lines', readonly unknown[]]>([
    [
      'one invoice twice at one institution, even with other amounts',
      [
        settled('A', { invoiceNo: 'I1' }),
        settled('B', { invoiceNo: 'I1' }, { totalFen: fen(100n) }),
      ],
      'invoice',
      [['S-A+S-B', 'certain', 'medium']],
    ],
    [
      'one invoice in two cities with the same total',
      [
        settled('A', { invoiceNo: 'I1' }),
        settled('B', { invoiceNo: 'I1', careCity: '430200', institutionCode: 'H2' }),
      ],
      'invoice',
      [['S-A+S-B', 'certain', 'high']],
    ],
    [
      'one invoice against two insured cities',
      [settled('A', { invoiceNo: 'I1' }), settled('B', { invoiceNo: 'I1', insuredCity: '360700' })],
      'invoice',
      [['S-A+S-B', 'certain', 'high']],
    ],
    [
      'equal numbers of two institutions on different bills are a coincidence',
      [
        settled('A', { invoiceNo: '1' }),
        settled('B', { invoiceNo: '1', institutionCode: 'H2' }, { totalFen: fen(100n) }),
      ],
      'invoice',
      [],
    ],
    [
      'identical lines under two visit numbers, without invoices',
      [settled('A'), settled('B')],
      'lines',
      [['S-A+S-B', 'certain', 'medium']],
    ],
    [
      'identical lines on two invoices may be two services',
      [settled('A', { invoiceNo: 'I1' }), settled('B', { invoiceNo: 'I2' })],
      'lines',
      [['S-A+S-B', 'suspected', 'medium']],
    ],
    [
      'identical lines with the same box',
      [
        settled('A', { invoiceNo: 'I1', ...traced('1'.repeat(20)) }),
        settled('B', { invoiceNo: 'I2', ...traced('1'.repeat(20)) }),
      ],
      'lines',
      [['S-A+S-B', 'certain', 'medium']],
    ],
    [
      'identical lines with other boxes are another sale',
      [settled('A', traced('1'.repeat(20))), settled('B', traced('2'.repeat(20)))],
      'lines',
      [],
    ],
    [
      'one invoice with identical lines is reported by its invoice alone',
      [settled('A', { invoiceNo: 'I1' }), settled('B', { invoiceNo: 'I1' })],
      'lines',
      [],
    ],
  ])('%s', (_title, visits, likeness, expected) => {
    expect(find(visits, likeness)).toEqual(expected);
    expect(find([...visits].reverse(), likeness)).toEqual(expected);
  });

  const lines = [
    { itemCode: 'X', quantity: '2', amountFen: 4900 },
    { itemCode: 'Y', quantity: '1', amountFen: 100 },
  ];
  const base = {
    institutionCode: 'H1',
    visitedOn: '2026-03-02',
    careType: 'chronic',
    doctorCode: 'D1',
    lines,
  };

  it('knows a visit again by place, day, kind of care, doctor and lines in any order', () => {
    const again = { ...base, lines: [...lines].reverse() };
    expect(visitFingerprint(again)).toBe(visitFingerprint(base));
  });

  it.each([
    ['another institution', { institutionCode: 'H2' }],
    ['another day', { visitedOn: '2026-03-03' }],
    ['another doctor', { doctorCode: 'D2' }],
    ['another kind of care', { careType: 'ordinary' }],
    ['another quantity', { lines: [{ ...lines[0]!, quantity: '3' }, lines[1]!] }],
    [
      'another hour of performance',
      { lines: [{ ...lines[0]!, performedAt: '2026-03-02T15:00:00+08:00' }, lines[1]!] },
    ],
  ])('takes %s for another visit', (_title, more) => {
    expect(visitFingerprint({ ...base, ...more })).not.toBe(visitFingerprint(base));
  });
});

describe('keeping suspicions in step with the facts', () => {
  const suspicion: Suspicion = {
    rule: 'trace-code-sold-twice',
    ruleVersion: 'v1',
    subject: '8',
    certainty: 'certain',
    severity: 'high',
    observed: '',
    limit: '',
    amountFen: fen(1n),
    text: '',
    involved: [
      involved('A', '2026-03-02T09:00:00+08:00', '360300'),
      involved('B', '2026-03-03T09:00:00+08:00', '430100'),
    ],
  };

  it('gives a suspicion the same identity whichever sale came first, and whatever the version of the rules', () => {
    const turned = { ...suspicion, ruleVersion: 'v2', involved: [...suspicion.involved].reverse() };
    expect(identityOf(turned)).toBe(identityOf(suspicion));
    expect(identityOf({ ...suspicion, subject: '9' })).not.toBe(identityOf(suspicion));
  });

  it.each([
    // supported    open          raise        withdraw
    [['a'], [], ['a'], []],
    [['a'], ['a'], [], []],
    [[], ['a'], [], ['a']],
    [['a', 'b'], ['b', 'c'], ['a'], ['c']],
  ])('supported %j, open %j: raise %j, withdraw %j', (supported, open, raise, withdraw) => {
    const change = reconcile(new Map(supported.map((id) => [id, suspicion])), new Set(open));
    expect([...change.raise.keys()]).toEqual(raise);
    expect(change.withdraw).toEqual(withdraw);
  });
});
