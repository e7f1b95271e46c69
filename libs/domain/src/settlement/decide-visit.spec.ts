import fc from 'fast-check';
import {
  type BenefitYear,
  benefitsOf,
  decideVisit,
  EMPTY_YEAR,
  evolveYear,
  explainBenefits,
  type RecordedVisit,
  type ScreeningFinding,
  type VisitInputs,
  type VisitSettledResult,
} from '@domain/settlement';
import { AGREEMENT, coverage, inputs, line, PACK, visit } from './settlement.fixtures';

interface Given {
  readonly visit?: Partial<RecordedVisit>;
  readonly inputs?: Partial<VisitInputs>;
  readonly year?: BenefitYear;
}

const decide = (given: Given = {}) =>
  decideVisit({
    visit: visit(given.visit),
    inputs: inputs(given.inputs),
    year: given.year ?? EMPTY_YEAR,
    pack: PACK,
    agreement: AGREEMENT,
  });

function settled(given: Given = {}): VisitSettledResult {
  const decision = decide(given);
  if (decision.outcome !== 'settled') throw new Error(JSON.stringify(decision.result));
  return decision.result;
}

const finding = (fields: Partial<ScreeningFinding>): ScreeningFinding => ({
  action: 'remind',
  state: 'hit',
  rule: 'gender',
  lineNos: [1],
  amountFen: 12_000,
  text: '提示',
  ...fields,
});
const found = (fields: Partial<ScreeningFinding>): Partial<VisitInputs> => ({
  screening: { outcome: 'findings', findings: [finding(fields)] },
});

describe('a chronic-disease visit (domain-rules §4.8 E1)', () => {
  it.each([
    // filing             remoteFirstPay   pool     person
    ['longTermResident', 0, 28_320, 15_180],
    ['referral', 3_540, 25_488, 18_012],
    ['other', 7_080, 22_656, 20_844],
  ] as const)(
    'filed as %s pays first %s, the pool %s, the person %s',
    (type, first, pool, person) => {
      const [part] = settled({
        inputs: { coverage: coverage({ filings: [{ id: 'f', type, from: '2025-01-01' }] }) },
      }).settlements;
      expect(part?.totals).toEqual({
        totalFen: 43_500,
        ownPayFen: 3_500,
        overLimitFen: 2_000,
        firstPayFen: 2_600,
        eligibleFen: 35_400,
      });
      expect(part?.remoteFirstPayFen).toBe(first);
      expect(part?.payments).toMatchObject({ poolFen: pool, personFen: person, cashFen: person });
    },
  );

  it('is cut at the disease limit, counting what the year has used', () => {
    const year = { accumulators: { 'disease:M03900:2026': 30_000, 'pool:2026': 30_000 } };
    const [part] = settled({ year }).settlements;
    expect(part?.payments.poolFen).toBe(10_000);
    expect(part?.accumulators).toMatchObject({
      'disease:M03900:2026': 40_000,
      'pool:2026': 40_000,
    });
  });

  it('settles several diseases apart, in the order of their codes, the second seeing the first', () => {
    const result = settled({
      visit: {
        lines: [
          line({ lineNo: 1, amountFen: 25_000 }),
          line({ lineNo: 2, amountFen: 18_000, diseaseCode: 'M01600' }),
        ],
      },
    });
    expect(
      result.settlements.map((part) => [part.diseaseCode, part.lineNos, part.payments.poolFen]),
    ).toEqual([
      ['M01600', [2], 14_400],
      ['M03900', [1], 20_000],
    ]);
    expect(result.settlements.map((part) => part.accumulators['pool:2026'])).toEqual([
      14_400, 34_400,
    ]);
    expect(result.settlements.map((part) => part.settlementNo)).toEqual(['S1', 'S2']);
  });
});

