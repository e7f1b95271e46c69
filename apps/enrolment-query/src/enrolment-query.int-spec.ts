import { enrolmentRoutes } from '@lib/contracts';
import { authorisationCases, OWN_CITY, OWN_PERSON } from '@lib/edge';
import {
  decideJournalAgain,
  enrolmentOf,
  type Reply,
  startTestService,
  type TestService,
} from './service.fixtures';

let test: TestService;
let ganzhou: string;
let changsha: string;
let changshaPartner: string;
let auditor: string;

beforeAll(async () => {
  test = await startTestService('doors');
  ganzhou = await test.token('agency', '360700');
  changsha = await test.token('agency', '430100');
  changshaPartner = await test.token('partner', '430100');
  auditor = await test.token('auditor');
}, 60_000);
afterAll(() => test.stop(), 30_000);

const count = async (table: string, where = 'true'): Promise<number> => {
  const [row] = await test.database.query<{ count: number }[]>(
    `select count(*)::int as count from ${table} where ${where}`,
  );
  return row?.count ?? -1;
};

const enrol = (n: number, part: object = {}, as = ganzhou) =>
  test.post('/v1/enrolments', enrolmentOf(n, part), as);

const keyOf = async (n: number, part: object = {}): Promise<string> => {
  const { status, body } = await enrol(n, part);
  if (status !== 201) throw new Error(`not registered: ${JSON.stringify(body)}`);
  return String(body['personKey']);
};

const person = (n: number) => {
  const { insuredCity, personNo } = enrolmentOf(n);
  return { insuredCity, personNo };
};

const file = (n: number, part: object = {}, as = ganzhou) =>
  test.post(
    '/v1/filings',
    { ...person(n), careCity: '430100', type: 'other', from: '2026-03-01', ...part },
    as,
  );

const ask = (n: number, as: string, part: object = {}) =>
  test.post('/v1/coverage-queries', { ...person(n), purpose: '就医前核对', ...part }, as);

const verdict = ({ status, body }: Reply): string => {
  const refused = typeof body['refused'] === 'string' ? ` ${body['refused']}` : '';
  const field = typeof body['field'] === 'string' ? ` ${body['field']}` : '';
  return `${status}${refused}${field}`;
};

describe('registering a person', () => {
  it('answers with an opaque key, and the same key with the same bytes', async () => {
    const body = enrolmentOf(1);
    const first = await test.post('/v1/enrolments', body, ganzhou, 'once');
    const again = await test.post('/v1/enrolments', body, ganzhou, 'once');
    const other = await test.post('/v1/enrolments', { ...body, state: 'paused' }, ganzhou, 'once');
    expect(first.status).toBe(201);
    expect(Object.keys(first.body)).toEqual(['personKey']);
    expect(first.body['personKey']).toMatch(/^[0-9a-f-]{36}$/);
    expect(again).toEqual({ ...first, replayed: 'true' });
    expect(verdict(other)).toBe('422 idempotency.key-reused');
    const stream = `person/${String(first.body['personKey'])}`;
    expect(await count('journal', `stream = '${stream}'`)).toBe(1);
  });

  it('gives one certificate one key in all cities, however its letters are written', async () => {
    const part = { certificateNo: '36070019500615003x' };
    const here = await keyOf(2, part);
    const there = await enrol(
      2,
      { insuredCity: '430100', personNo: 'CS000002', certificateNo: '36070019500615003X' },
      changsha,
    );
    expect(there.body['personKey']).toBe(here);
  });

  it('gives one key when two cities register a certificate at the same moment', async () => {
    const replies = await Promise.all(
      Array.from({ length: 16 }, (_none, at) =>
        at % 2 === 0
          ? enrol(3, { from: `2020-01-${String(at + 1).padStart(2, '0')}` })
          : enrol(3, { insuredCity: '430100', personNo: 'CS000003' }, changsha),
      ),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(({ body }) => body['personKey'])).size).toBe(1);
  });

  it('refuses the number of somebody else, keeps the refusal for auditors, and leaves no person', async () => {
    await keyOf(4);
    const persons = await count('person');
    const other = enrolmentOf(4, { certificateNo: '360700198001010011' });
    const refused = await test.post('/v1/enrolments', other, ganzhou, 'taken');
    const again = await test.post('/v1/enrolments', other, ganzhou, 'taken');
    expect(verdict(refused)).toBe('422 enrolment.person-no-taken personNo');
    expect(refused.body).toMatchObject({ title: '该人员编号已属于其他参保人' });
    expect(again).toEqual({ ...refused, replayed: 'true' });
    expect(await count('person')).toBe(persons);
    expect(await count('journal', `type = 'EnrolmentRefused.v1' and command_key = 'taken'`)).toBe(
      1,
    );
  });

  it('refuses a bad period and leaves neither person nor number', async () => {
    const before = [await count('person'), await count('person_number')];
    const { status, body } = await enrol(5, { until: '2019-12-31' });
    expect([status, body['refused'], body['field']]).toEqual([
      422,
      'enrolment.period-invalid',
      'until',
    ]);
    expect([await count('person'), await count('person_number')]).toEqual(before);
  });

  it.each<readonly [string, object, string]>([
    ['an unknown field', { phone: '1' }, '400 edge.field-unknown phone'],
    ['a day that is none', { birthDate: '1950-02-30' }, '400 edge.field-invalid birthDate'],
    ['another gender', { gender: 'x' }, '400 edge.field-invalid gender'],
    ['another city', { insuredCity: '360400' }, '403 edge.city-not-allowed insuredCity'],
    ['no number', { personNo: '' }, '400 edge.field-invalid personNo'],
    ['a prototype', { county: { constructor: 1 } }, '400 edge.forbidden-key county.constructor'],
  ])('names the field of %s and stores nothing', async (_title, part, expected) => {
    const facts = await count('journal');
    expect(verdict(await enrol(6, part))).toBe(expected);
    expect(await count('journal')).toBe(facts);
  });
});

