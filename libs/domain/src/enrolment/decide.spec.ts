import {
  type Coverage,
  decideCancel,
  decideContribution,
  decideEnd,
  decideEnrolment,
  decideFiling,
  decideGrant,
  evolveCoverage,
  type FilingMade,
  filingStateOn,
  type FilingType,
  type GrantQualification,
  lastDayOfMonths,
  type MakeFiling,
  type RegisterEnrolment,
} from '@domain/enrolment';
import { civilDate, isRefusal } from '@domain/kernel';

const decidedAt = '2026-03-02T08:00:00+08:00';
const personKey = 'p1';
const personNoHash = { keyId: 'k1', hash: 'aa' };
const recordedAt = decidedAt;

const register: RegisterEnrolment = {
  insuredCity: '360700',
  personNoHash,
  gender: 'female',
  birthDate: '1950-06-15',
  insurance: 'resident',
  personType: 'resident',
  state: 'active',
  from: '2026-01-01',
};
const registerInputs = { decidedAt, personKey, lookaheadDays: 366 };

/** A person of 赣州, enrolled since January, with what else is given. */
function personOf(...facts: readonly Parameters<typeof evolveCoverage>[1][]): Coverage {
  const enrolled = { type: 'EnrolmentChanged.v1', result: { ...register, personKey } } as const;
  return [enrolled, ...facts].reduce<Coverage | undefined>(
    (coverage, fact) =>
      evolveCoverage(coverage, fact, { version: (coverage?.version ?? 0) + 1, recordedAt }),
    undefined,
  )!;
}

/** `refused` of a refusal with its field, or `ok`. */
const outcome = (decided: object): string => {
  if (!isRefusal(decided)) return 'ok';
  const reason = decided.refused.replace('enrolment.', '');
  return decided.field === undefined ? reason : `${reason} ${decided.field}`;
};

describe('registering an enrolment', () => {
  it.each<readonly [Partial<RegisterEnrolment>, string]>([
    [{}, 'ok'],
    [{ from: '1950-06-15', birthDate: '1950-06-15' }, 'ok'],
    [{ from: '1950-06-14' }, 'period-invalid from'],
    [{ birthDate: '2026-03-03', from: '2026-03-03' }, 'period-invalid birthDate'],
    [{ until: '2025-12-31' }, 'period-invalid until'],
    [{ until: '2026-01-01' }, 'ok'],
    [{ from: '2027-03-03' }, 'ok'],
    [{ from: '2027-03-04' }, 'period-invalid from'],
    [{ state: 'deceased', from: '2026-03-02' }, 'ok'],
    [{ state: 'deceased', from: '2026-03-03' }, 'period-invalid from'],
    [{ insurance: 'employee' }, 'person-type-mismatch personType'],
    [{ insurance: 'employee', personType: 'retired' }, 'ok'],
    [{ personType: 'inService' }, 'person-type-mismatch personType'],
  ])('%j is %s', (part, expected) => {
    expect(outcome(decideEnrolment(undefined, { ...register, ...part }, registerInputs))).toBe(
      expected,
    );
  });

  it('gives a number to one person only', () => {
    const own = decideEnrolment(personOf(), register, { ...registerInputs, numberOwner: 'p1' });
    const taken = decideEnrolment(undefined, register, { ...registerInputs, numberOwner: 'p2' });
    expect([outcome(own), outcome(taken)]).toEqual(['ok', 'person-no-taken personNo']);
  });

  it.each<readonly [string, Partial<RegisterEnrolment>, string]>([
    ['an active state afterwards', { from: '2026-02-20' }, 'deceased state'],
    ['an open state begun before', { from: '2026-01-15' }, 'deceased state'],
    ['another city', { insuredCity: '430100', from: '2026-03-01' }, 'deceased state'],
    ['days before the death', { from: '2025-01-01', until: '2025-12-31' }, 'ok'],
    ['the death itself, corrected', { from: '2026-02-10' }, 'ok'],
  ])('after a death: %s', (_title, part, expected) => {
    const dead = personOf({
      type: 'EnrolmentChanged.v1',
      result: { ...register, personKey, state: 'deceased', from: '2026-02-10' },
    });
    expect(outcome(decideEnrolment(dead, { ...register, ...part }, registerInputs))).toBe(expected);
  });
});

const grant: GrantQualification = {
  insuredCity: '360700',
  personNoHash,
  diseaseCode: 'M03900',
  from: '2026-01-01',
};
const grantInputs = { decidedAt, personKey, qualificationId: 'q2', diseaseKnown: true };
const held = {
  type: 'QualificationGranted.v1',
  result: {
    personKey,
    qualificationId: 'q1',
    insuredCity: '360700',
    diseaseCode: 'M03900',
    from: '2025-01-01',
    until: '2025-12-31',
  },
} as const;

