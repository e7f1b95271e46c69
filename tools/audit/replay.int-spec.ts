import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { auditTool } from './main';
import { replayService, type ServiceReplay } from './replay-service';
import {
  forge,
  type SettledDatabase,
  settledDatabase,
  tamper,
  withClient,
  withCopy,
} from './settled-database.fixtures';

jest.setTimeout(120_000);

const A1 = 'benefit-year/360700/2026/a1';
const C3 = 'benefit-year/360700/2026/c3';
const B2 = 'benefit-year/360700/2026/b2';

let settled: SettledDatabase;
beforeAll(async () => {
  settled = await settledDatabase();
});
afterAll(() => settled.drop());

const replay = (url: string): Promise<ServiceReplay> =>
  replayService({ service: 'settlement', url, threads: 1 });

/** The replay of a copy that was tampered with by SQL. */
const replayTampered = (sql: string): Promise<ServiceReplay> =>
  withCopy(settled.name, async (url) => {
    await tamper(url, sql);
    return replay(url);
  });

const refusalStream = (where: string): Promise<{ stream: string; version: number }> =>
  withClient(settled.url, async (client) => {
    const { rows } = await client.query<{ stream: string; version: number }>(
      `select stream, version from journal where stream like 'refusals/%' and ${where}`,
    );
    return rows[0] ?? { stream: '', version: 0 };
  });

describe('the replay of an untouched journal', () => {
  it('decides settled, refused and reversed visits again and finds them as they are stored', async () => {
    const found = await replay(settled.url);
    expect(found.difference).toBeUndefined();
    expect(found.chainOnly).toBe(0);
    expect(found.decided).toBe(found.facts);
    const counted = await withClient(settled.url, (client) =>
      client.query<{ type: string; count: number }>(
        `select type, count(*)::int as count from journal where type !~ '^(Inst|Pract|Pol|Agr)' group by type order by type`,
      ),
    );
    expect(counted.rows).toEqual([
      { type: 'ReversalRefused.v1', count: 3 },
      { type: 'SettlementRefused.v1', count: 2 },
      { type: 'SettlementReversed.v1', count: 2 },
      { type: 'VisitSettled.v1', count: 6 },
    ]);
    expect(found.ranges.map(({ range }) => range)).toContain('benefit-year/360700/2026');
  });

  it('gives the same digests with several threads as with one', async () => {
    const worker = {
      file: join(__dirname, 'worker.ts'),
      execArgv: ['-r', join(__dirname, '../../libs/journal/test/typescript-hook.cjs')],
    };
    const [one, two] = [
      await replay(settled.url),
      await replayService({ service: 'settlement', url: settled.url, threads: 2, worker }),
    ];
    expect(two.difference).toBeUndefined();
    expect([two.digest, two.ranges, two.decided]).toEqual([one.digest, one.ranges, one.decided]);
  });
});