describe('what a person holds', () => {
  it('is granted, filed, paid and ended, each answered again to the same key', async () => {
    await keyOf(10);
    const writes: readonly (readonly [string, object, number])[] = [
      ['/v1/qualifications', { ...person(10), diseaseCode: 'M03900', from: '2026-01-01' }, 201],
      [
        '/v1/filings',
        { ...person(10), careCity: '430100', type: 'other', from: '2026-03-01' },
        201,
      ],
      [
        '/v1/contributions',
        { ...person(10), month: '202602', baseFen: 500_000, amountFen: 40_000, payer: 'self' },
        201,
      ],
    ];
    for (const [path, body, status] of writes) {
      const first = await test.post(path, body, ganzhou, `write ${path}`.replace(' ', '-'));
      const again = await test.post(path, body, ganzhou, `write ${path}`.replace(' ', '-'));
      expect([path, first.status]).toEqual([path, status]);
      expect(again).toEqual({ ...first, replayed: 'true' });
    }
    const answer = await ask(10, ganzhou, { diseaseCode: 'M03900' });
    const filings = answer.body['filings'] as { id: string }[];
    expect(answer.body).toMatchObject({
      name: '欧阳春花',
      state: 'active',
      insurance: 'resident',
      filings: [{ careCity: '430100', type: 'other', until: '2026-08-31', state: 'active' }],
      qualification: { diseaseCode: 'M03900', held: true, from: '2026-01-01' },
      contributionMonths: ['202602'],
    });
    const cancelled = await test.post(
      `/v1/filings/${filings[0]?.id ?? ''}/cancel`,
      { reason: '返回参保地' },
      ganzhou,
    );
    expect([cancelled.status, cancelled.body['until']]).toEqual([200, '2026-03-01']);
    const after = await ask(10, ganzhou);
    expect(after.body['filings']).toMatchObject([{ state: 'cancelled' }]);
    expect((await ask(10, changshaPartner)).body['filings']).toEqual([]);
  });

  it.each<readonly [string, string, object, string]>([
    [
      'a disease nobody listed',
      'qualifications',
      { diseaseCode: 'M99999' },
      'disease-unknown diseaseCode',
    ],
    ['a person nobody knows', 'qualifications', { personNo: 'NOBODY00' }, 'person-unknown'],
    [
      'a filing inside the province',
      'filings',
      { careCity: '360400' },
      'care-city-same-province careCity',
    ],
    [
      'a filing to a city that takes no part',
      'filings',
      { careCity: '440100' },
      'city-unknown careCity',
    ],
    ['a short temporary filing', 'filings', { until: '2026-04-01' }, 'filing-too-short until'],
  ])('%s is refused with a remedy and kept for auditors', async (_title, what, part, expected) => {
    await keyOf(11);
    const bodies: Readonly<Record<string, object>> = {
      qualifications: { ...person(11), diseaseCode: 'M03900', from: '2026-01-01' },
      filings: { ...person(11), careCity: '430100', type: 'other', from: '2026-03-01' },
    };
    const refusals = await count('journal', `type = 'EnrolmentRefused.v1'`);
    const refused = await test.post(`/v1/${what}`, { ...bodies[what], ...part }, ganzhou);
    expect(verdict(refused)).toBe(`422 enrolment.${expected}`);
    expect(refused.body['remedy']).toMatch(/。$/);
    expect(await count('journal', `type = 'EnrolmentRefused.v1'`)).toBe(refusals + 1);
  });

  it('is cancelled and ended by the insured city alone: others are told what an unknown id is told', async () => {
    await keyOf(12);
    const filed = await file(12);
    const path = `/v1/filings/${String(filed.body['id'])}/cancel`;
    const foreign = await test.post(path, {}, changsha);
    const unknown = await test.post('/v1/filings/nothing/cancel', {}, ganzhou);
    expect(verdict(foreign)).toBe('404 enrolment.filing.not-found');
    expect(foreign.text).toBe(unknown.text);
    const partner = await test.token('partner', '360700');
    expect(verdict(await test.post(path, {}, partner))).toBe('200');
    expect(verdict(await test.post(path, {}, ganzhou))).toBe('422 enrolment.already-ended');
    const qualification = await test.post('/v1/qualifications/nothing/end', {}, ganzhou);
    expect(verdict(qualification)).toBe('404 enrolment.qualification.not-found');
  });

  it('is filed by the person for themself alone, and a refusal of that kind binds no key', async () => {
    const own = await keyOf(13);
    await keyOf(14);
    const self = await test.token('person', undefined, own);
    expect(verdict(await file(14, {}, self))).toBe('403 edge.not-own');
    expect(verdict(await file(99, {}, self))).toBe('403 edge.not-own');
    const filed = await file(13, {}, self);
    expect(filed.status).toBe(201);
    const other = await test.token('person', undefined, await keyOf(15));
    const path = `/v1/filings/${String(filed.body['id'])}/cancel`;
    expect(verdict(await test.post(path, {}, other, 'mine'))).toBe('403 edge.not-own');
    expect(verdict(await test.post(path, {}, self, 'mine'))).toBe('200');
  });

  it('never comes with an identity in free text', async () => {
    await keyOf(16);
    const filed = await file(16);
    const path = `/v1/filings/${String(filed.body['id'])}/cancel`;
    const inReason = await test.post(path, { reason: '证件 360700195006000016' }, ganzhou);
    const inPurpose = await ask(16, ganzhou, { purpose: `查 ${person(16).personNo}` });
    expect([verdict(inReason), verdict(inPurpose)]).toEqual([
      '422 enrolment.identity-in-text reason',
      '422 enrolment.identity-in-text purpose',
    ]);
  });
});

