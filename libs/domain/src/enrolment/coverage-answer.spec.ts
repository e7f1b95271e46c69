import { answerCoverage, type Coverage, type CoverageAsker, maskName } from '@domain/enrolment';
import { type CityCode, civilDate, fen } from '@domain/kernel';

const city = (code: string) => code as CityCode;
const day = civilDate;

const coverage: Coverage = {
  personKey: 'p1',
  version: 9,
  asOf: '2026-03-01T08:00:00+08:00',
  gender: 'male',
  birthDate: day('1950-06-15'),
  enrolments: [
    {
      insuredCity: city('360700'),
      insurance: 'employee',
      personType: 'retired',
      state: 'active',
      from: day('2020-01-01'),
      county: '360702',
      assistanceClass: 'A',
      civilServant: true,
    },
  ],
  qualifications: [
    {
      id: 'q1',
      insuredCity: city('360700'),
      diseaseCode: 'M03900',
      from: day('2025-01-01'),
      limitFen: fen(400_000n),
    },
    { id: 'q2', insuredCity: city('360700'), diseaseCode: 'M00300', from: day('2025-01-01') },
  ],
  filings: [
    filingTo('f1', '430100', '2026-01-01', '2026-06-30'),
    filingTo('f2', '430100', '2025-01-01', '2025-06-30'),
    filingTo('f3', '430200', '2026-01-01', '2026-06-30'),
  ],
};

function filingTo(id: string, careCity: string, from: string, until: string) {
  const [insuredCity, type] = [city('360700'), 'other'] as const;
  return { id, insuredCity, careCity: city(careCity), type, from: day(from), until: day(until) };
}

const WITHHELD = ['M00300'];
const own: CoverageAsker = { own: true, seesWithheld: true, holds: (code) => code === '360700' };
const ownPartner: CoverageAsker = { ...own, seesWithheld: false };
const changsha: CoverageAsker = {
  own: false,
  seesWithheld: false,
  holds: (code) => code === '430100',
};

const ask = (asker: CoverageAsker, diseaseCode?: string, on = '2026-03-02') =>
  answerCoverage(
    coverage,
    { insuredCity: '360700', on: day(on), ...(diseaseCode === undefined ? {} : { diseaseCode }) },
    asker,
    WITHHELD,
  );

describe('a coverage answer to another city', () => {
  it('confirms state, insurance and the filings in force to itself, and nothing of poverty or rank', () => {
    expect(ask(changsha)).toEqual({
      insuredCity: '360700',
      on: '2026-03-02',
      insurance: 'employee',
      personType: 'retired',
      state: 'active',
      from: '2020-01-01',
      filings: [
        {
          id: 'f1',
          careCity: '430100',
          type: 'other',
          from: '2026-01-01',
          until: '2026-06-30',
          state: 'active',
        },
      ],
    });
  });

  it('confirms of qualifications the one asked for, without its limit', () => {
    expect(ask(changsha, 'M03900').qualification).toEqual({
      diseaseCode: 'M03900',
      held: true,
      from: '2025-01-01',
    });
    expect(ask(changsha, 'M01600').qualification).toEqual({ diseaseCode: 'M01600', held: false });
    expect(ask(changsha, 'M03900', '2024-12-31').qualification).toMatchObject({ held: false });
  });

  it('says the same of a withheld disease whether the person has it or not', () => {
    const healthy = answerCoverage(
      { ...coverage, qualifications: [] },
      { insuredCity: '360700', on: day('2026-03-02'), diseaseCode: 'M00300' },
      changsha,
      WITHHELD,
    );
    expect(ask(changsha, 'M00300')).toEqual(healthy);
    expect(healthy.qualification).toEqual({ diseaseCode: 'M00300', withheld: true });
    expect(ask(ownPartner, 'M00300').qualification).toEqual(healthy.qualification);
  });

  it('of a day the insured city says nothing about is none', () => {
    expect(ask(changsha, undefined, '2019-12-31')).toEqual({
      insuredCity: '360700',
      on: '2019-12-31',
      state: 'none',
      filings: [],
    });
  });
});

describe('a coverage answer to the insured city', () => {
  it('has all filings with their state, classes and limits', () => {
    const answer = ask(own, 'M03900');
    expect(answer.filings.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'f1 active',
      'f2 expired',
      'f3 active',
    ]);
    expect(answer).toMatchObject({ county: '360702', assistanceClass: 'A', civilServant: true });
    expect(answer.qualification).toMatchObject({ held: true, limitFen: 400_000n });
    expect(ask(own, 'M00300').qualification).toMatchObject({ held: true });
  });
});

describe('a masked name', () => {
  it.each([
    ['张三', '张*'],
    ['王小明', '王*明'],
    ['欧阳春花', '欧**花'],
    ['阿', '*'],
    ['𠮷野家', '𠮷*家'],
  ])('%s is %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });
});