describe('the replay of a journal that was tampered with', () => {
  it.each([
    // what was altered              by                                              named as
    [
      'a byte of a payload',
      `update journal set payload = replace(payload, '缬沙坦', '缬沙旦') where stream = '${A1}' and version = 2`,
      { stream: A1, version: 2, what: 'its columns do not give its hash' },
    ],
    [
      'an actor',
      `update journal set actor = replace(actor, 'hub', 'hug') where stream = '${A1}' and version = 1`,
      { stream: A1, version: 1, what: 'its columns do not give its hash' },
    ],
    [
      'a recorded time',
      `update journal set recorded_at = recorded_at + interval '1 millisecond' where stream = '${B2}'`,
      { stream: B2, version: 1, what: 'its columns do not give its hash' },
    ],
    [
      'an amount of a settlement row',
      `update settlement set amounts[8] = amounts[8] + 1 where stream = '${A1}' and version = 2`,
      {
        stream: A1,
        version: 5,
        what: 'settlement.amounts.poolFen',
        expected: '7200',
        found: '7201',
      },
    ],
    [
      'a period of a settlement row',
      `update settlement set period = '202604' where stream = '${B2}'`,
      { stream: B2, version: 1, what: 'settlement.period', expected: '202603', found: '202604' },
    ],
    [
      'a moment of a settlement row',
      `update settlement set settled_at = settled_at + interval '1 microsecond' where stream = '${B2}'`,
      { stream: B2, version: 1, what: 'settlement.settled_at' },
    ],
    [
      'a settlement row, gone',
      `delete from settlement where stream = '${B2}'`,
      { stream: B2, version: 1, what: 'rows of settlement', expected: '1', found: '0' },
    ],
    [
      'a settlement row that no fact gives',
      `insert into settlement select 'S-more', 'benefit-year/360700/2026/zz', version, part, visit_group_no, care_city,
        institution_code, 'V-more', insured_city, insurance, disease_code, settled_at, period, amounts, reversal_no
        from settlement where stream = '${B2}'`,
      { what: 'rows of settlement in all', expected: '7', found: '8' },
    ],
    [
      'a reversal forgotten in a settlement row',
      `update settlement set reversal_no = null, visit_no = 'V-other' where reversal_no is not null and part = 0`,
      { stream: A1, version: 5, what: 'settlement.visit_no' },
    ],
    [
      'a balance',
      `update balance set amount_fen = amount_fen + 1 where account like '360700>430100/%/pool/payable' and shard = 0`,
      { what: 'balance of account 360700>430100/resident/11/pool/payable in period 202603' },
    ],
    [
      'a balance whose opposite was altered too',
      `update balance set amount_fen = amount_fen + sign(amount_fen)::int where shard = 0`,
      { what: 'balance of account 360700>430100/resident/11/pool/expense in period 202603' },
    ],
    [
      'the count of entries of a balance',
      `update balance set entries = entries + 1 where account like '%/expense' and shard = 0`,
      { what: 'entries of account 360700>430100/resident/11/pool/expense in period 202603' },
    ],
    [
      'a balance in a period without postings',
      `insert into balance values ('360700>430100/resident/11/pool/payable', '202604', 0, 5, 1)`,
      { what: 'balance of account 360700>430100/resident/11/pool/payable in period 202604' },
    ],
    [
      'the state of a head',
      `update stream_head set state = replace(state, '"pool:2026":14400', '"pool:2026":14401') where stream = '${A1}'`,
      {
        stream: A1,
        version: 5,
        what: 'state.accumulators.pool:2026',
        expected: '14400',
        found: '14401',
      },
    ],
    [
      'a space in the state of a head',
      `update stream_head set state = replace(state, ':{', ': {') where stream = '${A1}'`,
      { stream: A1, version: 5, what: 'the text of state' },
    ],
    [
      'a state, gone',
      `update stream_head set state = null where stream = '${B2}'`,
      { stream: B2, version: 1, what: 'state' },
    ],
    [
      'the text of a policy pack',
      `update policy_document set text = regexp_replace(text, ':([0-9])', ':1\\1')
        where id = (select min(id) from policy_document where kind = 'pack') and version = '2026.1'`,
      { what: 'the stored text of version 2026.1' },
    ],
    [
      'the text of an agreement',
      `update policy_document set text = text || ' ' where id = (select min(id) from policy_document where kind = 'agreement')`,
      { what: expect.stringMatching(/^the stored text of version /) as string },
    ],
    [
      'a policy pack that nobody loaded',
      `insert into policy_document (hash, kind, id, version, loaded_at, text)
        select encode(sha256(convert_to(t, 'utf8')), 'hex'), kind, id, '2099.1', loaded_at, t
        from (select kind, id, loaded_at, replace(text, '"2026.1"', '"2099.1"') as t from policy_document
          where kind = 'pack' order by id desc limit 1) made`,
      { what: 'rows of policy_document' },
    ],
    [
      'a stored document that is none',
      `insert into policy_document (hash, kind, id, version, loaded_at, text)
        select encode(sha256(convert_to(t, 'utf8')), 'hex'), 'pack', 'x', '1', now(), t
        from (select '{"id":"x","version":"1"}' as t) made`,
      { stream: 'documents/pack/x', what: 'version 1 cannot be read as a pack' },
    ],
    [
      'the last fact, gone',
      `delete from journal where stream = '${A1}' and version = 5`,
      { stream: A1, version: 5, what: 'the head names version 5, the last fact is 4' },
    ],
    [
      'a whole stream, gone with its head',
      `delete from journal where stream = '${C3}'; delete from stream_head where stream = '${C3}'`,
      { what: 'rows of settlement in all', expected: '5', found: '7' },
    ],
    [
      'the last fact, gone, with head and state turned back',
      `delete from journal where stream = '${A1}' and version = 5;
       update stream_head h set version = 4, hash = j.hash,
         state = replace(h.state, '"pool:2026":14400', '"pool:2026":21600') from journal j
       where h.stream = '${A1}' and j.stream = '${A1}' and j.version = 4`,
      { stream: A1, version: 4, what: expect.stringMatching(/^(state|settlement)\./) as string },
    ],
    [
      'a registry entry',
      `update institution set state = 'active' where state = 'suspended'`,
      { version: 2, what: 'institution.state' },
    ],
    [
      'the input hash of a command key',
      `update command_key set input_hash = '\\x00' where stream = '${B2}'`,
      { stream: B2, version: 1, what: 'its command key' },
    ],
    [
      'a command key, gone',
      `delete from command_key where stream = '${B2}'`,
      { stream: B2, version: 1, what: 'its command key' },
    ],
  ])('finds and names %s', async (_what, sql, named) => {
    const { difference } = await replayTampered(sql);
    expect(difference).toMatchObject(named);
  });

  it('shows no texts of the facts, whatever differs', async () => {
    const { difference } = await replayTampered(
      `update institution set name = '某医院' where state = 'suspended'`,
    );
    expect(difference).toMatchObject({ what: 'institution.name' });
    expect(difference?.expected).toMatch(/^sha256:[0-9a-f]{16}$/);
    expect(difference?.found).toMatch(/^sha256:[0-9a-f]{16}$/);
  });
});

