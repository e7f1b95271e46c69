import fc from 'fast-check';
import { addDays, civilDate, type CivilDate } from '@domain/kernel';
import {
  type Coverage,
  coverageFromWire,
  coverageToWire,
  type EnrolmentChanged,
  type EnrolmentFact,
  enrolmentOn,
  type EnrolmentState,
  evolveCoverage,
} from '@domain/enrolment';

const recordedAt = '2026-03-02T08:00:00+08:00';

const changed = (part: Partial<EnrolmentChanged>): EnrolmentFact => ({
  type: 'EnrolmentChanged.v1',
  result: {
    personKey: 'p1',
    personNoHash: { keyId: 'k1', hash: 'aa' },
    gender: 'female',
    birthDate: '1950-06-15',
    insuredCity: '360700',
    insurance: 'resident',
    personType: 'resident',
    state: 'active',
    from: '2026-01-01',
    ...part,
  },
});

/** Folds facts as the versions 1, 2, 3 … of one stream. */
function fold(facts: readonly EnrolmentFact[]): Coverage {
  let coverage: Coverage | undefined;
  facts.forEach((fact, index) => {
    coverage = evolveCoverage(coverage, fact, { version: index + 1, recordedAt });
  });
  return coverage!;
}

/** `state from..until` of each enrolment in order. */
const periods = ({ enrolments }: Coverage): readonly string[] =>
  enrolments.map(({ state, from, until }) => `${state} ${from}..${until ?? ''}`);

type Stated = readonly [state: EnrolmentState, from: string, until?: string];

const stated = ([state, from, until]: Stated): EnrolmentFact =>
  changed(until === undefined ? { state, from } : { state, from, until });

describe('the enrolments of a city', () => {
  const rows: readonly (readonly [string, readonly Stated[], readonly string[]])[] = [
    [
      'a new state ends the one before it',
      [
        ['active', '2026-01-01'],
        ['paused', '2026-03-01'],
      ],
      ['active 2026-01-01..2026-02-28', 'paused 2026-03-01..'],
    ],
    [
      'a statement about the same beginning replaces',
      [
        ['active', '2026-01-01'],
        ['active', '2026-01-01', '2026-06-30'],
      ],
      ['active 2026-01-01..2026-06-30'],
    ],
    [
      'a retroactive open end takes what begins later with it',
      [
        ['active', '2026-01-01'],
        ['paused', '2026-03-01'],
        ['ended', '2026-02-01'],
      ],
      ['active 2026-01-01..2026-01-31', 'ended 2026-02-01..'],
    ],
    [
      'a bounded statement leaves later days to the later state',
      [
        ['active', '2026-01-01'],
        ['ended', '2026-05-15'],
        ['paused', '2026-03-01', '2026-05-31'],
      ],
      ['active 2026-01-01..2026-02-28', 'paused 2026-03-01..2026-05-31', 'ended 2026-06-01..'],
    ],
    [
      'what a bounded statement interrupts does not revive',
      [
        ['active', '2026-01-01'],
        ['paused', '2026-03-01', '2026-03-31'],
      ],
      ['active 2026-01-01..2026-02-28', 'paused 2026-03-01..2026-03-31'],
    ],
    [
      'history told backwards stays whole',
      [
        ['active', '2026-01-01'],
        ['active', '2024-01-01', '2024-12-31'],
      ],
      ['active 2024-01-01..2024-12-31', 'active 2026-01-01..'],
    ],
  ];

  it.each(rows)('%s', (_title, statements, expected) => {
    expect(periods(fold(statements.map(stated)))).toEqual(expected);
  });

  it('are none of the business of another city', () => {
    const coverage = fold([
      changed({}),
      changed({ insuredCity: '430100', insurance: 'employee', personType: 'inService' }),
      changed({ insuredCity: '430100', state: 'ended', from: '2026-02-01' }),
    ]);
    expect(enrolmentOn(coverage, '360700', civilDate('2026-03-02'))).toMatchObject({
      state: 'active',
      insurance: 'resident',
    });
    expect(enrolmentOn(coverage, '430100', civilDate('2026-03-02'))?.state).toBe('ended');
  });

  it('carry the newest gender and birth date of the person', () => {
    const coverage = fold([changed({}), changed({ gender: 'male', birthDate: '1951-06-15' })]);
    expect(coverage).toMatchObject({ gender: 'male', birthDate: '1951-06-15', version: 2 });
  });
});

const granted: EnrolmentFact = {
  type: 'QualificationGranted.v1',
  result: {
    personKey: 'p1',
    qualificationId: 'q1',
    insuredCity: '360700',
    diseaseCode: 'M03900',
    from: '2026-01-01',
    limitFen: 400_000,
  },
};
const filed: EnrolmentFact = {
  type: 'FilingMade.v1',
  result: {
    personKey: 'p1',
    filingId: 'f1',
    insuredCity: '360700',
    careCity: '430100',
    type: 'referral',
    from: '2026-01-01',
    until: '2026-06-30',
    referringInstitutionCode: 'H36070000001',
  },
};