describe('a refusal', () => {
  it.each<[string, Given]>([
    [
      'settlement.time-out-of-range',
      { visit: { settledAt: '2026-02-27T10:19:59+08:00', visitedOn: '2026-02-27' } },
    ],
    ['settlement.time-out-of-range', { visit: { settledAt: '2026-03-02T10:25:01+08:00' } }],
    ['settlement.already-settled', { inputs: { alreadySettled: 'G0' } }],
    [
      'settlement.institution-not-networked',
      { inputs: { institution: { ...inputs().institution!, city: '430200' } } },
    ],
    [
      'settlement.institution-not-networked',
      { inputs: { institution: { ...inputs().institution!, state: 'ended' } } },
    ],
    [
      'settlement.not-enrolled',
      {
        inputs: {
          coverage: coverage({ enrolment: { ...coverage().enrolment!, state: 'paused' } }),
        },
      },
    ],
    ['settlement.care-type-not-open', { visit: { careType: 'inpatient' } }],
    [
      'settlement.disease-missing',
      {
        visit: {
          lines: [line({ lineNo: 1, diseaseCode: 'M03900' }), line({ lineNo: 2 })],
          diseaseCode: undefined as never,
        },
      },
    ],
    ['settlement.disease-not-agreed', { visit: { diseaseCode: 'M07800' } }],
    ['settlement.not-qualified', { visit: { diseaseCode: 'M05300' } }],
    ['settlement.not-filed', { inputs: { coverage: coverage({ filings: [] }) } }],
    [
      'settlement.not-filed',
      {
        inputs: {
          coverage: coverage({
            filings: [{ id: 'f', type: 'other', from: '2025-01-01', until: '2026-03-01' }],
          }),
        },
      },
    ],
    ['settlement.blocked-by-screening', { inputs: found({ action: 'block' }) }],
    ['settlement.reason-required', { inputs: found({ action: 'reason' }) }],
  ])('%s names why and what to do, and settles nothing', (refused, given) => {
    const decision = decide(given);
    expect(decision.outcome).toBe('refused');
    expect(decision.result).toMatchObject({ refused });
    expect(decision.result).toHaveProperty('title', expect.stringMatching(/\p{Script=Han}/u));
    expect(decision.result).toHaveProperty('remedy', expect.stringMatching(/\p{Script=Han}/u));
  });

  it('of a person nobody knows carries how fresh that knowledge is', () => {
    const { coverage: _coverage, personKey: _person, ...rest } = inputs();
    const decision = decideVisit({
      visit: visit(),
      inputs: rest,
      year: EMPTY_YEAR,
      pack: undefined,
      agreement: AGREEMENT,
    });
    expect(decision.result).toMatchObject({
      refused: 'settlement.person-unknown',
      coverageAsOf: '2026-03-01T08:00:00+08:00',
    });
  });

  it('of a pair without agreement comes before anything about the person', () => {
    const decision = decideVisit({
      visit: visit(),
      inputs: inputs(),
      year: EMPTY_YEAR,
      pack: PACK,
      agreement: undefined,
    });
    expect(decision.result).toMatchObject({ refused: 'settlement.pair-not-agreed' });
  });
});

describe('an emergency', () => {
  it('counts as filed, and never worsens a long-term filing', () => {
    const [unfiled] = settled({
      visit: { emergency: true },
      inputs: { coverage: coverage({ filings: [] }) },
    }).settlements;
    const [filed] = settled({ visit: { emergency: true } }).settlements;
    expect([unfiled?.filing, unfiled?.remoteFirstPayFen]).toEqual([{ type: 'emergency' }, 3_540]);
    expect([filed?.filing, filed?.remoteFirstPayFen]).toEqual([
      { id: 'f1', type: 'longTermResident' },
      0,
    ]);
  });
});

describe('screening to money (architecture §11)', () => {
  const consent = {
    performedAt: '2026-03-02T10:00:00+08:00',
    patientConsentAt: '2026-03-02T09:00:00+08:00',
  };
  it.each([
    // action      consent  hospital    cash
    ['strikeOff', false, 12_000, 12_780],
    ['strikeOff', true, 12_000, 12_780],
    ['selfPay', false, 12_000, 12_780],
    ['selfPay', true, 0, 24_780],
  ] as const)(
    '%s, consent %s: the hospital bears %s, the patient pays %s',
    (action, hasConsent, hospital, cash) => {
      const lines = visit().lines.map((each) =>
        each.lineNo === 1 && hasConsent ? { ...each, ...consent } : each,
      );
      const [part] = settled({ visit: { lines }, inputs: found({ action }) }).settlements;
      // The line of 120.00 leaves the benefit: eligible 234.00, of which the pool pays 80 %.
      expect(part?.totals).toMatchObject({
        totalFen: 43_500,
        ownPayFen: 15_500,
        eligibleFen: 23_400,
      });
      expect(part?.payments).toMatchObject({
        poolFen: 18_720,
        hospitalFen: hospital,
        cashFen: cash,
      });
    },
  );

  it('takes a written reason, and reminders change nothing', () => {
    const reasons = [{ lineNo: 1, rule: 'gender', text: '医师说明' }];
    const explained = settled({ visit: { reasons }, inputs: found({ action: 'reason' }) });
    const reminded = settled({ inputs: found({ action: 'remind' }) });
    expect(explained.settlements[0]?.payments.poolFen).toBe(28_320);
    expect(reminded.settlements[0]?.payments.poolFen).toBe(28_320);
  });
});