describe('the replay of a journal whose chain was forged anew', () => {
  const replayForged = (
    place: { readonly stream: string; readonly version: number },
    change: (payload: string) => string,
  ): Promise<ServiceReplay> =>
    withCopy(settled.name, async (url) => {
      const dataSource = await new DataSource({ type: 'postgres', url }).initialize();
      await forge(dataSource, place, change);
      await dataSource.destroy();
      return replay(url);
    });

  it.each([
    // what was altered            by                                                      named as
    [
      'a figure of a result',
      { stream: A1, version: 1 },
      (payload: string) => payload.replaceAll('"poolFen":7200', '"poolFen":7300'),
      {
        version: 1,
        what: 'result.settlements[0].payments.poolFen',
        expected: '7200',
        found: '7300',
      },
    ],
    [
      'an amount of a line',
      { stream: A1, version: 2 },
      (payload: string) => payload.replace('"amountFen":10000', '"amountFen":20000'),
      { version: 2, what: 'result.settlements[0].totals.totalFen' },
    ],
    [
      'the policy pack decided by',
      { stream: B2, version: 1 },
      (payload: string) => payload.replace(/("pack":\{[^}]*"hash":")[0-9a-f]/, '$1_'),
      { stream: B2, version: 1, what: 'inputs.pack.hash' },
    ],
    [
      'the version of the year decided from',
      { stream: A1, version: 3 },
      (payload: string) => payload.replace('/a1","version":2', '/a1","version":1'),
      { version: 3, what: 'inputs.year.version', expected: '2', found: '1' },
    ],
    [
      'the version of the rules',
      { stream: B2, version: 1 },
      (payload: string) => payload.replace('"decisionVersion":1', '"decisionVersion":9'),
      { version: 1, what: 'inputs.decisionVersion', expected: '1', found: '9' },
    ],
    [
      'the figures of a reversal',
      { stream: A1, version: 5 },
      (payload: string) => payload.replace('"poolFen":-', '"poolFen":-1'),
      { version: 5, what: 'result.payments.poolFen' },
    ],
    [
      'which settlements stood at a reversal',
      { stream: A1, version: 4 },
      (payload: string) => payload.replace('"part":1}', '"part":0}'),
      { version: 4, what: 'inputs.standing[0].part', expected: '1', found: '0' },
    ],
    [
      'the day of a visit, to one that would be refused',
      { stream: B2, version: 1 },
      (payload: string) => payload.replace('"visitedOn":"2026-03-02"', '"visitedOn":"2020-01-02"'),
      { version: 1, what: 'its outcome', found: 'VisitSettled.v1' },
    ],
    [
      'a second result behind the first',
      { stream: B2, version: 1 },
      (payload: string) => `${payload.slice(0, -1)},"result":{}}`,
      { version: 1, what: 'result.visitGroupNo', found: 'absent' },
    ],
    [
      'a payload that is no JSON any more',
      { stream: B2, version: 1 },
      (payload: string) => payload.slice(1),
      { version: 1, what: 'it cannot be decided again (SyntaxError)' },
    ],
  ])('finds %s by deciding again', async (_what, place, change, named) => {
    const { difference } = await replayForged(place, change);
    expect(difference).toMatchObject(named);
  });

  it('finds the reason of a refusal that was exchanged', async () => {
    const place = await refusalStream(`payload like '%settlement.not-qualified%'`);
    const { difference } = await replayForged(place, (payload) =>
      payload.replace('settlement.not-qualified', 'settlement.not-filed'),
    );
    expect(difference).toMatchObject({ ...place, what: 'result.refused' });
  });

  it('finds a refused reversal that says another settlement is later', async () => {
    const place = await refusalStream(`payload like '%settlement.has-later%'`);
    const { difference } = await replayForged(place, (payload) =>
      payload.replace(/("later":\[\{"settlementNo":")\w/, '$1_'),
    );
    expect(difference).toMatchObject({ ...place, what: 'result.later[0].settlementNo' });
  });

  it('finds a refusal that was decided from a version its year never had', async () => {
    const place = await refusalStream(`payload like '%settlement.not-qualified%'`);
    const { difference } = await replayForged(place, (payload) =>
      payload.replace('/b2","version":1', '/b2","version":7'),
    );
    expect(difference).toMatchObject({
      ...place,
      what: 'its inputs name a version that the stream does not have',
    });
  });
});

describe('the command line of the auditor', () => {
  async function audit(url: string, ...args: readonly string[]) {
    const lines: string[] = [];
    const code = await auditTool(['replay', '--service', 'settlement', '--threads', '1', ...args], {
      env: { SETTLEMENT_DATABASE_URL: url },
      runDir: '/nowhere',
      print: (line) => void lines.push(line),
    });
    const summary = JSON.parse(lines.at(-1) ?? '{}') as {
      readonly bench: string;
      readonly passed: boolean;
      readonly figures: { readonly facts: number; readonly decided: number };
      readonly difference?: { readonly version?: number };
    };
    return { code, lines, summary };
  }

  it('ends with 0 and a summary where all is equal', async () => {
    const { code, lines, summary } = await audit(settled.url);
    expect(code).toBe(0);
    expect(lines).toContain('  结论：一致');
    expect(summary).toMatchObject({ bench: 'replay', passed: true });
  });

  it('ends with 1 and names the first difference', async () => {
    await withCopy(settled.name, async (url) => {
      await tamper(url, `update settlement set amounts[20] = 5 where stream = '${B2}'`);
      const { code, lines, summary } = await audit(url);
      expect(code).toBe(1);
      expect(lines.join('\n')).toMatch(
        /不一致 — settlement benefit-year.*cashFen；应为 \d+，实为 5/,
      );
      expect(summary).toMatchObject({ passed: false, difference: { stream: B2, version: 1 } });
    });
  });

  it('replays one stream alone, with its rows', async () => {
    const { code, summary } = await audit(settled.url, '--stream', A1);
    expect([code, summary.figures.facts, summary.figures.decided]).toEqual([0, 5, 5]);
    await withCopy(settled.name, async (url) => {
      await tamper(url, `update settlement set amounts[1] = 5 where stream = '${B2}'`);
      expect((await audit(url, '--stream', A1)).code).toBe(0);
      expect((await audit(url, '--stream', B2)).code).toBe(1);
    });
  });

  it('replays a range of positions from the state that the facts before it left', async () => {
    const positions = await withClient(settled.url, async (client) => {
      const { rows } = await client.query<{ position: string }>(
        `select position from journal where stream = '${A1}' order by version`,
      );
      return rows.map(({ position }) => position);
    });
    const [, second = '', third = ''] = positions;
    const range = ['--from', second, '--to', third];
    const { code, summary } = await audit(settled.url, ...range);
    expect(code).toBe(0);
    expect(summary.figures.decided).toBe(Number(third) - Number(second) + 1);
    await withCopy(settled.name, async (url) => {
      const dataSource = await new DataSource({ type: 'postgres', url }).initialize();
      await forge(dataSource, { stream: A1, version: 3 }, (payload) =>
        payload.replace('"cashFen":2800', '"cashFen":2900'),
      );
      await dataSource.destroy();
      const found = await audit(url, ...range);
      expect([found.code, found.summary.difference?.version]).toEqual([1, 3]);
    });
  });

  it.each([
    [['replay', '--service', 'nobody'], /There is no service "nobody"/],
    [['replay', '--from', 'x'], /--from takes a whole number/],
    [['replay', '--database', 'postgres://x'], /--database needs --service/],
    [['replay', '--what'], /Unknown option '--what'/],
    [['replay'], /neither SETTLEMENT_DATABASE_URL nor/],
    [['look'], /用法/],
  ])('answers %j with one sentence and 2', async (args, sentence) => {
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    expect(await auditTool(args, { env: {}, runDir: '/nowhere', print })).toBe(2);
    expect(lines.join('\n')).toMatch(sentence);
  });
});
