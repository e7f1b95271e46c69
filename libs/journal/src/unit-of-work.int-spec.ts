import { instant, parseInstant } from '@domain/kernel';
import { type TestDatabase, createTestDatabase } from '@lib/testkit';
import {
  type CommandKey,
  GENESIS_HASH,
  type StoredFact,
  createUnitOfWork,
  ensurePartitions,
  hashOf,
  journalMigrations,
} from '@lib/journal';
import { RECORDED_AT, draft } from '../test/drafts';

const key = (name: string, inputHash = 'aa01'): CommandKey => ({
  scope: 'partner:430100',
  key: name,
  inputHash,
});

jest.setTimeout(60_000);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase({ migrations: journalMigrations, name: 'unit_of_work' });
});
afterEach(() => database.drop());

const work = () => createUnitOfWork(database.dataSource);
const rows = <Row extends object>(sql: string): Promise<Row[]> => database.dataSource.query(sql);
const journal = () =>
  rows<{ stream: string; version: number; payload: string; position: string }>(
    'select stream, version, payload, position from journal order by position',
  );

describe('a unit of work', () => {
  it('keeps facts, heads and states together, with the chain of hashes', async () => {
    const versions = await work().run(async (tx) => {
      const heads = await tx.lock(['b', 'a']);
      expect(heads.get('a')).toEqual({ stream: 'a', version: 0, hash: GENESIS_HASH });
      const made = [
        tx.append(draft('a', { n: 1, text: '引号"与\\与\n换行' })),
        tx.append(draft('b', { n: 2 })),
        tx.append(draft('a', { n: 3 })),
      ];
      tx.setState('a', '{"sum":4}');
      return made;
    });
    expect(versions).toEqual([1, 1, 2]);
    expect(await journal()).toMatchObject([
      { stream: 'a', version: 1, payload: JSON.stringify({ n: 1, text: '引号"与\\与\n换行' }) },
      { stream: 'b', version: 1 },
      { stream: 'a', version: 2 },
    ]);
    await work().run(async (tx) => {
      const head = (await tx.lock(['a'])).get('a');
      const first = hashOf({
        ...draft('a', { n: 1, text: '引号"与\\与\n换行' }),
        version: 1,
        previousHash: GENESIS_HASH,
      });
      const second = hashOf({ ...draft('a', { n: 3 }), version: 2, previousHash: first });
      expect(head).toEqual({ stream: 'a', version: 2, hash: second, state: '{"sum":4}' });
    });
  });

  it('leaves neither state nor facts nor keys when the use case throws', async () => {
    const failing = work().run(async (tx) => {
      await tx.lock(['a']);
      tx.append(draft('a', {}, key('k1')));
      tx.setState('a', '{}');
      await tx.query({ text: 'create table noted (n int)' });
      throw new RangeError('the rule base is broken');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await rows('select 1 from journal union all select 1 from command_key')).toEqual([]);
    expect(await rows('select 1 from stream_head')).toEqual([]);
    expect(await rows("select to_regclass('noted') as noted")).toEqual([{ noted: null }]);
  });

  it('is a fault when a failed statement is swallowed and the commit is undone', async () => {
    const swallowing = work().run(async (tx) => {
      await tx.lock(['a']);
      await tx.query({ text: 'select 1 / 0' }).catch(() => []);
    });
    await expect(swallowing).rejects.toThrow('rolled back');
  });

  it('refuses to be used after its end', async () => {
    const escaped = await work().run((tx) => Promise.resolve(tx));
    await expect(escaped.query({ text: 'select 1' })).rejects.toThrow('has ended');
    expect(() => escaped.append(draft('a'))).toThrow('has ended');
  });

  it('appends to a stream nobody locked, after what it holds', async () => {
    for (const n of [1, 2]) {
      await work().run((tx) => {
        expect(tx.append(draft('log/2026-03-02', { n }))).toBe(0);
        expect(tx.append(draft('log/2026-03-02', { n }))).toBe(0);
        return Promise.resolve();
      });
    }
    expect((await journal()).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  });

  it('refuses a payload that is not one line', async () => {
    const writing = work().run((tx) =>
      Promise.resolve(tx.append({ ...draft('a'), payload: '{\n}' })),
    );
    await expect(writing).rejects.toThrow('one line');
  });

  it('writes more facts than one statement carries, with one key each', async () => {
    const facts = 2_345;
    await work().run(async (tx) => {
      await tx.lock(['import']);
      for (let n = 1; n <= facts; n += 1) tx.append(draft('import', { n }, key(`k${n}`)));
    });
    expect(
      await rows(`select count(*)::int as facts, max(version) as newest, bool_and(version = place) as in_order
        from (select version, row_number() over (order by position) as place from journal) j`),
    ).toEqual([{ facts, newest: facts, in_order: true }]);
    expect(await rows('select count(*)::int as keys from command_key')).toEqual([{ keys: facts }]);
  });
});

describe('a command key', () => {
  it('finds the first answer, tells other input, and does not know other scopes', async () => {
    await work().run(async (tx) => {
      await tx.lock(['a']);
      tx.append(draft('a', { n: 1 }, key('k1')));
    });
    const found = await work().lookUp([
      key('k0'),
      key('k1'),
      key('k1', 'bb02'),
      { ...key('k1'), scope: 'partner:360700' },
    ]);
    expect(found.map(({ status }) => status)).toEqual(['new', 'answered', 'reused', 'new']);
    const answer = found[1]?.status === 'answered' ? found[1].fact : undefined;
    const { position, hash, ...stored }: Partial<StoredFact> = answer ?? {};
    expect(stored).toEqual({
      ...draft('a', { n: 1 }, key('k1')),
      version: 1,
      previousHash: GENESIS_HASH,
    });
    expect(position).toBe(1n);
    expect(hash).toBe(
      hashOf({ ...draft('a', { n: 1 }, key('k1')), version: 1, previousHash: GENESIS_HASH }),
    );
  });

  it('is seen inside the batch that answers it', async () => {
    await work().run(async (tx) => {
      await tx.lock(['a']);
      tx.append(draft('a', { n: 1 }, key('k1')));
      const found = await work().lookUp([key('k1'), key('k1', 'bb02'), key('k2')], tx);
      expect(found.map(({ status }) => status)).toEqual(['answered', 'reused', 'new']);
      expect(() => tx.append(draft('a', { n: 2 }, key('k1')))).toThrow('same command');
    });
  });

  it('taken by two replicas at once is answered once, and the loser finds that answer', async () => {
    let runs = 0;
    const arrive = barrier(2);
    const settle = (stream: string) =>
      work().run(async (tx) => {
        runs += 1;
        const [found] = await work().lookUp([key('k1')], tx);
        if (found?.status === 'answered') return found.fact.payload;
        await arrive();
        await tx.lock([stream]);
        tx.append(draft(stream, { stream }, key('k1')));
        return JSON.stringify({ stream });
      });
    const answers = await Promise.all([settle('a'), settle('b')]);
    expect(answers[0]).toBe(answers[1]);
    expect(runs).toBe(3);
    expect(await journal()).toHaveLength(1);
  });
});

describe('writers at the same time', () => {
  it('never deadlock, lose or reorder, in whatever order they name their streams', async () => {
    const writers = Array.from({ length: 12 }, async (_, writer) => {
      for (let round = 0; round < 15; round += 1) {
        const wanted = Array.from(
          { length: 6 },
          (__, n) => `s${(writer * 7 + round * 5 + n * 3) % 20}`,
        );
        if (round % 2 === 0) wanted.reverse();
        await work().run(async (tx) => {
          const heads = await tx.lock(wanted);
          for (const [stream, head] of heads) {
            const counted = Number(head.state ?? '0') + 1;
            expect(head.version).toBe(counted - 1);
            expect(tx.append(draft(stream, { writer, round }))).toBe(counted);
            tx.setState(stream, String(counted));
          }
          tx.append(draft('log/all', { writer, round }));
        });
      }
    });
    await Promise.all(writers);
    const stored = await journal();
    expect(stored.filter(({ stream }) => stream !== 'log/all')).toHaveLength(12 * 15 * 6);
    const next = new Map<string, number>();
    for (const { stream, version } of stored) {
      expect(version).toBe((next.get(stream) ?? 0) + 1);
      next.set(stream, version);
    }
    const [{ deadlocks } = { deadlocks: '?' }] = await rows<{ deadlocks: string }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    );
    expect(deadlocks).toBe('0');
  });

  it('go on after their connection was cut in the middle', async () => {
    let runs = 0;
    await work().run(async (tx) => {
      runs += 1;
      const [me] = await tx.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' });
      await tx.lock(['a']);
      tx.append(draft('a', { runs }));
      if (runs === 1) await rows(`select pg_terminate_backend(${me?.pid ?? 0})`);
    });
    expect(runs).toBe(2);
    expect((await journal()).map(({ payload }) => payload)).toEqual(['{"runs":2}']);
  });
});

describe('the journal', () => {
  it.each(['update journal set payload = payload', 'delete from journal', 'truncate journal'])(
    'refuses %s, and the same on a partition',
    async (statement) => {
      await ensurePartitions(database.dataSource, RECORDED_AT);
      await work().run((tx) => Promise.resolve(tx.append(draft('a'))));
      await expect(rows(statement)).rejects.toThrow('append only');
      await expect(rows(statement.replace('journal', 'journal_202603'))).rejects.toThrow(
        'append only',
      );
      expect(await journal()).toHaveLength(1);
    },
  );

  it('has a partition for this month in China and those ahead, and takes in what lies beyond', async () => {
    const midnight = parseInstant('2026-12-01T00:00:00+08:00') ?? instant(0);
    expect(await ensurePartitions(database.dataSource, midnight, 2)).toBe(3);
    expect(await ensurePartitions(database.dataSource, midnight, 2)).toBe(0);
    const at = (recordedAt: number, stream: string) => ({
      ...draft(stream),
      recordedAt: instant(recordedAt),
    });
    await work().run((tx) => {
      tx.append(at(midnight, 'first of December'));
      tx.append(at(midnight - 1, 'last of November'));
      return Promise.resolve();
    });
    expect(
      await rows('select tableoid::regclass::text as part, stream from journal order by stream'),
    ).toEqual([
      { part: 'journal_202612', stream: 'first of December' },
      { part: 'journal_default', stream: 'last of November' },
    ]);
    expect(await ensurePartitions(database.dataSource, instant(midnight - 1), 2)).toBe(0);
  });
});

/** Resolves for all when so many have arrived; later ones pass at once. */
function barrier(size: number): () => Promise<void> {
  let waiting = size;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    waiting -= 1;
    if (waiting <= 0) open();
    return opened;
  };
}
