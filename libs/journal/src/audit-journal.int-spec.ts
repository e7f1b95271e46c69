import { type TestDatabase, createTestDatabase } from '@lib/testkit';
import {
  type AuditedStream,
  auditJournal,
  createUnitOfWork,
  ensurePartitions,
  journalMigrations,
} from '@lib/journal';
import { RECORDED_AT, draft } from '../test/drafts';

jest.setTimeout(60_000);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase({ migrations: journalMigrations, name: 'audit' });
  await ensurePartitions(database.dataSource, RECORDED_AT);
  await createUnitOfWork(database.dataSource).run(async (tx) => {
    await tx.lock(['year/p1', 'year/p2', 'case/1']);
    for (const n of [1, 2, 3]) {
      tx.append(
        draft('year/p1', { amountFen: n * 100 }, { scope: 's', key: `k${n}`, inputHash: 'aa' }),
      );
      tx.append(draft('year/p2', { amountFen: n * 200 }));
    }
    tx.append(draft('case/1', { text: '追回' }));
    tx.setState('year/p1', '{"sumFen":600}');
  });
});
afterEach(() => database.drop());

/** What a tamperer with the rights of a superuser does: the guard is off for the statement. */
async function tamper(sql: string): Promise<void> {
  await database.dataSource.query(
    `begin; set local session_replication_role = replica; ${sql}; commit`,
  );
}