describe('a qualification', () => {
  it.each<readonly [Partial<GrantQualification>, boolean, string]>([
    [{}, true, 'ok'],
    [{ from: '2025-12-31' }, true, 'overlap from'],
    [{ from: '2024-01-01', until: '2024-12-31' }, true, 'ok'],
    [{ from: '2024-01-01' }, true, 'overlap from'],
    [{ diseaseCode: 'M01600', from: '2025-06-01' }, true, 'ok'],
    [{ diseaseCode: 'M99999' }, false, 'disease-unknown diseaseCode'],
    [{ until: '2025-12-31' }, true, 'period-invalid until'],
    [{ insuredCity: '430100' }, true, 'person-unknown'],
  ])('granted %j with the code known: %s, is %s', (part, diseaseKnown, expected) => {
    const decided = decideGrant(
      personOf(held),
      { ...grant, ...part },
      { ...grantInputs, diseaseKnown },
    );
    expect(outcome(decided)).toBe(expected);
  });

  it.each([
    // asked             last day or refusal
    [undefined, '2026-03-01'],
    ['2026-06-30', '2026-06-30'],
    ['2025-12-01', '2025-12-31'],
    ['2027-01-01', 'period-invalid until'],
  ])('ended with until %s holds last on %s', (until, expected) => {
    const open = personOf({
      type: 'QualificationGranted.v1',
      result: { ...held.result, from: '2026-01-01', until: '2026-12-31' },
    });
    const command = { qualificationId: 'q1', ...(until === undefined ? {} : { until }) };
    const ended = decideEnd(open, command, { decidedAt, personKey });
    expect(isRefusal(ended) ? outcome(ended) : ended.until).toBe(expected);
  });

  it('that ended, or that nobody granted, does not end again', () => {
    const inputs = { decidedAt, personKey };
    const again = decideEnd(personOf(held), { qualificationId: 'q1' }, inputs);
    const unknown = decideEnd(personOf(held), { qualificationId: 'q9' }, inputs);
    expect([outcome(again), outcome(unknown)]).toEqual([
      'already-ended',
      'qualification.not-found',
    ]);
  });
});

const filing: MakeFiling = {
  insuredCity: '360700',
  personNoHash,
  careCity: '430100',
  type: 'referral',
  from: '2026-03-01',
};
const filingInputs = {
  decidedAt,
  personKey,
  filingId: 'f2',
  careCityKnown: true,
  temporaryFilingMonths: 6,
  minimumTermTypes: ['referral', 'other'],
  lookaheadDays: 366,
} as const;

const filed = (part: Partial<FilingMade>) =>
  ({
    type: 'FilingMade.v1',
    result: {
      personKey,
      filingId: 'f1',
      insuredCity: '360700',
      careCity: '430100',
      type: 'longTermResident',
      from: '2024-01-01',
      ...part,
    },
  }) as const;