describe('qualifications and filings', () => {
  it('hold from their grant and keep money as fen', () => {
    const coverage = fold([changed({}), granted, filed]);
    expect(coverage.qualifications).toEqual([
      {
        id: 'q1',
        insuredCity: '360700',
        diseaseCode: 'M03900',
        from: '2026-01-01',
        limitFen: 400_000n,
      },
    ]);
    expect(coverage.filings).toEqual([
      {
        id: 'f1',
        insuredCity: '360700',
        careCity: '430100',
        type: 'referral',
        from: '2026-01-01',
        until: '2026-06-30',
        referringInstitutionCode: 'H36070000001',
      },
    ]);
  });

  it('end on the day given, a filing cancelled before its beginning never held', () => {
    const coverage = fold([
      changed({}),
      granted,
      filed,
      {
        type: 'QualificationEnded.v1',
        result: {
          personKey: 'p1',
          qualificationId: 'q1',
          insuredCity: '360700',
          until: '2026-02-28',
        },
      },
      {
        type: 'FilingCancelled.v1',
        result: { personKey: 'p1', filingId: 'f1', insuredCity: '360700', until: '2025-12-31' },
      },
    ]);
    expect(coverage.qualifications.map(({ until }) => until)).toEqual(['2026-02-28']);
    expect(coverage.filings.map(({ until }) => until)).toEqual(['2025-12-31']);
  });

  it('that were never granted cannot end, and nobody begins without an enrolment', () => {
    const unknown: EnrolmentFact = {
      type: 'FilingCancelled.v1',
      result: { personKey: 'p1', filingId: 'f9', insuredCity: '360700', until: '2026-01-31' },
    };
    expect(() => fold([changed({}), unknown])).toThrow(RangeError);
    expect(() => fold([granted])).toThrow(RangeError);
  });

  it('are not touched by a contribution, which only moves the stream on', () => {
    const before = fold([changed({}), granted]);
    const after = evolveCoverage(
      before,
      {
        type: 'ContributionPosted.v1',
        result: {
          personKey: 'p1',
          insuredCity: '360700',
          month: '202601',
          baseFen: 500_000,
          amountFen: 40_000,
          payer: 'self',
        },
      },
      { version: 3, recordedAt: '2026-03-03T09:00:00+08:00' },
    );
    expect(after).toEqual({ ...before, version: 3, asOf: '2026-03-03T09:00:00+08:00' });
  });
});

const day = fc.integer({ min: 0, max: 400 }).map((days) => addDays(civilDate('2025-01-01'), days));
const statement = fc
  .record({
    insuredCity: fc.constantFrom('360700', '430100'),
    state: fc.constantFrom('active', 'paused', 'ended', 'deceased'),
    from: day,
    length: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
  })
  .map(({ insuredCity, state, from, length }) =>
    changed({
      insuredCity,
      state,
      from,
      ...(length === undefined ? {} : { until: addDays(from, length) }),
    }),
  );
const history = fc.array(statement, { minLength: 1, maxLength: 12 });

describe('any history', () => {
  it('gives a day of a city at most one enrolment, and the last statement rules the days it covers', () => {
    fc.assert(
      fc.property(history, day, (facts, on) => {
        const coverage = fold(facts);
        for (const insuredCity of ['360700', '430100']) {
          const held = coverage.enrolments.filter(
            (one) => one.insuredCity === insuredCity && holds(one, on),
          );
          expect(held.length).toBeLessThanOrEqual(1);
        }
        const last = facts.at(-1) as Extract<EnrolmentFact, { type: 'EnrolmentChanged.v1' }>;
        if (!holds(last.result, on)) return;
        expect(enrolmentOn(coverage, last.result.insuredCity, on)?.state).toBe(last.result.state);
      }),
    );
  });

  it('folded twice is the history folded once', () => {
    fc.assert(
      fc.property(history, fc.nat(), (facts, seed) => {
        const whole = fold(facts);
        const again = seed % facts.length;
        let repeated: Coverage | undefined;
        facts.forEach((fact, index) => {
          repeated = evolveCoverage(repeated, fact, { version: index + 1, recordedAt });
          if (index < again) return;
          const old = facts[again]!;
          repeated = evolveCoverage(repeated, old, { version: again + 1, recordedAt: 'later' });
        });
        expect(repeated).toEqual(whole);
      }),
    );
  });

  it('passes through JSON unchanged', () => {
    fc.assert(
      fc.property(history, (facts) => {
        const coverage = fold([...facts, granted, filed]);
        const text = JSON.stringify(coverageToWire(coverage));
        expect(coverageFromWire(JSON.parse(text))).toEqual(coverage);
      }),
    );
  });

  it('does not depend on how facts of different cities interleave', () => {
    fc.assert(
      fc.property(history, (facts) => {
        const of = (insuredCity: string) =>
          facts.filter(({ result }) => result.insuredCity === insuredCity);
        expect(fold([...of('360700'), ...of('430100')]).enrolments).toEqual(fold(facts).enrolments);
      }),
    );
  });
});

const holds = (period: { from: string; until?: string }, on: CivilDate): boolean =>
  period.from <= on && (period.until === undefined || on <= period.until);