describe('the audit of a journal', () => {
  it('finds a sound journal sound, and gives a digest per kind of stream', async () => {
    const seen: AuditedStream[] = [];
    const audit = await auditJournal(database.dataSource, {
      onStream: (audited) => {
        seen.push(audited);
        return undefined;
      },
    });
    expect(audit).toMatchObject({
      streams: 3,
      facts: 7,
      ranges: [
        { kind: 'case', streams: 1, facts: 1 },
        { kind: 'year', streams: 2, facts: 6 },
      ],
    });
    expect(audit.difference).toBeUndefined();
    expect(seen.map(({ stream, facts, whole }) => [stream, facts.length, whole])).toEqual([
      ['case/1', 1, true],
      ['year/p1', 3, true],
      ['year/p2', 3, true],
    ]);
    expect(seen[1]?.head).toMatchObject({ version: 3, state: '{"sumFen":600}' });
    expect((await auditJournal(database.dataSource)).digest).toBe(audit.digest);
  });

  it.each([
    // what was altered         by                                                                                       found at
    [
      'a byte of a payload',
      `update journal set payload = replace(payload, '200', '201') where stream = 'year/p1' and version = 2`,
      'year/p1',
      2,
    ],
    [
      'an actor',
      `update journal set actor = replace(actor, '430100', '430200') where stream = 'year/p2' and version = 1`,
      'year/p2',
      1,
    ],
    [
      'a millisecond',
      `update journal set recorded_at = recorded_at + interval '1 millisecond' where stream = 'case/1'`,
      'case/1',
      1,
    ],
    [
      'a microsecond',
      `update journal set recorded_at = recorded_at + interval '1 microsecond' where stream = 'case/1'`,
      'case/1',
      1,
    ],
    [
      'a space in an actor',
      `update journal set actor = replace(actor, ',', ', ') where stream = 'case/1'`,
      'case/1',
      1,
    ],
    [
      'an actor that is none',
      `update journal set actor = 'x' where stream = 'case/1'`,
      'case/1',
      1,
    ],
    [
      'a command key where there was none',
      `update journal set command_key = 'k1' where stream = 'case/1'`,
      'case/1',
      1,
    ],
    [
      'a position',
      `update journal set position = 1000000 where stream = 'year/p1' and version = 2`,
      'year/p1',
      3,
    ],
    ['a type', `update journal set type = 'Noted.v2' where stream = 'case/1'`, 'case/1', 1],
    [
      'a command key',
      `update journal set command_key = 'k9' where stream = 'year/p1' and version = 3`,
      'year/p1',
      3,
    ],
    [
      'an input hash',
      `update journal set input_hash = '\\xab' where stream = 'year/p1' and version = 3`,
      'year/p1',
      3,
    ],
    [
      'a hash',
      `update journal set hash = sha256('x') where stream = 'year/p2' and version = 2`,
      'year/p2',
      2,
    ],
    [
      'a previous hash',
      `update journal set previous_hash = sha256('x') where stream = 'year/p2' and version = 2`,
      'year/p2',
      2,
    ],
    [
      'a fact in the middle, gone',
      `delete from journal where stream = 'year/p2' and version = 2`,
      'year/p2',
      3,
    ],
    [
      'the first fact, gone',
      `delete from journal where stream = 'year/p2' and version = 1`,
      'year/p2',
      2,
    ],
    [
      'the last fact, gone',
      `delete from journal where stream = 'year/p1' and version = 3`,
      'year/p1',
      3,
    ],
    ['a whole stream, gone', `delete from journal where stream = 'case/1'`, 'case/1', 1],
    ['the last stream, gone', `delete from journal where stream = 'year/p2'`, 'year/p2', 3],
    ['a head, gone', `delete from stream_head where stream = 'case/1'`, 'case/1', 1],
    [
      'the hash of a head',
      `update stream_head set hash = sha256('x') where stream = 'year/p1'`,
      'year/p1',
      3,
    ],
    [
      'the version of a head',
      `update stream_head set version = 2 where stream = 'year/p1'`,
      'year/p1',
      2,
    ],
  ])('finds %s', async (_, sql, stream, version) => {
    await tamper(sql);
    const { difference } = await auditJournal(database.dataSource);
    expect(difference).toMatchObject({ stream, version });
  });

  it('finds a last fact removed together with its head turned back, by what the other fold knows', async () => {
    await tamper(`delete from journal where stream = 'year/p1' and version = 3;
      update stream_head h set version = 2, hash = j.hash from journal j
        where h.stream = 'year/p1' and j.stream = 'year/p1' and j.version = 2`);
    expect((await auditJournal(database.dataSource)).difference).toBeUndefined();
    const { difference } = await auditJournal(database.dataSource, {
      onStream: ({ stream, facts, head }) => {
        if (head?.state === undefined) return undefined;
        const sumFen = facts.reduce((sum, { payload }) => sum + amountFen(payload), 0);
        return head.state === JSON.stringify({ sumFen })
          ? undefined
          : { stream, what: 'its state is another one' };
      },
    });
    expect(difference).toEqual({ stream: 'year/p1', what: 'its state is another one' });
  });

  it('takes a stretch of streams and the snapshot of another transaction', async () => {
    const runner = database.dataSource.createQueryRunner();
    await runner.startTransaction('REPEATABLE READ');
    const rows: unknown = await runner.query('select pg_export_snapshot() as snapshot');
    const snapshot = (rows as { readonly snapshot: string }[])[0]?.snapshot ?? '';
    await createUnitOfWork(database.dataSource).run((tx) =>
      Promise.resolve(tx.append(draft('case/2'))),
    );
    const before = await auditJournal(database.dataSource, { snapshot, beforeStream: 'year/p2' });
    const from = await auditJournal(database.dataSource, { snapshot, fromStream: 'year/p2' });
    await runner.rollbackTransaction();
    await runner.release();
    expect([before.facts, from.facts]).toEqual([4, 3]);
    expect((await auditJournal(database.dataSource, { beforeStream: 'year' })).facts).toBe(2);
  });

  it('takes one stream, or a range of positions, and looks at nothing else', async () => {
    await tamper(`update journal set type = 'x' where stream = 'case/1'`);
    const one = await auditJournal(database.dataSource, { stream: 'year/p2' });
    expect(one).toMatchObject({ streams: 1, facts: 3 });
    expect(one.difference).toBeUndefined();
    const whole: boolean[] = [];
    const range = await auditJournal(database.dataSource, {
      from: 3n,
      to: 6n,
      onStream: (audited) => {
        whole.push(audited.whole);
        return undefined;
      },
    });
    expect(range).toMatchObject({ streams: 2, facts: 4 });
    expect(range.difference).toBeUndefined();
    expect(whole).toEqual([false, false]);
  });

  it('gives other digests for other facts', async () => {
    const before = await auditJournal(database.dataSource);
    await createUnitOfWork(database.dataSource).run((tx) =>
      Promise.resolve(tx.append(draft('case/2'))),
    );
    const after = await auditJournal(database.dataSource);
    const digests = ({ ranges }: typeof before) =>
      new Map(ranges.map(({ kind, digest }) => [kind, digest]));
    expect(digests(after).get('year')).toBe(digests(before).get('year'));
    expect(digests(after).get('case')).not.toBe(digests(before).get('case'));
  });
});

function amountFen(payload: string): number {
  const parsed: unknown = JSON.parse(payload);
  return typeof parsed === 'object' && parsed !== null && 'amountFen' in parsed
    ? Number(parsed.amountFen)
    : 0;
}