describe('a filing', () => {
  it.each<readonly [FilingType, string | undefined, string]>([
    // type            until asked   until given, or refusal
    ['resettledRetiree', undefined, 'open'],
    ['longTermResident', '2026-03-31', '2026-03-31'],
    ['stationedWorker', undefined, 'open'],
    ['referral', undefined, '2026-08-31'],
    ['referral', '2026-08-31', '2026-08-31'],
    ['referral', '2026-08-30', 'filing-too-short until'],
    ['referral', '2027-02-28', '2027-02-28'],
    ['other', '2026-05-31', 'filing-too-short until'],
    ['other', undefined, '2026-08-31'],
    ['emergency', '2026-03-10', '2026-03-10'],
    ['emergency', undefined, '2026-08-31'],
    ['other', '2026-02-28', 'period-invalid until'],
  ])('%s from March, until %s: %s', (type, until, expected) => {
    const command = { ...filing, type, ...(until === undefined ? {} : { until }) };
    const made = decideFiling(personOf(), command, filingInputs);
    expect(isRefusal(made) ? outcome(made) : (made.until ?? 'open')).toBe(expected);
  });

  it.each<readonly [string, Partial<MakeFiling>, boolean, string]>([
    [
      'with a city of the same province',
      { careCity: '360400' },
      true,
      'care-city-same-province careCity',
    ],
    ['with a city that takes no part', { careCity: '440100' }, false, 'city-unknown careCity'],
    ['of somebody insured elsewhere', { insuredCity: '360400' }, true, 'person-unknown'],
    ['too far ahead', { from: '2027-03-04' }, true, 'period-invalid from'],
  ])('%s is refused', (_title, part, careCityKnown, expected) => {
    const inputs = { ...filingInputs, careCityKnown };
    expect(outcome(decideFiling(personOf(), { ...filing, ...part }, inputs))).toBe(expected);
  });

  it.each<readonly [string, Partial<FilingMade>, Partial<MakeFiling>, string]>([
    ['another long-term type', {}, { type: 'stationedWorker' }, 'supersedes f1'],
    ['a temporary beside a long-term one', {}, { type: 'other' }, 'stands beside'],
    ['another city', { careCity: '430200' }, { type: 'longTermResident' }, 'stands beside'],
    [
      'the same type while one holds',
      { type: 'referral', until: '2026-06-30' },
      {},
      'supersedes f1',
    ],
    [
      'the same type after one ended',
      { type: 'referral', until: '2026-02-28' },
      {},
      'stands beside',
    ],
    [
      'the same type before one begins',
      { type: 'referral', from: '2026-04-01' },
      {},
      'overlap from',
    ],
    ['the same beginning', { type: 'referral', from: '2026-03-01' }, {}, 'overlap from'],
  ])('%s: %s then %s', (_title, known, part, expected) => {
    const made = decideFiling(personOf(filed(known)), { ...filing, ...part }, filingInputs);
    const done = isRefusal(made)
      ? outcome(made)
      : made.supersedes === undefined
        ? 'stands beside'
        : `supersedes ${made.supersedes.join()}`;
    expect(done).toBe(expected);
  });

  it('superseded ends the day before, and is named so', () => {
    const made = decideFiling(
      personOf(filed({})),
      { ...filing, type: 'stationedWorker' },
      filingInputs,
    );
    if (isRefusal(made)) throw new Error(made.refused);
    const { filings } = personOf(filed({}), { type: 'FilingMade.v1', result: made });
    const states = ['2026-02-28', '2026-03-01'].map((day) =>
      filings.map((one) => filingStateOn(one, civilDate(day))),
    );
    expect(states).toEqual([
      ['active', 'upcoming'],
      ['superseded', 'active'],
    ]);
  });

  it('is upcoming, active, expired or cancelled by the day', () => {
    const cancelled = decideCancel(
      personOf(filed({})),
      { filingId: 'f1' },
      { decidedAt, personKey },
    );
    if (isRefusal(cancelled)) throw new Error(cancelled.refused);
    const coverage = personOf(
      filed({}),
      { type: 'FilingCancelled.v1', result: cancelled },
      filed({ filingId: 'f3', type: 'other', from: '2026-01-01', until: '2026-06-30' }),
    );
    const states = ['2023-12-31', '2026-03-01', '2026-03-02', '2026-07-01'].map((day) =>
      coverage.filings.map((one) => filingStateOn(one, civilDate(day))).join(' '),
    );
    expect(states).toEqual([
      'upcoming upcoming',
      'active active',
      'cancelled active',
      'cancelled expired',
    ]);
  });

  it('cancelled before it began never holds', () => {
    const upcoming = personOf(filed({ from: '2026-05-01' }));
    const cancelled = decideCancel(upcoming, { filingId: 'f1' }, { decidedAt, personKey });
    if (isRefusal(cancelled)) throw new Error(cancelled.refused);
    const { filings } = personOf(filed({ from: '2026-05-01' }), {
      type: 'FilingCancelled.v1',
      result: cancelled,
    });
    expect(filings.map((one) => filingStateOn(one, civilDate('2026-05-01')))).toEqual([
      'cancelled',
    ]);
  });
});

describe('six months', () => {
  it.each([
    ['2026-01-01', '2026-06-30'],
    ['2026-03-15', '2026-09-14'],
    ['2025-08-31', '2026-02-28'],
    ['2023-08-31', '2024-02-29'],
    ['2026-07-01', '2026-12-31'],
  ])('from %s end on %s', (from, until) => {
    expect(lastDayOfMonths(civilDate(from), 6)).toBe(until);
  });
});

describe('a contribution', () => {
  const contribution = {
    insuredCity: '360700',
    personNoHash,
    month: '202603',
    baseFen: 500_000,
    amountFen: 40_000,
    payer: 'self',
  };
  it.each([
    [{}, 'ok'],
    [{ accountCreditFen: 40_000 }, 'ok'],
    [{ accountCreditFen: 40_001 }, 'contribution-invalid accountCreditFen'],
    [{ month: '202712' }, 'ok'],
    [{ month: '202801' }, 'period-invalid month'],
    [{ insuredCity: '430100' }, 'person-unknown'],
  ])('%j is %s', (part, expected) => {
    const inputs = { decidedAt, personKey };
    expect(outcome(decideContribution(personOf(), { ...contribution, ...part }, inputs))).toBe(
      expected,
    );
  });
});