describe('asking what covers a person', () => {
  beforeAll(async () => {
    await keyOf(20, { assistanceClass: 'A' });
    for (const diseaseCode of ['M03900', 'M00300']) {
      const body = { ...person(20), diseaseCode, from: '2026-01-01', limitFen: 300_000 };
      await test.post('/v1/qualifications', body, ganzhou);
    }
    await file(20);
    await file(20, { careCity: '430200' });
  });

  it('confirms to another city only what it asked, with a masked name', async () => {
    const { status, body } = await ask(20, changshaPartner, { diseaseCode: 'M03900' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: '欧**花', qualification: { held: true } });
    expect(body['filings']).toMatchObject([{ careCity: '430100' }]);
    expect(Object.keys(body)).not.toContain('assistanceClass');
    expect((await ask(20, changshaPartner)).body).not.toHaveProperty('qualification');
  });

  it('says nothing of a withheld disease to others or to any partner, whether it is there or not', async () => {
    await keyOf(21);
    const insuredPartner = await test.token('partner', '360700');
    for (const token of [changsha, changshaPartner, insuredPartner]) {
      for (const n of [20, 21]) {
        const { body } = await ask(n, token, { diseaseCode: 'M00300' });
        expect(body['qualification']).toEqual({ diseaseCode: 'M00300', withheld: true });
      }
    }
    const own = await ask(20, ganzhou, { diseaseCode: 'M00300' });
    expect(own.body['qualification']).toMatchObject({ held: true, limitFen: 300_000 });
  });

  it('finds a person by certificate, and gives the person all of their own', async () => {
    const { certificateType, certificateNo, insuredCity } = enrolmentOf(20);
    const question = { insuredCity, certificateType, certificateNo, purpose: '转移接续' };
    const found = await test.post('/v1/coverage-queries', question, changsha);
    const self = await test.token('person', undefined, String(found.body['personKey']));
    const own = await test.post('/v1/coverage-queries', question, self);
    expect(own.body).toMatchObject({ name: '欧阳春花', assistanceClass: 'A' });
    expect((own.body['filings'] as object[]).length).toBe(2);
    expect(verdict(await ask(21, self))).toBe('403 edge.not-own');
  });

  it('says what a day looks like, and what was known of it then', async () => {
    await keyOf(22, { from: '2026-01-01' });
    const before = await ask(22, ganzhou, { on: '2025-12-31' });
    expect(before.body).toMatchObject({ state: 'none', on: '2025-12-31', filings: [] });
    // Recorded today: until yesterday nobody knew.
    const unknown = await ask(22, ganzhou, { on: '2026-02-01', knownOn: '2026-03-01' });
    expect(verdict(unknown)).toBe('422 enrolment.person-unknown');
    const recorded = String((await ask(22, ganzhou)).body['asOf']);
    await enrol(22, { from: '2026-01-15', state: 'ended' });
    const now = await ask(22, ganzhou, { on: '2026-02-01' });
    const then = await ask(22, ganzhou, { on: '2026-02-01', knownOn: recorded });
    const today = await ask(22, ganzhou, { on: '2026-02-01', knownOn: '2026-03-02' });
    expect([now.body['state'], then.body['state'], today.body['state']]).toEqual([
      'ended',
      'active',
      'ended',
    ]);
    expect(then.body['asOf']).toBe(recorded);
  });

  it('needs a purpose and one way to name the person', async () => {
    const { insuredCity, personNo } = person(20);
    const replies = [
      await test.post('/v1/coverage-queries', { insuredCity, personNo }, ganzhou),
      await test.post('/v1/coverage-queries', { insuredCity, purpose: '核对' }, ganzhou),
      await ask(20, ganzhou, { on: 'today' }),
      await ask(20, ganzhou, { knownOn: '2026-13-01' }),
    ];
    expect(replies.map(verdict)).toEqual([
      '400 edge.field-missing purpose',
      '400 edge.field-missing personNo',
      '400 edge.field-invalid on',
      '400 edge.field-invalid knownOn',
    ]);
  });

  it('is kept: who, when, why, newest first, for the insured city, the auditor and the person', async () => {
    const personKey = await keyOf(23);
    await ask(23, changshaPartner, { purpose: '门诊登记', reference: 'V-2026-1' });
    await ask(23, changsha, { purpose: '待遇核对', diseaseCode: 'M03900' });
    const path = `/v1/access-log?personKey=${personKey}`;
    const self = await test.token('person', undefined, personKey);
    const replies = await Promise.all([auditor, ganzhou, self].map((as) => test.get(path, as)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(replies[0]?.body['accesses']).toMatchObject([
      { actor: { role: 'agency', city: '430100' }, purpose: '待遇核对', diseaseCode: 'M03900' },
      { actor: { role: 'partner', city: '430100' }, purpose: '门诊登记', reference: 'V-2026-1' },
    ]);
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    const page = await test.get(`${path}&limit=1`, auditor);
    const rest = await test.get(`${path}&limit=1&after=${String(page.body['next'])}`, auditor);
    expect(rest.body['accesses']).toMatchObject([{ purpose: '门诊登记' }]);
    const foreign = await test.get(path, changsha);
    const nobody = await test.get('/v1/access-log?personKey=nobody', changsha);
    expect([verdict(foreign), foreign.text]).toEqual(['404 edge.not-found', nobody.text]);
  });

  it('about nobody is refused and kept, without the certificate that was asked for', async () => {
    const question = {
      insuredCity: '360700',
      certificateType: '01',
      certificateNo: '110101199003070000',
      purpose: '核对',
    };
    const refused = await test.post('/v1/coverage-queries', question, ganzhou);
    expect(verdict(refused)).toBe('422 enrolment.person-unknown');
    const { hash } = test.keys.certificateHash('01', question.certificateNo);
    expect(await count('journal', `payload like '%${hash}%'`)).toBe(0);
    expect(await count('journal', `payload like '%"kind":"query"%'`)).toBeGreaterThan(0);
  });
});

describe('the authorisation table of enrolment-query', () => {
  it('is what the doors do, for every route, role and place', async () => {
    const tokens = new Map<string, string>();
    const wrong: string[] = [];
    for (const each of authorisationCases(Object.values(enrolmentRoutes))) {
      const token = tokens.get(each.role) ?? (await test.token(each.role, OWN_CITY, OWN_PERSON));
      tokens.set(each.role, token);
      const { method, path, body, headers } = each.request;
      const type = each.contract.stream === undefined ? 'json' : 'x-ndjson';
      const response = await fetch(`${test.service.url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': `application/${type}` }),
          ...headers,
          authorization: `Bearer ${token}`,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      await response.arrayBuffer();
      const isForbidden = response.status === 403 || response.status === 401;
      const isWrong =
        each.expected === 'forbidden' ? !isForbidden : each.expected === 'admitted' && isForbidden;
      if (isWrong) wrong.push(`${each.title}: ${response.status}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);
});

describe('the journal of these tests', () => {
  it('decided again from its own inputs gives every fact, refusal and state that was stored', async () => {
    const { different, decided } = await decideJournalAgain(test.database);
    expect(different).toEqual([]);
    expect(decided.facts).toBeGreaterThan(20);
    expect(decided.refusals).toBeGreaterThan(4);
  });
});