describe('a suspension (architecture §11)', () => {
  const suspended = { practitioner: { doctorCode: 'D1', state: 'suspended' } } as const;

  it('costs the institution, never the patient, and consumes no cap', () => {
    const [usual] = settled().settlements;
    const [part] = settled({ inputs: suspended }).settlements;
    expect(part?.payments).toMatchObject({
      poolFen: 0,
      fundFen: 0,
      personFen: 43_500,
      hospitalFen: 28_320,
      cashFen: usual?.payments.cashFen,
    });
    expect(Object.keys(part?.uses ?? {})).toEqual(['selfPay:2026']);
    expect(part?.postings).toEqual([]);
  });

  it('does not count in an emergency', () => {
    const [part] = settled({ visit: { emergency: true }, inputs: suspended }).settlements;
    expect(part?.payments.poolFen).toBe(28_320);
  });
});

describe('laws of every settlement', () => {
  const lines = fc.array(
    fc.record({
      amountFen: fc.integer({ min: 0, max: 5_000_000 }),
      catalogueClass: fc.constantFrom('A', 'B', 'C'),
      firstPayBasisPoints: fc.integer({ min: 0, max: 10_000 }),
      priceLimitMicroYuan: fc.option(fc.integer({ min: 0, max: 50_000_000 }), { nil: undefined }),
      diseaseCode: fc.constantFrom('M03900', 'M01600'),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it('parts add up, entries balance, the year is the sum of its uses, and the explanation repeats the decision', () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (generated, isSuspended) => {
        const given: Given = {
          visit: {
            lines: generated.map(({ priceLimitMicroYuan, ...each }, index) =>
              line({
                lineNo: index + 1,
                ...each,
                ...(priceLimitMicroYuan === undefined ? {} : { priceLimitMicroYuan }),
              }),
            ),
          },
          inputs: isSuspended ? { practitioner: { doctorCode: 'D1', state: 'terminated' } } : {},
        };
        const decision = decide(given);
        if (decision.outcome !== 'settled') throw new Error('refused');
        const { result } = decision;
        for (const { totals, payments, postings } of result.settlements) {
          const {
            poolFen,
            majorIllnessFen,
            largeAmountFen,
            civilServantFen,
            enterpriseFen,
            assistanceFen,
            otherFen,
          } = payments;
          expect(totals.totalFen).toBe(
            totals.ownPayFen + totals.overLimitFen + totals.firstPayFen + totals.eligibleFen,
          );
          expect(payments.fundFen).toBe(
            poolFen +
              majorIllnessFen +
              largeAmountFen +
              civilServantFen +
              enterpriseFen +
              assistanceFen +
              otherFen,
          );
          expect(payments.personFen).toBe(totals.totalFen - payments.fundFen);
          expect(payments.personFen).toBe(
            payments.accountFen +
              payments.familyAccountFen +
              payments.cashFen +
              payments.hospitalFen,
          );
          expect(Object.values({ ...totals, ...payments }).every((amount) => amount >= 0)).toBe(
            true,
          );
          expect(postings.reduce((sum, posting) => sum + posting.amountFen, 0)).toBe(0);
        }
        const year = evolveYear(EMPTY_YEAR, { type: 'VisitSettled.v1', result });
        const last = result.settlements.at(-1)?.accumulators ?? {};
        for (const [key, amount] of Object.entries(last))
          expect(year.accumulators[key] ?? 0).toBe(amount);
        const stored = JSON.parse(
          JSON.stringify({ command: visit(given.visit), inputs: inputs(given.inputs), result }),
        ) as never;
        expect(explainBenefits(benefitsOf(stored, PACK, AGREEMENT))).toEqual(
          explainBenefits(decision.benefits),
        );
      }),
      { numRuns: 200 },
    );
  });
});
